"""Export. Contract: schemas/export/."""

from __future__ import annotations

from ankiconnect import Action, hookimpl


@hookimpl
def ankiconnect_actions() -> list[Action]:
    return []
