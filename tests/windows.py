"""The windows of the real Anki that tests share, from one test to the next."""

from __future__ import annotations

import time

from servers import Anki

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
for dialog in mw.app.topLevelWidgets():
    if isinstance(dialog, QDialog) and dialog.isModal() and dialog.isVisible():
        dialog.reject()
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


#: Makes of the collection what it was before the first test.
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
"""


def start_over(server: Anki) -> None:
    """Close all windows and empty the collection."""
    close_windows(server)
    wait_for_pages(server, OVERVIEW)
    server.look("mw.moveToState('deckBrowser')")
    server.look(RESET)
    server.look("mw.reset()")
