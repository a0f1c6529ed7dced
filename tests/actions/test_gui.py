"""Anki's browser and main window, by what they are once an action was called."""

import base64
import threading

import pytest
from basic_notes import NOTE, add, cards
from servers import start_anki
from windows import BROWSER, DIALOGS, closed, dialog

#: Every action of the family, with parameters that pass.
ACTIONS = {
    "guiBrowse": {"query": "deck:current"},
    "guiSelectCard": {"card": 1},
    "guiSelectNote": {"note": 1},
    "guiSelectedNotes": {},
    "guiAddCards": {"note": NOTE},
    "guiEditNote": {"note": 1},
    "guiAddNoteSetData": {"note": {}},
    "guiReviewActive": {},
    "guiCurrentCard": {},
    "guiStartCardTimer": {},
    "guiShowQuestion": {},
    "guiShowAnswer": {},
    "guiAnswerCard": {"ease": 1},
    "guiPlayAudio": {},
    "guiUndo": {},
    "guiDeckOverview": {"name": "Default"},
    "guiDeckBrowser": {},
    "guiDeckReview": {"name": "Default"},
    "guiImportFile": {},
    "guiExitAnki": {},
    "guiCheckDatabase": {},
}


def test_the_family_is_complete(anki):
    known = anki("apiReflect", scopes=["actions"])["actions"]
    assert sorted(ACTIONS) == [name for name in known if name.startswith("gui")]


@pytest.mark.parametrize("action", ACTIONS)
def test_headless_each_says_that_it_needs_a_window(call, action):
    assert call.error(action, **ACTIONS[action]) == (
        f"{action} needs Anki's window, and this server runs without one"
    )


def test_headless_none_is_listed(call):
    listed = call("apiReflect", scopes=["actions", "schemas"])
    assert not [name for name in listed["actions"] if name.startswith("gui")]
    assert not [name for name in listed["schemas"] if name.startswith("gui")]


# The browser


def test_gui_browse_shows_what_it_found(anki):
    wanted, _ = add(anki, "cat", "dog")
    found = anki("guiBrowse", query="front:cat")
    assert found == cards(anki, wanted)
    assert anki.look(f"{BROWSER}.isVisible()")
    anki.wait_for(f"{BROWSER}.form.searchEdit.lineEdit().text() == 'front:cat'")
    anki.wait_for(f"list({BROWSER}.table._model._items) == {found}")


def test_gui_browse_searches_again_in_an_open_browser(anki):
    cat, dog = add(anki, "cat", "dog")
    anki("guiBrowse", query="front:cat")
    anki("guiBrowse", query="front:dog")
    anki.wait_for(f"list({BROWSER}.table._model._items) == {cards(anki, dog)}")
    assert cat != dog


def test_gui_browse_without_a_query_opens_the_window_as_it_is(anki):
    add(anki, "cat", "dog")
    assert anki("guiBrowse") == []
    anki("guiBrowse", query="front:cat")
    anki.wait_for(f"{BROWSER}.table.len() == 1")
    assert anki("guiBrowse", query=None, reorderCards=None) == []
    assert anki.look(f"{BROWSER}.table.len()") == 1


def test_gui_browse_says_what_is_wrong_with_a_query(anki):
    message = anki.error("findCards", query="(a")
    assert anki.error("guiBrowse", query="(a") == message
    assert anki.look(f"{BROWSER}") is None


