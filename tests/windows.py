"""Anki's windows: where they are, what they have, and none from test to test."""

from __future__ import annotations

import time
from typing import Any

from servers import Anki

BROWSER = "aqt.dialogs._dialogs['Browser'][1]"
ADD = "aqt.dialogs._dialogs['AddCards'][1]"
EDIT = "aqt.dialogs._dialogs.get('ankiconnect.EditNote', (0, None))[1]"
#: The windows that close once their note is added.
ADD_AND_CLOSE = (
    "[window for name, (_, window) in aqt.dialogs._dialogs.items()"
    " if name.startswith('ankiconnect.AddCards') and window]"
)
DIALOGS = (
    "[window for window in mw.app.topLevelWidgets()"
    " if isinstance(window, aqt.qt.QDialog) and window.isVisible()]"
)


def rows(anki: Anki) -> Any:
    """The ids in the browser's table."""
    return anki.look(f"list({BROWSER}.table._model._items)")


def dialog(anki: Anki, kind: str) -> None:
    """Wait for a dialog of that class to be in front, and name it `dialog`."""
    anki.wait_for(f"any(isinstance(each, aqt.qt.{kind}) for each in {DIALOGS})")
    anki.look(f"dialog = [d for d in {DIALOGS} if isinstance(d, aqt.qt.{kind})][-1]")


def closed(anki: Anki) -> None:
    """Wait until no dialog is open."""
    text = "each.text() if isinstance(each, aqt.qt.QMessageBox) else str(each)"
    names = f"[{text} for each in {DIALOGS}]"
    for _ in range(50):
        open_now = anki.look(names)
        if not open_now:
            return
        time.sleep(0.1)
    raise AssertionError(open_now)


def shown(anki: Anki, window: str = ADD) -> Any:
    """What an Add window has."""
    code = f"""
window = {window}
note = window.editor.note
result = dict(
    fields=dict(note.items()), tags=note.tags, type=note.note_type()["name"],
    deck=mw.col.decks.name(window.deck_chooser.selected_deck_id),
    chosen=mw.col.models.get(window.notetype_chooser.selected_notetype_id)["name"],
    visible=window.isVisible(),
)
"""
    return anki.look(code)


def types(anki: Anki, text: str, window: str = ADD) -> None:
    """Have the user type in the first field, as the editor reports it."""
    anki.look(f"window = {window}\nwindow.editor.onBridgeCmd('key:0:0:{text}')")


#: Anki complains of a page that asks for something when its window has closed.
EDITORS = """
pages, answers = [], []
for _, opened in aqt.dialogs._dialogs.values():
    page = getattr(getattr(opened, "editor", None), "web", None)
    if page:
        pages.append(page)
        page.evalWithCallback("typeof saveNow == 'function'", answers.append)
"""
OVERVIEW = """
pages, answers = [], []
if mw.state == "overview":
    pages.append(mw.web)
    mw.web.evalWithCallback("document.body.innerText.trim()", answers.append)
"""
DISMISS = """
from aqt.qt import QDialog
for asking in mw.app.topLevelWidgets():
    if isinstance(asking, QDialog) and asking.isModal() and asking.isVisible():
        asking.reject()
"""
#: What would ask a user who is not there: dialogs, and text in an Add window.
CLOSE = f"""
{DISMISS}
for _, opened in aqt.dialogs._dialogs.values():
    if isinstance(opened, aqt.addcards.AddCards):
        opened.editor.note = None
aqt.dialogs.closeAll(lambda: None)
"""


def wait_for_pages(server: Anki, ask: str) -> None:
    """Ask pages until each answers that it is loaded.

    A page that was left while it fetched something complains in a dialog, and
    pages answer nothing while one of them has a dialog open.
    """
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        server.look(ask)
        again = time.monotonic() + 2
        while not server.look("len(answers) == len(pages)"):
            server.look(DISMISS)
            if time.monotonic() > again:
                break
            time.sleep(0.05)
        else:
            if server.look("all(answers)"):
                return
            time.sleep(0.05)
    raise AssertionError("a page did not load")


def wait_until_loaded(server: Anki) -> None:
    """Wait for the editors of all windows."""
    wait_for_pages(server, EDITORS)


def close_windows(server: Anki) -> None:
    """Close all windows but Anki's own."""
    wait_until_loaded(server)
    server.look(CLOSE)
    server.wait_for("aqt.dialogs.allClosed()")


#: Makes of the collection what it was before the first test, and of its profile
#: the only one.
RESET = """
import json, pathlib
col = mw.col
at_first = globals().setdefault("at_first", {
    "types": {kind.id for kind in col.models.all_names_and_ids()},
    "group": json.dumps(col.decks.get_config(1)),
    "config": col.all_config(),
})
col.remove_notes(col.find_notes(""))
col.decks.remove([deck.id for deck in col.decks.all_names_and_ids() if deck.id != 1])
for kind in list(col.models.all_names_and_ids()):
    if kind.id not in at_first["types"]:
        col.models.remove(kind.id)
for group in col.decks.all_config():
    if group["id"] != 1:
        # Or it would ask.
        col.mod_schema(check=False)
        col.decks.remove_config(group["id"])
col.decks.update_config(json.loads(at_first["group"]))
config = col.all_config()
for key in config.keys() - at_first["config"].keys():
    col.remove_config(key)
for key, value in at_first["config"].items():
    if config.get(key) != value:
        col.set_config(key, value)
col.media.trash_files([path.name for path in pathlib.Path(col.media.dir()).iterdir()])
# Their folders stay; Anki's own way would take that of the open one.
others = "delete from profiles where name not in ('_global', ?)"
mw.pm.db.execute(others, mw.pm.name)
mw.pm.db.commit()
"""


def start_over(server: Anki) -> None:
    """Close all windows and empty the collection."""
    close_windows(server)
    wait_for_pages(server, OVERVIEW)
    server.look("mw.moveToState('deckBrowser')")
    server.look(RESET)
    server.look("mw.reset()")
