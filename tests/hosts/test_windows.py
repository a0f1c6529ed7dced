"""What a window of Anki shows of requests, and asks the user because of them."""

import json
import threading
from pathlib import Path

import pytest
import requests

BROWSER = "aqt.dialogs._dialogs['Browser'][1]"
ITEMS = f"list({BROWSER}.table._model._items)"
CONFIG = "mw.addonManager.getConfig('ankiconnect')"
QUESTION = (
    "[window for window in mw.app.topLevelWidgets()"
    " if isinstance(window, aqt.qt.QMessageBox) and window.isVisible()]"
)
SITE = "https://example.com"
DENIED = {"permission": "denied"}


def notes(count, word="note"):
    return [
        {
            "deckName": "Default",
            "modelName": "Basic",
            "fields": {"Front": f"{word} {number}", "Back": ""},
        }
        for number in range(count)
    ]


# The browser and Edit → Undo


def undo_text(anki):
    """The menu's, without the direction marks around the name."""
    text = anki.look("mw.form.actionUndo.text()")
    return text.replace("\u2068", "").replace("\u2069", "")


def test_one_undo_takes_a_request_away_and_the_browser_shows_it(anki):
    anki("guiBrowse", query="deck:Default")
    anki.wait_for(f"{BROWSER}.form.searchEdit.lineEdit().text() == 'deck:Default'")
    assert anki.look(ITEMS) == []
    added = anki("addNotes", notes=notes(100))
    anki.wait_for(f"len({ITEMS}) == 100")
    assert undo_text(anki) == "Undo addNotes"
    anki("deleteNotes", notes=added[:50])
    anki.wait_for(f"len({ITEMS}) == 50")
    assert undo_text(anki) == "Undo deleteNotes"
    anki("guiUndo")
    anki("guiUndo")
    assert anki("findNotes", query="") == []
    assert undo_text(anki) != "Undo addNotes"
    anki.wait_for(f"len({ITEMS}) == 0")
    anki.look("mw.redo()")
    anki.wait_for(f"len({ITEMS}) == 100")


def test_the_browser_shows_changes_that_follow_one_another(anki):
    anki("guiBrowse", query="front:note*")
    for note in notes(20):
        anki("addNote", note=note)
    anki.wait_for(f"len({ITEMS}) == 20")
    (first,) = anki("findNotes", query='"front:note 0"')
    anki("updateNoteFields", note={"id": first, "fields": {"Front": "other"}})
    anki.wait_for(f"len({ITEMS}) == 19")


def test_a_browser_that_opens_while_notes_are_added_asks_nothing(anki):
    actions = [
        {"action": "guiBrowse", "version": 6, "params": {"query": "deck:Default"}},
        {"action": "addNote", "version": 6, "params": {"note": notes(1)[0]}},
    ]
    anki("multi", actions=actions)
    anki.wait_for(f"len({ITEMS}) == 1")
    assert anki.look(f"len({QUESTION})") == 0


def test_the_browser_keeps_what_is_selected(anki):
    ids = anki("addNotes", notes=notes(3))
    (card,) = anki("findCards", query=f"nid:{ids[1]}")
    anki("guiBrowse", query="deck:Default")
    anki.wait_for(f"len({ITEMS}) == 3")
    anki("guiSelectCard", card=card)
    anki("addNotes", notes=notes(3, "more"))
    anki.wait_for(f"len({ITEMS}) == 6")
    assert anki("guiSelectedNotes") == [ids[1]]


# The permission question


class Asking:
    """A website that asks for permission, in a thread of its own."""

    def __init__(self, anki, origin=SITE):
        self.reply = None

        def ask():
            request = {"action": "requestPermission", "version": 6}
            headers = {"Origin": origin}
            response = requests.post(anki.url, json=request, headers=headers)
            self.reply = response.json()

        self.thread = threading.Thread(target=ask)
        self.thread.start()

    def answer(self):
        self.thread.join(10)
        assert self.reply is not None
        assert self.reply["error"] is None
        return self.reply["result"]


@pytest.fixture
def asked(anki):
    """Real Anki that nobody asked before, its settings put back after."""
    anki.look(
        "from ankiconnect import addon\n"
        "from ankiconnect.hosts.questions import Questions\n"
        "addon.current.host._questions = Questions()\n"
        f"before = {CONFIG}"
    )
    yield anki
    anki.look(
        "mw.addonManager.writeConfig('ankiconnect', before)\n"
        "addon.current.settings.load(before)"
    )


def question(anki):
    """Wait for the question, and name it `box`."""
    texts = f"[each.text() for each in {QUESTION}]"
    anki.wait_for(texts)
    assert len(anki.look(texts)) == 1, anki.look(texts)
    anki.look(f"box, = {QUESTION}")