@pytest.mark.parametrize("open_before", [False, True])
@pytest.mark.parametrize("column", ["noteFld", "noteCrt", "cardEase", "template"])
def test_gui_browse_sorts_the_table(anki, open_before, column):
    b, a, c = [cards(anki, note)[0] for note in add(anki, "b", "a", "c")]
    if open_before:
        anki("guiBrowse", query="deck:Default")
        anki.wait_for(f"{BROWSER}.table.len() == 3")
    up = {"columnId": column, "order": "ascending"}
    anki("guiBrowse", query="deck:Default", reorderCards=up)
    ascending = {"noteFld": [a, b, c], "noteCrt": [b, a, c]}.get(column)
    if ascending:
        anki.wait_for(f"list({BROWSER}.table._model._items) == {ascending}")
    down = {"columnId": column, "order": "descending"}
    anki("guiBrowse", query="deck:Default", reorderCards=down)
    if ascending:
        anki.wait_for(f"list({BROWSER}.table._model._items) == {ascending[::-1]}")
    header = f"{BROWSER}.form.tableView.horizontalHeader()"
    shown = anki.look(f"{BROWSER}.table._model.active_column_index({column!r})")
    assert anki.look(f"{header}.isSortIndicatorShown()") == (shown is not None)
    if shown is not None:
        assert anki.look(f"{header}.sortIndicatorSection()") == shown
        assert anki.look(f"{header}.sortIndicatorOrder().name") == "DescendingOrder"


def test_gui_browse_sorts_without_a_query(anki):
    b, a = [cards(anki, note)[0] for note in add(anki, "b", "a")]
    anki("guiBrowse", query="deck:Default")
    by_text = {"columnId": "noteFld", "order": "descending"}
    assert anki("guiBrowse", reorderCards=by_text) == []
    anki.wait_for(f"list({BROWSER}.table._model._items) == {[b, a]}")
    anki("guiBrowse", reorderCards={**by_text, "order": "ascending"})
    anki.wait_for(f"list({BROWSER}.table._model._items) == {[a, b]}")


@pytest.mark.parametrize(
    ("order", "message"),
    [
        (
            {"columnId": "nonsense", "order": "ascending"},
            "invalid columnId: nonsense",
        ),
        (
            {"columnId": "question", "order": "ascending"},
            "invalid columnId: question cannot be sorted by",
        ),
        (
            {"columnId": "noteFld", "order": "up"},
            "'reorderCards.order' must be one of 'ascending', 'descending', not 'up'",
        ),
        ({"columnId": "noteFld"}, "'reorderCards' must have 'order'"),
    ],
)
def test_gui_browse_names_a_wrong_order(anki, order, message):
    assert anki.error("guiBrowse", query="", reorderCards=order) == message
    assert anki.look(f"{BROWSER} is None")


def test_gui_select_card_selects_it_in_an_open_browser(anki):
    first, second = (cards(anki, note)[0] for note in add(anki, "a", "b"))
    assert anki("guiSelectCard", card=second) is False
    anki("guiBrowse", query="deck:Default")
    anki.wait_for(f"{BROWSER}.table.len() == 2")
    for card in (first, second, str(first)):
        assert anki("guiSelectCard", card=card) is True
        assert anki.look(f"list({BROWSER}.selected_cards())") == [int(card)]


@pytest.mark.parametrize("mode", [False, True])
def test_gui_select_card_that_is_not_there_selects_nothing(anki, mode):
    add(anki, "a")
    anki("guiBrowse", query="deck:Default")
    anki.wait_for(f"{BROWSER}.table.len() == 1")
    anki.look(f"{BROWSER}.table.toggle_state({mode}, 'deck:Default')")
    assert anki("guiSelectCard", card=1) is True
    assert anki("guiSelectedNotes") == []
    anki.look(f"{BROWSER}.table.toggle_state(False, 'deck:Default')")


def test_gui_select_note_takes_a_card(anki):
    notes = add(anki, "a", "b")
    assert anki("guiSelectNote", note=cards(anki, notes[1])[0]) is False
    anki("guiBrowse", query="deck:Default")
    anki.wait_for(f"{BROWSER}.table.len() == 2")
    for note in notes:
        assert anki("guiSelectNote", note=cards(anki, note)[0]) is True
        assert anki("guiSelectedNotes") == [note]


def test_gui_selected_notes_are_those_of_the_browser(anki):
    notes = add(anki, "a", "b", "c")
    assert anki("guiSelectedNotes") == []
    anki("guiBrowse", query="deck:Default")
    anki.wait_for(f"{BROWSER}.table.len() == 3")
    anki.look(f"{BROWSER}.table.select_all()")
    assert sorted(anki("guiSelectedNotes")) == notes


# The main window


