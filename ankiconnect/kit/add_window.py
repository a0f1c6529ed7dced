"""Anki's Add window, opened and filled from outside.

Newer versions have a second one for those who switch it on, NewAddCards. Only the
first takes values from outside, in every version, so it is the one that opens.
"""

from __future__ import annotations

import warnings
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Callable, TypeVar
from weakref import WeakKeyDictionary

import aqt
from aqt import gui_hooks
from aqt.addcards import AddCards
from bs4 import BeautifulSoup

from ankiconnect.kit.later import after_saving

if TYPE_CHECKING:
    from anki.decks import DeckId
    from anki.models import NotetypeDict
    from anki.notes import Note
    from aqt.main import AnkiQt

T = TypeVar("T")

_NAME = "AddCards"

#: What was put in a window last, to tell it from what the user types.
_given: WeakKeyDictionary[AddCards, list[str]] = WeakKeyDictionary()


class AddAndClose(AddCards):
    """An Add window for one note; several may be open.

    Each has a name of its own for Anki, which closes all windows that it knows.
    """

    def __init__(self, mw: AnkiQt) -> None:
        super().__init__(mw)
        number = 1
        while aqt.dialogs._dialogs.get(self._numbered(number), (None, None))[1]:
            number += 1
        self._name = self._numbered(number)
        aqt.dialogs.register_dialog(self._name, AddAndClose, self)
        gui_hooks.add_cards_did_add_note.append(self._on_added)

    @staticmethod
    def _numbered(number: int) -> str:
        return f"ankiconnect.{_NAME}.{number}"

    def _on_added(self, note: Note) -> None:
        if note is self._last_added_note:
            # Not at once: Anki is not through with the window yet.
            self.mw.progress.single_shot(0, self._close)

    def _close(self) -> None:
        if self._close_event_has_cleaned_up:
            return
        gui_hooks.add_cards_did_add_note.remove(self._on_added)
        # Anki takes every window of this kind for the one that it opened itself.
        of_anki = aqt.dialogs._dialogs[_NAME]
        super()._close()
        aqt.dialogs._dialogs[_NAME] = of_anki
        aqt.dialogs.markClosed(self._name)


def open_empty(mw: AnkiQt) -> AddCards:
    """Open the window as the Add button does, or bring it to the front."""
    window: AddCards = aqt.dialogs.open(_NAME, mw)
    return window


def open_filled(mw: AnkiQt, note: Note, deck_id: DeckId) -> Future[int] | int:
    """Open the window with a note's values, in place of what was put there before.

    What the user typed there goes only if the user agrees.
    """
    window: AddCards | None = aqt.dialogs._dialogs[_NAME][1]
    if window is None:
        return _fill(open_empty(mw), note, deck_id)

    def put() -> int:
        # It may be long until the user agrees.
        if note.note_type() is None:
            return 0
        return _fill(open_empty(mw), note, deck_id)

    def replace() -> int:
        if window._close_event_has_cleaned_up or _is_untouched(window):
            return put()
        window.ifCanClose(put)
        return note_id(window)

    return after_saving(window.editor, replace)


def open_another(mw: AnkiQt, note: Note, deck_id: DeckId) -> int:
    """Open one more window, which closes when its note is added."""
    return _fill(AddAndClose(mw), note, deck_id)


def find() -> AddCards | None:
    """The Add window that is open: Anki's own, or the last of ours."""
    own: AddCards | None = aqt.dialogs._dialogs[_NAME][1]
    ours = [
        window
        for _, window in aqt.dialogs._dialogs.values()
        if isinstance(window, AddAndClose)
    ]
    return own or (ours[-1] if ours else None)


def note_type(window: AddCards) -> NotetypeDict:
    """The note type that a window has chosen."""
    chosen = window.notetype_chooser.selected_notetype_id
    found = aqt.mw.col.models.get(chosen)
    assert found is not None
    return found


def change(
    window: AddCards,
    type_id: Any,
    deck_id: DeckId | None,
    set_values: Callable[[Note], None],
    if_closed: T,
) -> Future[bool | T]:
    """Change what a window has, once it has what the user typed last."""

    def apply() -> bool | T:
        if window._close_event_has_cleaned_up or window.editor.note is None:
            return if_closed
        untouched = _is_untouched(window)
        # With another note type Anki may choose another deck.
        deck = window.deck_chooser.selected_deck_id if deck_id is None else deck_id
        if type_id is not None:
            window.notetype_chooser.selected_notetype_id = type_id
        if window.deck_chooser.selected_deck_id != deck:
            window.deck_chooser.selected_deck_id = deck
        note = window.editor.note
        set_values(note)
        window.editor.set_note(note)
        if untouched:
            _given[window] = list(note.fields)
        return True

    return after_saving(window.editor, apply)


def note_id(window: AddCards) -> int:
    """The id that the window's note is going to have, 0 if Anki cannot tell."""
    note = window.editor.note
    return int(note.id) if note is not None else 0


def _fill(window: AddCards, note: Note, deck_id: DeckId) -> int:
    chosen = note.note_type()
    assert chosen is not None
    # To which Anki turns an open window when decks or note types change.
    aqt.mw.col.models.set_current(chosen)
    window.set_note(note, deck_id)
    _given[window] = list(note.fields)
    return note_id(window)


def _is_untouched(window: AddCards) -> bool:
    note = window.editor.note
    return (
        window.editor.fieldsAreBlank(window._last_added_note)
        or note is None
        or list(map(_as_html, note.fields))
        == list(map(_as_html, _given.get(window, ())))
    )


def _as_html(text: str) -> str:
    """The same for what an editor made of a text and for the text itself."""
    with warnings.catch_warnings():
        # Text that looks like a file's name or an address is text here.
        warnings.simplefilter("ignore")
        return BeautifulSoup(text, "html.parser").decode(formatter="html")
