"""Anki's browser, as far as requests change what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ankiconnect.errors import ActionError

if TYPE_CHECKING:
    from aqt.main import AnkiQt


def find() -> Any:
    """The browser if it is open."""
    from aqt import dialogs

    return dialogs._dialogs["Browser"][1]


def sort(mw: AnkiQt, column_id: str, *, descending: bool) -> None:
    """Have the browser sort by a column, shown or not, from its next search on."""
    from anki.collection import BrowserColumns, Config
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
