"""The one error whose text is for the client."""

from __future__ import annotations


class ActionError(Exception):
    """A request cannot be answered; its text reaches the client word for word."""
