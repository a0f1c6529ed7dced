"""Miscellaneous. Contract: schemas/misc/."""

from __future__ import annotations

from typing import Any

from ankiconnect import API_VERSION, BATCH, FREE, Action, hookimpl
from ankiconnect.context import Context


@hookimpl
def ankiconnect_actions() -> list[Action]:
    return [
        Action(version, FREE),
        Action(multi, BATCH),
        Action(request_permission, FREE, open_to_all=True),
        Action(api_reflect, FREE),
    ]


def version(context: Context) -> int:
    return API_VERSION


def multi(*, actions: list[Any]) -> list[Any]:
    return actions


def request_permission(context: Context) -> dict[str, Any]:
    """Asks the user, unless the settings have the answer already."""
    caller, host = context.caller, context.host
    if not (caller.allowed or host.ask_permission(caller.origin or "")):
        return {"permission": "denied"}
    locked = bool(host.settings["apiKey"])
    return {
        "permission": "granted",
        # AnkiConnect's code spells it one way, its documentation the other.
        "requireApikey": locked,
        "requireApiKey": locked,
        "version": API_VERSION,
    }


def api_reflect(
    context: Context, *, scopes: list[str], actions: list[str] | None = None
) -> dict[str, Any]:
    """Unknown scopes and actions are left out."""
    schemas = {
        name: contract.schema
        for name, contract in sorted(context.contracts().items())
        if actions is None or name in actions
    }
    known = {"actions": list(schemas), "schemas": schemas}
    given = {scope: known[scope] for scope in scopes if scope in known}
    return {"scopes": list(given), **given}
