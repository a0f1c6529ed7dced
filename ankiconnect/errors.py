"""The error whose text is for the client, and the one for an action's author."""

from __future__ import annotations


class ActionError(Exception):
    """A request cannot be answered; its text reaches the client word for word."""


class ContractError(Exception):
    """A schema is no schema, or it and its handler disagree."""
