"""Anki's browser, as far as requests change what it shows."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from anki.errors import AnkiException

from ankiconnect.errors import ActionError

if TYPE_CHECKING:
    from aqt.main import AnkiQt


def find() -> Any:
    """The browser if it is open."""
    from aqt import dialogs

    return dialogs._dialogs["Browser"][1]


def search_again() -> None:
    """Have an open browser show what it finds now."""
    browser = find()
    # Without one, the search with which the window opens is yet to come.
    search = getattr(browser, "_lastSearchTxt", None)
    if search is None:
        return
    # Not by its own search(), which would stop all for a message to the user. If
    # it fails, the browser goes on to show what it had.
    with suppress(AnkiException):
        browser.table.search(search)


def sort(mw: AnkiQt, column_id: str, *, descending: bool) -> None:
    """Have the browser sort by a column, shown or not, from its next search on."""
    from anki.collection import BrowserColumns
    from anki.config import Config
    from aqt import gui_hooks
    from aqt.browser.table.state import CardState, NoteState

    browser = find()
    if browser is not None:
        state = browser.table._state
    elif mw.col.get_config_bool(Config.Bool.BROWSER_TABLE_SHOW_NOTES_MODE):
        state = NoteState(mw.col)
    else:
        state = CardState(mw.col)
    columns = {column.key: column for column in mw.col.all_browser_columns()}
    gui_hooks.browser_did_fetch_columns(columns)
    if column_id not in columns:
        raise ActionError(f"invalid columnId: {column_id}")
    column = columns[column_id]
    sorting = column.sorting_notes if state.is_notes_mode() else column.sorting_cards
    if sorting == BrowserColumns.SORTING_NONE:
        raise ActionError(f"invalid columnId: {column_id} cannot be sorted by")
    state.sort_column = column_id
    state.sort_backwards = descending
    if browser is not None:
        browser.table._set_sort_indicator()
