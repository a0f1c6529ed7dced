"""A window to edit one note, whatever the reviewer and the browser show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Callable

import aqt
import aqt.editor
from anki.collection import OpChanges, SearchNode
from anki.errors import NotFoundError
from anki.utils import html_to_text_line
from aqt import gui_hooks
from aqt.browser.previewer import MultiCardPreviewer
from aqt.qt import (
    QHBoxLayout,
    QKeySequence,
    QMainWindow,
    QPushButton,
    QShortcut,
    Qt,
    QVBoxLayout,
    QWidget,
    qconnect,
)
from aqt.utils import restoreGeom, saveGeom, setWindowIcon, tr

from ankiconnect.kit.lookup import select

if TYPE_CHECKING:
    from anki.cards import Card, CardId
    from anki.notes import NoteId
    from aqt.main import AnkiQt

#: Under this name Anki knows the window, keeps a single one and closes it.
NAME = "ankiconnect.EditNote"

_SIZE = (660, 480)
_TITLE_LENGTH = 40


def open_note(mw: AnkiQt, note_id: NoteId) -> EditWindow:
    """Show a note in the window, which opens unless it is open."""
    if NAME not in aqt.dialogs._dialogs:
        aqt.dialogs.register_dialog(NAME, EditWindow)
    window: EditWindow = aqt.dialogs.open(NAME, mw, note_id)
    return window


class EditWindow(QMainWindow):
    """Anki's editor on one note, with the way back to those opened before."""

    def __init__(self, mw: AnkiQt, note_id: NoteId) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.mw = mw
        self._closing = self._closed = False
        #: A note that was opened when the window was about to close.
        self._asked_for: NoteId | None = None
        self._preview: NotePreview | None = None
        #: Notes in the order in which they were opened, and the one shown now.
        self._opened: list[NoteId] = [note_id]
        self._shown = 0
        setWindowIcon(self)
        self._set_up()
        restoreGeom(self, NAME, default_size=_SIZE)
        gui_hooks.operation_did_execute.append(self.on_operation_did_execute)
        self._show_note()
        self.show()

    def reopen(self, mw: AnkiQt, note_id: NoteId) -> None:
        """Show another note; Anki's dialog manager calls this."""
        if self._closing:
            self._asked_for = note_id
        else:
            self._after_saving(lambda: self._visit(note_id))

    def closeWithCallback(self, on_closed: Callable[[], None]) -> None:
        """Save, close and go on; Anki's dialog manager calls this."""

        def close() -> None:
            self._close()
            on_closed()

        self.editor.call_after_note_saved(close)

    # What it looks like

    def _set_up(self) -> None:
        self.setMinimumSize(400, 300)
        fields = QWidget()
        self.editor = aqt.editor.Editor(
            self.mw, fields, self, editor_mode=aqt.editor.EditorMode.EDIT_CURRENT
        )
        back, forward = QKeySequence.StandardKey.Back, QKeySequence.StandardKey.Forward
        self._back = self._button("<", self._go_back, back)
        self._forward = self._button(">", self._go_forward, forward)
        for button in (self._back, self._forward):
            button.setFixedWidth(40)
        preview = self._button(
            tr.actions_preview(), self._toggle_preview, "Ctrl+Shift+P"
        )
        browse = self._button(tr.qt_misc_browse(), self._browse)
        close = self._button(tr.actions_close(), self.close, "Ctrl+Return")
        buttons = QHBoxLayout()
        buttons.addWidget(self._back)
        buttons.addWidget(self._forward)
        buttons.addStretch()
        for button in (preview, browse, close):
            buttons.addWidget(button)
        layout = QVBoxLayout()
        layout.addWidget(fields, 1)
        layout.addLayout(buttons)
        central = QWidget()
        central.setLayout(layout)
        self.setCentralWidget(central)
        # The other Enter, that of the number pad.
        qconnect(QShortcut(QKeySequence("Ctrl+Enter"), self).activated, self.close)

    def _button(
        self, text: str, on_click: Callable[[], Any], keys: Any = None
    ) -> QPushButton:
        button = QPushButton(text)
        if keys is not None:
            button.setShortcut(QKeySequence(keys))
            shown = button.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            button.setToolTip(tr.actions_shortcut_key(val=shown))
        qconnect(button.clicked, lambda: on_click())
        return button

    def keyPressEvent(self, event: Any) -> None:
        """Close as Anki's own windows do."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    # The notes

    @property
    def note_id(self) -> NoteId:
        """The note that is shown."""
        return self._opened[self._shown]

    def _visit(self, note_id: NoteId) -> None:
        if note_id != self.note_id:
            if note_id in self._opened:
                self._opened.remove(note_id)
            self._opened.append(note_id)
            self._shown = len(self._opened) - 1
        self._show_note()

    def _go_back(self) -> None:
        self._after_saving(lambda: self._step(-1))

    def _go_forward(self) -> None:
        self._after_saving(lambda: self._step(1))

    def _step(self, by: int) -> None:
        self._update_way()
        target = self._shown + by
        if 0 <= target < len(self._opened):
            self._shown = target
            self._show_note()

    def _show_note(self) -> None:
        try:
            note = self.mw.col.get_note(self.note_id)
        except NotFoundError:
            self._close()
            return
        cards = note.cards()
        self.editor.card = cards[0] if cards else None
        self.editor.set_note(note, focusTo=0)
        self._update_way()
        self._set_title()
        if self._preview is not None:
            self._preview.show_cards(note.card_ids())

    def _update_way(self) -> None:
        """Leave the notes that are gone out of the way back and forward."""
        shown = self.note_id
        sql = "select id from notes where id in {ids}"
        kept = {
            shown,
            *(note_id for (note_id,) in select(self.mw.col, sql, self._opened)),
        }
        self._opened = [note_id for note_id in self._opened if note_id in kept]
        self._shown = self._opened.index(shown)
        self._back.setEnabled(self._shown > 0)
        self._forward.setEnabled(self._shown < len(self._opened) - 1)

    def _set_title(self) -> None:
        note = self.editor.note
        text = html_to_text_line(note.fields[0]) if note is not None else ""
        if len(text) > _TITLE_LENGTH:
            text = text[:_TITLE_LENGTH] + "…"
        self.setWindowTitle(f"{tr.studying_edit()}: {text}")

    def on_operation_did_execute(
        self, changes: OpChanges, handler: object | None
    ) -> None:
        """Show what others change, and close when they delete the note."""
        if changes.note_text or changes.notetype:
            self._update_way()
            self._reload(changes, handler)
        if self._preview is not None and (changes.note_text or changes.card):
            self._preview.show_cards(self.mw.col.card_ids_of_note(self.note_id))

    def _reload(self, changes: OpChanges, handler: object | None) -> None:
        note = self.editor.note
        if note is None or handler is self.editor:
            self._set_title()
            return
        before = [note.mid, note.tags, note.fields]
        try:
            note.load()
        except NotFoundError:
            self._close()
            return
        # Or what others do to other notes would take the cursor away.
        if changes.notetype or before != [note.mid, note.tags, note.fields]:
            self.editor.loadNoteKeepingFocus()
            self._set_title()

    # The buttons

    def _browse(self) -> None:
        search = SearchNode(nid=self.note_id)
        self._after_saving(
            lambda: aqt.dialogs.open("Browser", self.mw, search=(search,))
        )

    def _toggle_preview(self) -> None:
        if self._preview is not None:
            self._preview.close()
        else:
            self._after_saving(self._open_preview)

    def _open_preview(self) -> None:
        cards = self.mw.col.card_ids_of_note(self.note_id)
        self._preview = NotePreview(self.mw, cards, self._on_preview_closed)
        self._preview.open()

    def _on_preview_closed(self) -> None:
        self._preview = None

    # Closing

    def _after_saving(self, work: Callable[[], Any]) -> None:
        def unless_closed() -> None:
            if not self._closed:
                work()

        self.editor.call_after_note_saved(unless_closed)

    def closeEvent(self, event: Any) -> None:
        """Save first."""
        if self._closed:
            event.accept()
        else:
            event.ignore()
            self._closing = True
            self.editor.call_after_note_saved(self._close)

    def _close(self) -> None:
        if self._closed:
            return
        self._closed = True
        gui_hooks.operation_did_execute.remove(self.on_operation_did_execute)
        if self._preview is not None:
            self._preview.cancel_timer()
            self._preview.close()
        self.editor.cleanup()
        saveGeom(self, NAME)
        aqt.dialogs.markClosed(NAME)
        self.mw.deferred_delete_and_garbage_collect(self)
        self.close()
        if self._asked_for is not None:
            open_note(self.mw, self._asked_for)


class NotePreview(MultiCardPreviewer):
    """The preview of a note's cards."""

    def __init__(
        self, mw: AnkiQt, cards: Sequence[CardId], on_close: Callable[[], None]
    ) -> None:
        super().__init__(parent=None, mw=mw, on_close=on_close)
        self._cards = cards
        self._index = 0
        self._last_card: CardId | None = None

    def show_cards(self, cards: Sequence[CardId]) -> None:
        """Show these, or what became of them."""
        if cards != self._cards:
            self._cards = cards
            self._index = 0
        self.render_card()

    def card(self) -> Card | None:
        """The card that is shown."""
        if not self._cards:
            return None
        return self.mw.col.get_card(self._cards[self._index])

    def card_changed(self) -> bool:
        """Whether it is another than the last time."""
        card_id = self._cards[self._index] if self._cards else None
        changed = card_id != self._last_card
        self._last_card = card_id
        return changed

    def _on_prev_card(self) -> None:
        self._step(-1)

    def _on_next_card(self) -> None:
        self._step(1)

    def _step(self, by: int) -> None:
        if 0 <= self._index + by < len(self._cards):
            self._index += by
            self.render_card()

    def _should_enable_prev(self) -> bool:
        return super()._should_enable_prev() or self._index > 0

    def _should_enable_next(self) -> bool:
        last = len(self._cards) - 1
        return super()._should_enable_next() or self._index < last

    def _render_scheduled(self) -> None:
        # Put off while Anki is busy, it may come when the window is gone.
        if self._open:
            super()._render_scheduled()
            self._updateButtons()