def test_gui_undo_takes_the_last_step_back(anki):
    add(anki, "one")
    add(anki, "two")
    assert anki("guiUndo") is True
    assert len(anki("findNotes", query="")) == 1
    assert anki("guiUndo") is True
    assert anki("findNotes", query="") == []


def test_gui_undo_of_nothing(anki):
    anki.look("mw.col.db.execute('update cards set flags = 0')")  # no undo beyond
    assert anki("guiUndo") is True
    assert anki.look(f"len({DIALOGS})") == 0


@pytest.mark.parametrize(
    ("action", "state"), [("guiDeckOverview", "overview"), ("guiDeckReview", "review")]
)
def test_gui_deck_of_an_unknown_name(anki, action, state):
    assert anki(action, name="none") is False
    assert anki.look("mw.state") == "deckBrowser"
    assert anki("deckNames") == ["Default"]


def test_gui_deck_overview_opens_it(anki):
    anki("createDeck", deck="A::B")
    assert anki("guiDeckOverview", name="A::B") is True
    assert anki.look("mw.state") == "overview"
    assert anki.look("mw.col.decks.current()['name']") == "A::B"
    assert anki("guiDeckOverview", name="Default") is True
    assert anki.look("mw.col.decks.current()['name']") == "Default"


def test_gui_deck_browser_opens_the_list_of_decks(anki):
    anki("guiDeckOverview", name="Default")
    assert anki("guiDeckBrowser") is None
    assert anki.look("mw.state") == "deckBrowser"


def test_gui_deck_review_begins(anki, review):
    assert anki.look("mw.state") == "review"
    assert anki.look("mw.col.decks.current()['name']") == "Review"
    assert anki.look("mw.reviewer.state") == "question"


def test_gui_deck_review_of_another_deck(anki, review):
    anki("createDeck", deck="Other")
    (note,) = add(anki, "other", deck="Other")
    assert anki("guiDeckReview", name="Other") is True
    assert [anki("guiCurrentCard")["cardId"]] == cards(anki, note)


def test_gui_deck_review_with_nothing_due(anki):
    assert anki("guiDeckReview", name="Default") is True
    assert anki.look("mw.state") == "overview"
    assert anki("guiReviewActive") is False


def test_gui_import_file_asks_for_a_file_and_holds_nobody(anki):
    assert anki("guiImportFile", path=None) is None
    dialog(anki, "QFileDialog")
    assert anki("deckNames") == ["Default"]
    assert anki("guiReviewActive") is False
    assert anki("createDeck", deck="meanwhile")
    waits = "Anki waits for the user's answer to something else"
    assert anki.error("guiImportFile") == waits
    anki.look("dialog.reject()")
    closed(anki)


def test_gui_import_file_waits_until_anki_is_done(anki):
    # Anki itself shows it only in front of a window that has the focus.
    anki.look("mw.progress.start().show()")
    assert anki.look("mw.app.activeModalWidget() is not None")
    assert anki("guiImportFile") is None
    types = f"[type(each).__name__ for each in {DIALOGS}]"
    assert anki.look(types) == ["ProgressDialog"]
    anki.look("mw.progress.finish()")
    dialog(anki, "QFileDialog")
    anki.look("dialog.reject()")
    closed(anki)


@pytest.mark.parametrize("name", ["cards.txt", "Cards.TSV", "deck.apkg"])
def test_gui_import_file_opens_ankis_import(anki, tmp_path, name):
    path = tmp_path / name
    path.write_text("front\tback\n")
    assert anki("guiImportFile", path=str(path)) is None
    dialog(anki, "QDialog")
    assert anki.look("type(dialog).__name__") == "ImportDialog"
    assert anki.look("dialog.args.path") == str(path)
    anki.wait_for("dialog.web.isVisible()")
    assert anki("deckNames") == ["Default"]
    anki.look("dialog.reject()")


def test_gui_import_file_of_a_collection_asks_first(anki, tmp_path):
    path = tmp_path / "collection.colpkg"
    path.write_bytes(b"")
    assert anki("guiImportFile", path=str(path)) is None
    dialog(anki, "QMessageBox")
    assert anki("deckNames") == ["Default"]
    anki.look("dialog.reject()")
    closed(anki)


