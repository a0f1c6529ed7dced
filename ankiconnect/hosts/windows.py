"""What the host does to Anki's windows; all of it on the main thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import aqt
from aqt.qt import QCheckBox, QMessageBox, Qt, QTimer, qconnect

from ankiconnect.kit import browser_window
from ankiconnect.settings import Settings

if TYPE_CHECKING:
    from anki.collection import OpChanges
    from aqt.main import AnkiQt

#: Milliseconds; requests that follow one another have the browser search once.
_SEARCH_AFTER = 100
_SEARCH_AFTER_TYPING = 1000
_search_timer: QTimer | None = None


def refresh_browser(changes: OpChanges) -> None:
    """Search again in an open browser, which shows what was found back then."""
    global _search_timer
    if browser_window.find() is None or not (changes.note or changes.card):
        return
    if _search_timer is None:
        _search_timer = QTimer(aqt.mw)
        _search_timer.setSingleShot(True)
        qconnect(_search_timer.timeout, _search)
    # A search sorts all that it finds, which takes its time in a large collection.
    if not _search_timer.isActive():
        _search_timer.start(_SEARCH_AFTER)


def _search() -> None:
    browser = browser_window.find()
    if browser is None or aqt.mw.col is None:
        return
    web = browser.editor.web if browser.editor is not None else None
    if web is not None and web.hasFocus():
        # The user types there, and a search would take the cursor away.
        browser.table.redraw_cells()
        assert _search_timer is not None
        _search_timer.start(_SEARCH_AFTER_TYPING)
    else:
        browser_window.search_again()


def switch_profile(mw: AnkiQt, name: str, on_switched: Callable[[], None]) -> None:
    """Open another profile, from the one that is open or the profile window."""

    def open_profile(then: Callable[[], None] | None = None) -> None:
        mw.pm.load(name)
        try:
            mw.loadProfile(then)
        finally:
            on_switched()

    def leave_and_open() -> None:
        # Where Anki would ask for the profile.
        mw.moveToState("profileManager")
        open_profile()

    def begin() -> None:
        if mw.col is not None:
            mw.unloadProfile(leave_and_open)
        else:
            mw.profileDiag.hide()
            open_profile(mw.profileDiag.closeWithoutQuitting)

    # By itself: should Anki have something to say, a window of its own comes
    # up, and what else waits for the main thread would wait for that.
    QTimer.singleShot(0, begin)


def ask_permission(
    mw: AnkiQt, settings: Settings, origin: str, on_answer: Callable[[bool], None]
) -> None:
    """Ask the user about an origin, and keep the answer."""
    box = QMessageBox(
        QMessageBox.Icon.Question,
        "AnkiConnect",
        f"{origin} wants to use Anki through AnkiConnect.",
        QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No,
        mw,
    )
    # What asks may call itself anything, markup included.
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(
        "If you allow it, this website can read, change and delete all of your "
        "notes, cards and media from now on.\n\nDo you want to allow it?"
    )
    box.setDefaultButton(QMessageBox.StandardButton.No)
    box.setEscapeButton(QMessageBox.StandardButton.No)
    ignore = QCheckBox("If not, never ask about this website again", box)
    box.setCheckBox(ignore)

    def finish(button: int) -> None:
        allowed = button == QMessageBox.StandardButton.Yes
        box.deleteLater()
        try:
            if allowed:
                settings.append("webCorsOriginList", origin)
            elif ignore.isChecked():
                settings.append("ignoreOriginList", origin)
        finally:
            on_answer(allowed)

    qconnect(box.finished, finish)
    # Not exec(), which would keep what else waits for the main thread waiting.
    box.open()
    box.raise_()
    box.activateWindow()
