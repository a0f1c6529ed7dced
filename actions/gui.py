"""Anki's windows. Contract: schemas/gui/.

aqt is imported where it is used: headless there is none, and the family still
has to say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ankiconnect import GUI, Action, hookimpl

if TYPE_CHECKING:
    from aqt.main import AnkiQt


@hookimpl
def ankiconnect_actions() -> list[Action]:
    return [Action(gui_browse, GUI)]


def gui_browse(mw: AnkiQt, *, query: str | None = None) -> Sequence[int]:
    """Without a query the window opens as the user left it."""
    from aqt import dialogs

    if query is None:
        dialogs.open("Browser", mw)
        return []
    # Checked here, since the window would ask the user about a bad one.
    cards = list(mw.col.find_cards(query))
    dialogs.open("Browser", mw, search=(query,))
    return cards
