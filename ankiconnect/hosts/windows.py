"""What the host does to Anki's windows; all of it on the main thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aqt
from aqt.qt import QCheckBox, QMessageBox

from ankiconnect.settings import Settings

if TYPE_CHECKING:
    from anki.collection import OpChanges
    from aqt.main import AnkiQt

#: One question at a time: whoever else asks meanwhile is denied.
_asking = False


def refresh_browser(changes: OpChanges) -> None:
    """Search again in an open browser, which shows what was found back then."""
    browser: Any = aqt.dialogs._dialogs["Browser"][1]
    if browser is None or not (changes.note or changes.card):
        return
    web = browser.editor.web if browser.editor is not None else None
    if web is not None and web.hasFocus():
        # The user types there, and a search would take the cursor away.
        browser.table.redraw_cells()
    else:
        browser.search()


def load_profile(mw: AnkiQt, name: str) -> bool:
    """Start to open a profile; False if there is none of that name."""
    if name not in mw.pm.profiles():
        return False
    if mw.col is None:
        mw.pm.load(name)
        mw.loadProfile(mw.profileDiag.closeWithoutQuitting)
    elif mw.pm.name != name:

        def open_profile() -> None:
            mw.pm.load(name)
            mw.loadProfile()

        mw.unloadProfile(open_profile)
    return True


def ask_permission(mw: AnkiQt, settings: Settings, origin: str) -> bool:
    """Ask the user about an origin, and keep the answer."""
    global _asking
    if _asking or not origin or origin in settings["ignoreOriginList"]:
        return False
    _asking = True
    try:
        box = QMessageBox(
            QMessageBox.Icon.Question,
            "AnkiConnect",
            f"“{origin}” wants to use Anki through AnkiConnect.\n\n"
            "If you allow it, this website can read and change all of your "
            "notes, cards and media. Do you want to allow it?",
            QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No,
            mw,
        )
        box.setDefaultButton(QMessageBox.StandardButton.No)
        ignore = QCheckBox("If not: ignore this website from now on", box)
        box.setCheckBox(ignore)
        allowed = box.exec() == QMessageBox.StandardButton.Yes
        if allowed:
            settings.append("webCorsOriginList", origin)
        elif ignore.isChecked():
            settings.append("ignoreOriginList", origin)
        return allowed
    finally:
        _asking = False
