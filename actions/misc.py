"""Miscellaneous. Contract: schemas/misc/."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ankiconnect import API_VERSION, BATCH, FREE, HOST, Action, hookimpl
from ankiconnect.context import Context
from ankiconnect.hosts import Host


@hookimpl
def ankiconnect_actions() -> list[Action]:
    return [
        Action(version, FREE),
        Action(request_permission, FREE, open_to_all=True),
        Action(api_reflect, FREE),
        Action(sync, HOST),
        Action(get_profiles, HOST),
        Action(get_active_profile, HOST),
        Action(load_profile, HOST),
        Action(multi, BATCH),
        Action(reload_collection, HOST),
    ]


def version(context: Context) -> int:
    return API_VERSION


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
    plugins = [asdict(plugin) for plugin in context.plugins.all.values()]
    known = {"actions": list(schemas), "schemas": schemas, "plugins": plugins}
    given = {scope: known[scope] for scope in scopes if scope in known}
    return {"scopes": list(given), **given}


def sync(host: Host, *, version: Any = None) -> None:
    """The most used client of all sends a version, which means nothing here."""
    host.sync()


def get_profiles(host: Host) -> list[str]:
    return host.profiles()


def get_active_profile(host: Host) -> str:
    return host.active_profile()


def load_profile(host: Host, *, name: str) -> bool:
    return host.load_profile(name)


def multi(*, actions: list[Any]) -> list[Any]:
    return actions


def reload_collection(host: Host) -> None:
    """Anki's windows; what the collection itself holds is never behind."""
    host.reload()