def test_gui_import_file_relative_to_the_media_folder(anki):
    data = base64.b64encode(b"front\tback\n").decode()
    anki("storeMediaFile", filename="_cards.txt", data=data)
    assert anki("guiImportFile", path="_cards.txt") is None
    dialog(anki, "QDialog")
    assert anki.look("dialog.args.path.endswith('_cards.txt')")
    anki.wait_for("dialog.web.isVisible()")
    anki.look("dialog.reject()")


def test_gui_import_file_that_cannot_be(anki, tmp_path):
    missing, other = tmp_path / "none.txt", tmp_path / "picture.png"
    other.write_bytes(b"")
    assert anki.error("guiImportFile", path=str(missing)) == (
        f"{missing} cannot be read: No such file or directory"
    )
    assert anki.error("guiImportFile", path=str(tmp_path)) == (
        f"{tmp_path} cannot be read: it is no file"
    )
    assert anki.error("guiImportFile", path=str(other)) == (
        f"{other} is of a type that Anki does not import"
    )
    assert anki.look(f"len({DIALOGS})") == 0


def test_gui_import_file_without_the_right_to_name_files(anki, tmp_path):
    path = tmp_path / "cards.txt"
    path.write_text("front\tback\n")
    anki.look(
        "from ankiconnect import addon\n"
        "addon.current.settings.override('webBindAddress', '0.0.0.0')"
    )
    try:
        assert anki.error("guiImportFile", path=str(path)) == (
            "paths are switched off; allowFilePaths can allow them"
        )
    finally:
        anki.look("addon.current.settings.override('webBindAddress', '127.0.0.1')")
    assert anki.look(f"len({DIALOGS})") == 0


def test_gui_exit_anki_replies_and_ends(tmp_path):
    anki = start_anki(tmp_path)
    batch = [
        {"action": "guiExitAnki", "version": 6},
        {"action": "deckNames", "version": 6},
    ]
    assert anki("multi", actions=batch) == [
        {"result": None, "error": None},
        {"result": ["Default"], "error": None},
    ]
    assert anki.process.wait(30) == 0
    assert "Traceback" not in anki.log.read_text()


def test_gui_check_database_finds_and_mends(anki):
    (note,) = add(anki, "one")
    (card,) = cards(anki, note)
    anki.look("mw.col.db.execute('update cards set did = 12345')")
    assert anki("guiCheckDatabase") is True
    # What it found stands in a window of Anki's.
    dialog(anki, "QDialog")
    found = "dialog.findChild(aqt.qt.QTextBrowser)"
    anki.wait_for(f"any({found.replace('dialog', 'each')} for each in {DIALOGS})")
    anki.look(
        f"dialog, = (each for each in {DIALOGS} if each.findChild(aqt.qt.QTextBrowser))"
    )
    assert "deck" in anki.look(f"{found}.toPlainText()")
    anki.look("dialog.reject()")
    closed(anki)
    (info,) = anki("cardsInfo", cards=[card])
    assert info["deckName"]


def test_gui_check_database_that_finds_nothing(anki):
    anki.look("aqt.utils.closeTooltip()")
    assert anki("guiCheckDatabase") is True
    anki.wait_for("bool(aqt.utils._tooltipLabel)")
    assert "rebuilt" in anki.look("aqt.utils._tooltipLabel.text()")
    # But what showed how far it is.
    closed(anki)


def test_many_at_once_do_not_get_in_each_others_way(anki):
    add(anki, "one")
    errors = []

    def ask(action, params):
        for _ in range(5):
            reply = anki.post({"action": action, "version": 6, "params": params})
            errors.append(reply.json()["error"])

    threads = [
        threading.Thread(target=ask, args=(action, ACTIONS[action]))
        for action in (
            *("guiSelectedNotes", "guiReviewActive", "guiCurrentCard", "guiUndo"),
            *("guiDeckOverview", "guiAddNoteSetData", "guiBrowse"),
        )
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == [None] * 35