def press(anki, button, ignore=False):
    """Answer the question as a user would."""
    anki.look(
        f"box.checkBox().setChecked({ignore})\n"
        f"button = box.button(aqt.qt.QMessageBox.StandardButton.{button})\n"
        "aqt.qt.QTimer.singleShot(0, button.click)"
    )


def permission(anki, origin=SITE):
    request = {"action": "requestPermission", "version": 6}
    return anki.reply(request, Origin=origin)["result"]


def refused(anki, origin=SITE):
    request = {"action": "deckNames", "version": 6}
    return anki.post(request, Origin=origin).status_code == 403


def test_the_question_names_who_asks_and_for_what(asked):
    site = Asking(asked)
    question(asked)
    text = asked.look("box.text() + box.informativeText()")
    assert SITE in text
    for word in ("read", "change", "delete", "notes", "cards", "media"):
        assert word in text
    assert asked.look("box.textFormat() == aqt.qt.Qt.TextFormat.PlainText")
    no = "box.button(aqt.qt.QMessageBox.StandardButton.No)"
    assert asked.look(f"box.defaultButton() is {no}")
    assert asked.look(f"box.escapeButton() is {no}")
    assert not asked.look("box.checkBox().isChecked()")
    # The window goes on meanwhile, and so does everybody else.
    assert asked("deckNames") == ["Default"]
    assert asked("guiReviewActive") is False
    press(asked, "No")
    assert site.answer() == DENIED


def test_yes_is_kept(asked):
    assert refused(asked)
    site = Asking(asked)
    question(asked)
    press(asked, "Yes")
    granted = {
        "permission": "granted",
        "requireApikey": False,
        "requireApiKey": False,
        "version": 6,
    }
    assert site.answer() == granted
    assert SITE in asked.look(f"{CONFIG}['webCorsOriginList']")
    assert not refused(asked)
    assert permission(asked) == granted  # without a question
    assert refused(asked, "https://other.example.com")


def test_no_is_asked_again(asked):
    for _ in range(2):
        site = Asking(asked)
        question(asked)
        press(asked, "No")
        assert site.answer() == DENIED
    assert asked.look(f"{CONFIG} == before")
    assert refused(asked)


def test_no_and_ignore_is_not_asked_again(asked):
    site = Asking(asked)
    question(asked)
    press(asked, "No", ignore=True)
    assert site.answer() == DENIED
    assert asked.look(f"{CONFIG}['ignoreOriginList']") == [SITE]
    assert permission(asked) == DENIED
    assert asked.look(f"len({QUESTION})") == 0


def test_yes_counts_whatever_the_box_says(asked):
    site = Asking(asked)
    question(asked)
    press(asked, "Yes", ignore=True)
    assert site.answer()["permission"] == "granted"
    assert asked.look(f"{CONFIG}['ignoreOriginList']") == []


def test_closing_the_question_is_a_no(asked):
    site = Asking(asked)
    question(asked)
    asked.look("aqt.qt.QTimer.singleShot(0, box.reject)")
    assert site.answer() == DENIED
    assert asked.look(f"{CONFIG} == before")


def test_one_question_at_a_time(asked):
    first = Asking(asked)
    question(asked)
    assert permission(asked) == DENIED
    assert permission(asked, "https://other.example.com") == DENIED
    assert asked.look(f"len({QUESTION})") == 1
    press(asked, "Yes")
    assert first.answer()["permission"] == "granted"


@pytest.mark.parametrize(
    "origin", ["null", "https://<b>x</b>.example.com", "http://127.0.0.1:{port}"]
)
def test_who_is_no_website_cannot_even_ask(asked, origin):
    # The port is that of Anki's own pages, card templates among them.
    port = asked.look("mw.mediaServer.getPort()")
    assert permission(asked, origin.format(port=port)) == DENIED
    assert asked.look(f"len({QUESTION})") == 0


def test_the_answer_is_in_ankis_own_file(asked):
    site = Asking(asked)
    question(asked)
    press(asked, "Yes")
    site.answer()
    folder = asked.look("mw.addonManager.addonsFolder('ankiconnect')")
    stored = json.loads(Path(folder, "meta.json").read_text("utf-8"))
    assert SITE in stored["config"]["webCorsOriginList"]


def test_an_error_reaches_who_waited_for_the_windows(anki):
    # As if a change were replied to that Anki's windows do not show yet.
    anki.look("import ankiconnect.addon as addon\naddon.current.host._told += 1")
    try:
        assert anki.error("guiEditNote", note=1) == "Note was not found: 1"
    finally:
        anki.look("addon.current.host._told -= 1")
