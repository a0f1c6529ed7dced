"""Anki's windows, by what they are once an action was called."""

import base64
import json
import threading
import time

import pytest
from servers import start_anki
from windows import wait_until_loaded

NOTE = {"deckName": "Default", "modelName": "Basic", "fields": {"Front": "f"}}
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


def add(anki, *fronts, deck="Default"):
    """Add notes; their ids."""
    notes = [
        {
            "deckName": deck,
            "modelName": "Basic",
            "fields": {"Front": front, "Back": f"back of {front}"},
        }
        for front in fronts
    ]
    return anki("addNotes", notes=notes)


def cards(anki, *notes):
    return anki("findCards", query=" or ".join(f"nid:{note}" for note in notes))


def dialog(anki, kind):
    """Wait for a dialog of that class to be in front, and name it `dialog`."""
    anki.wait_for(f"any(isinstance(each, aqt.qt.{kind}) for each in {DIALOGS})")
    anki.look(f"dialog = [d for d in {DIALOGS} if isinstance(d, aqt.qt.{kind})][-1]")


def closed(anki):
    """Wait until no dialog is open."""
    text = "each.text() if isinstance(each, aqt.qt.QMessageBox) else str(each)"
    names = f"[{text} for each in {DIALOGS}]"
    for _ in range(50):
        open_now = anki.look(names)
        if not open_now:
            return
        time.sleep(0.1)
    raise AssertionError(open_now)


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


def rows(anki, kind="cards"):
    """The ids in the browser's table."""
    return anki.look(f"list({BROWSER}.table._model._items)")


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


# The Add window


def shown(anki, window=ADD):
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


def types(anki, text, window=ADD):
    """Have the user type in the first field, as the editor reports it."""
    anki.look(f"window = {window}\nwindow.editor.onBridgeCmd('key:0:0:{text}')")


def test_gui_add_cards_opens_with_values(anki):
    anki("createDeck", deck="Words")
    note = {
        "deckName": "Words",
        "modelName": "Cloze",
        "fields": {
            "Text": "The capital of Romania is {{c1::Bucharest}}",
            "back extra": "Romania is a country in Europe",
        },
        "tags": ["countries", "europe"],
    }
    assert anki("guiAddCards", note=note) == 0
    assert shown(anki) == {
        "fields": {
            "Text": "The capital of Romania is {{c1::Bucharest}}",
            "Back Extra": "Romania is a country in Europe",
        },
        "tags": ["countries", "europe"],
        "type": "Cloze",
        "chosen": "Cloze",
        "deck": "Words",
        "visible": True,
    }
    assert anki("findNotes", query="") == []
    # What is in its page as well.
    anki.look(
        f"page = []\n{ADD}.editor.web.evalWithCallback("
        "'document.body.textContent', page.append)"
    )
    anki.wait_for("page")


def test_gui_add_cards_ignores_fields_that_are_not_there(anki):
    # The documentation's own sample names one.
    fields = {"Text": "{{c1::Bucharest}}", "Extra": "Romania"}
    note = {"deckName": "Default", "modelName": "Cloze", "fields": fields}
    anki("guiAddCards", note=note)
    expected = {"Text": "{{c1::Bucharest}}", "Back Extra": ""}
    assert shown(anki)["fields"] == expected
    for append in (False, True):
        change = {"fields": {"Extra": "Romania"}}
        assert anki("guiAddNoteSetData", note=change, append=append) is True
        assert shown(anki)["fields"] == expected


def test_gui_add_cards_without_fields_and_tags(anki):
    anki("guiAddCards", note={"deckName": "Default", "modelName": "Basic"})
    assert shown(anki)["fields"] == {"Front": "", "Back": ""}
    note = {**NOTE, "fields": None, "tags": None, "options": None}
    anki("guiAddCards", note=note)
    assert shown(anki)["fields"] == {"Front": "", "Back": ""}


def test_gui_add_cards_without_a_note_opens_the_plain_window(anki):
    assert anki("guiAddCards") == 0
    assert shown(anki)["fields"] == {"Front": "", "Back": ""}
    types(anki, "mine")
    assert anki("guiAddCards", note=None) == 0
    assert shown(anki)["fields"] == {"Front": "mine", "Back": ""}


def test_gui_add_cards_stores_files(anki):
    data = base64.b64encode(b"meow").decode()
    sound = {"filename": "cat.mp3", "data": data, "fields": ["back"]}
    picture = [{"filename": "cat.png", "data": data, "fields": ["Front"]}]
    note = {**NOTE, "audio": sound, "picture": picture}
    anki("guiAddCards", note=note)
    assert shown(anki)["fields"] == {
        "Front": 'f<img src="cat.png">',
        "Back": "[sound:cat.mp3]",
    }
    assert anki("retrieveMediaFile", filename="cat.mp3") == data
    assert anki("retrieveMediaFile", filename="cat.png") == data


def test_gui_add_cards_again_has_the_new_values(anki):
    anki("createDeck", deck="Words")
    anki("guiAddCards", note={**NOTE, "tags": ["one"]})
    again = {"deckName": "Words", "modelName": "Cloze", "fields": {"Text": "two"}}
    assert anki("guiAddCards", note=again) == 0
    assert shown(anki) == {
        "fields": {"Text": "two", "Back Extra": ""},
        "tags": [],
        "type": "Cloze",
        "chosen": "Cloze",
        "deck": "Words",
        "visible": True,
    }
    assert anki.look(f"len({DIALOGS})") == 0
    assert anki.look(f"len({ADD_AND_CLOSE})") == 0


CARD = {"Front": "{{A}}", "Back": "{{A}}"}
#: Agrees to what the dialog asks.
DISCARD = """
from aqt.qt import QMessageBox as Box, QTimer
roles = (Box.ButtonRole.DestructiveRole, Box.ButtonRole.YesRole)
agree, = (b for b in dialog.buttons() if dialog.buttonRole(b) in roles)
QTimer.singleShot(0, agree.click)
"""


def test_gui_add_cards_asks_before_what_the_user_typed_goes(anki):
    anki("guiAddCards", note=NOTE)
    types(anki, "mine")
    anki("guiAddCards", note={**NOTE, "fields": {"Front": "new"}})
    dialog(anki, "QMessageBox")
    assert shown(anki)["fields"]["Front"] == "mine"
    # Meanwhile everything else goes on.
    assert anki("deckNames") == ["Default"]
    assert anki("guiReviewActive") is False
    anki.look(DISCARD)
    anki.wait_for(f"{ADD}.editor.note['Front'] == 'new'")


@pytest.mark.parametrize("front", ["a<br/>b", "a\u00a0b", "<img src='a.png'>", "a.png"])
def test_gui_add_cards_asks_nobody_about_what_the_editor_made_of_a_text(anki, front):
    anki("guiAddCards", note={**NOTE, "fields": {"Front": front, "Back": front}})
    wait_until_loaded(anki)
    # What its page makes of a text it says a while later.
    anki.look(
        f"saved = []\n{ADD}.editor.call_after_note_saved(lambda: saved.append(1))"
    )
    anki.wait_for("saved")
    anki("guiAddCards", note={**NOTE, "fields": {"Front": "new"}})
    assert anki.look(f"len({DIALOGS})") == 0
    assert shown(anki)["fields"] == {"Front": "new", "Back": ""}


def test_gui_add_cards_whose_note_type_went_while_the_user_was_asked(anki):
    anki("createModel", modelName="Mine", inOrderFields=["A"], cardTemplates=[CARD])
    anki("guiAddCards", note=NOTE)
    types(anki, "mine")
    values = {"deckName": "Default", "modelName": "Mine", "fields": {"A": "a"}}
    anki("guiAddCards", note=values)
    dialog(anki, "QMessageBox")
    anki.look(
        "mw.col.mod_schema(check=False)\n"
        "mw.col.models.remove(mw.col.models.by_name('Mine')['id'])"
    )
    anki.look(DISCARD)
    anki.wait_for(f"len({DIALOGS}) == 0")
    assert shown(anki)["fields"]["Front"] == "mine"


def test_gui_add_cards_keeps_its_note_type_when_decks_change(anki):
    note = {"deckName": "Default", "modelName": "Cloze", "fields": {"Text": "a"}}
    anki("guiAddCards", note=note)
    anki("createDeck", deck="Another")
    assert shown(anki)["chosen"] == "Cloze"
    assert shown(anki)["fields"]["Text"] == "a"


def test_gui_add_cards_in_windows_that_close_when_their_note_is_added(anki):
    def note(front):
        values = {**NOTE, "fields": {"Front": front}}
        return {**values, "options": {"closeAfterAdding": True}}

    assert anki("guiAddCards", note=note("one")) == 0
    assert anki("guiAddCards", note=note("two")) == 0
    anki("guiAddCards", note={**NOTE, "fields": {"Front": "plain"}})
    assert anki.look(f"len({ADD_AND_CLOSE})") == 2
    assert shown(anki, f"{ADD_AND_CLOSE}[0]")["fields"]["Front"] == "one"
    assert shown(anki, f"{ADD_AND_CLOSE}[1]")["fields"]["Front"] == "two"
    wait_until_loaded(anki)
    anki.look(f"{ADD_AND_CLOSE}[0].addButton.click()")
    anki.wait_for(f"len({ADD_AND_CLOSE}) == 1")
    assert shown(anki, f"{ADD_AND_CLOSE}[0]")["fields"]["Front"] == "two"
    assert len(anki("findNotes", query="front:one")) == 1
    # Anki's own window stays as it is, and its own.
    assert shown(anki)["fields"]["Front"] == "plain"
    anki("guiAddCards", note=note("three"))
    assert anki.look(f"len({ADD_AND_CLOSE})") == 2
    anki.look(f"{ADD}.addButton.click()")
    anki.wait_for(f"{ADD}.editor.note['Front'] == ''")
    assert len(anki("findNotes", query="front:plain")) == 1
    assert anki.look(f"len({ADD_AND_CLOSE})") == 2


def test_gui_add_cards_in_windows_that_anki_closes(anki):
    note = {**NOTE, "fields": {}, "options": {"closeAfterAdding": True}}
    anki("guiAddCards", note=note)
    anki("guiAddCards", note=note)
    wait_until_loaded(anki)
    anki.look("closed = []\naqt.dialogs.closeAll(lambda: closed.append(1))")
    anki.wait_for("closed and aqt.dialogs.allClosed()")
    assert anki.look(f"len({ADD_AND_CLOSE})") == 0


NEW_EDITOR = """
try:
    from anki.collection import ExperimentFlag
except ImportError:
    pass  # a version that has one editor only
else:
    experiments = mw.col._experiments
    mw.col._experiments = {str(ExperimentFlag.SVELTE_EDITOR): True}
"""
OLD_EDITOR = "mw.col._experiments = globals().get('experiments', {})"


def test_gui_add_cards_beside_ankis_new_editor(anki):
    anki.look(NEW_EDITOR)
    try:
        anki.look("mw.onAddCard()")
        new = "aqt.dialogs._dialogs.get('NewAddCards', (0, None))[1]"
        anki.wait_for(f"not {new} or {new}.editor._ready")
        anki("guiAddCards", note=NOTE)
        assert shown(anki)["fields"]["Front"] == "f"
        assert anki("guiAddNoteSetData", note={"fields": {"Back": "b"}}) is True
        assert shown(anki)["fields"] == {"Front": "f", "Back": "b"}
    finally:
        anki.look(OLD_EDITOR)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"deckName": "none"}, "deck was not found: none"),
        ({"modelName": "none"}, "model was not found: none"),
        ({"tags": "a"}, "Must provide tags as a list of strings"),
        (
            {"deckName": "Cram"},
            "notes cannot be added to a filtered deck: Cram",
        ),
    ],
)
def test_gui_add_cards_names_what_is_not_there(anki, change, message):
    anki.look("mw.col.decks.new_filtered('Cram')")
    assert anki.error("guiAddCards", note={**NOTE, **change}) == message
    assert anki.look(f"{ADD} is None")
    anki("guiAddCards")
    assert anki.error("guiAddNoteSetData", note=change) == message
    assert shown(anki)["fields"] == {"Front": "", "Back": ""}


def test_gui_add_note_set_data_without_a_window(anki):
    answer = anki("guiAddNoteSetData", note={"fields": {"Front": "a"}})
    assert answer == {"error": "Add Note dialog is not open", "code": 1}


def test_gui_add_note_set_data_changes_what_is_named(anki):
    anki("createDeck", deck="Words")
    anki("guiAddCards", note={**NOTE, "tags": ["one"]})
    assert anki("guiAddNoteSetData", note={"fields": {"back": "b"}}) is True
    assert shown(anki)["fields"] == {"Front": "f", "Back": "b"}
    assert shown(anki)["tags"] == ["one"]
    anki("guiAddNoteSetData", note={"deckName": "Words", "tags": ["two"]})
    assert shown(anki)["deck"] == "Words"
    assert shown(anki)["tags"] == ["two"]
    assert shown(anki)["fields"] == {"Front": "f", "Back": "b"}


def test_gui_add_note_set_data_changes_the_note_type(anki):
    anki("guiAddCards", note=NOTE)
    change = {"modelName": "Cloze", "fields": {"Text": "{{c1::a}}"}}
    assert anki("guiAddNoteSetData", note=change) is True
    assert shown(anki)["chosen"] == shown(anki)["type"] == "Cloze"
    assert shown(anki)["fields"]["Text"] == "{{c1::a}}"


def test_gui_add_note_set_data_finds_fields_as_anki_would_name_them(anki):
    anki("guiAddCards", note=NOTE)
    values = {"fields": {' Front"': "oo"}}
    assert anki("guiAddNoteSetData", note=values, append=True) is True
    assert shown(anki)["fields"]["Front"] == "foo"


def test_gui_add_note_set_data_keeps_the_deck_with_another_note_type(anki):
    anki("createDeck", deck="Other")
    cloze = {"modelName": "Cloze", "fields": {"Text": "{{c1::a}}"}}
    anki("addNote", note={**cloze, "deckName": "Other"})
    anki.look(
        "from anki.config import Config\n"
        "key = Config.Bool.ADDING_DEFAULTS_TO_CURRENT_DECK\n"
        "mw.col.set_config_bool(key, False)"
    )
    anki("guiAddCards", note=NOTE)
    assert anki("guiAddNoteSetData", note=cloze) is True
    assert shown(anki)["deck"] == "Default"


def test_gui_add_note_set_data_in_a_window_that_is_about_to_close(anki):
    anki("guiAddCards")
    wait_until_loaded(anki)
    anki.look(f"{ADD}.close()")
    none = {"error": "Add Note dialog is not open", "code": 1}
    assert anki("guiAddNoteSetData", note={"fields": {"Front": "a"}}) == none


def test_gui_add_note_set_data_appends(anki):
    anki("guiAddCards", note={**NOTE, "tags": ["one"]})
    data = base64.b64encode(b"meow").decode()
    change = {
        "fields": {"Front": "oo", "Back": None},
        "tags": ["two", "one"],
        "audio": {"filename": "cat.mp3", "data": data, "fields": ["Front"]},
    }
    assert anki("guiAddNoteSetData", note=change, append=True) is True
    assert shown(anki)["fields"] == {"Front": "foo[sound:cat.mp3]", "Back": ""}
    assert shown(anki)["tags"] == ["one", "two"]
    anki("guiAddNoteSetData", note={"fields": {"Front": "new"}}, append=False)
    # The editor's page still tells of the values before.
    anki.wait_for(f"{ADD}.editor.note.fields == ['new', '']")


def test_gui_add_note_set_data_in_a_window_that_closes(anki):
    anki("guiAddCards", note={**NOTE, "options": {"closeAfterAdding": True}})
    assert anki("guiAddNoteSetData", note={"fields": {"Back": "b"}}) is True
    fields = shown(anki, f"{ADD_AND_CLOSE}[0]")["fields"]
    assert fields == {"Front": "f", "Back": "b"}


# The window that edits


def edited(anki):
    return anki.look(f"dict({EDIT}.editor.note.items())")


def opened(anki, note):
    """Open a note and wait for it to be shown."""
    anki("guiEditNote", note=note)
    anki.wait_for(f"{EDIT}.editor.note.id == {note}")


def test_gui_edit_note_in_a_window_that_is_about_to_close(anki):
    one, two = add(anki, "one", "two")
    opened(anki, one)
    wait_until_loaded(anki)
    anki.look(f"first = {EDIT}\nfirst.close()\nclosing = {EDIT} is first")
    assert anki("guiEditNote", note=two) is None
    anki.wait_for(f"{EDIT} not in (None, first)")
    anki.wait_for(f"{EDIT}.editor.note.id == {two}")


def test_gui_edit_note_opens_a_window_with_the_note(anki):
    (note,) = add(anki, "<b>cat</b>")
    assert anki("guiEditNote", note=str(note)) is None
    assert anki.look(f"{EDIT}.isVisible()")
    assert anki.look(f"{EDIT}.windowTitle()") == "Edit: cat"
    assert edited(anki) == {"Front": "<b>cat</b>", "Back": "back of <b>cat</b>"}


def test_gui_edit_note_saves_what_the_user_types(anki):
    one, two = add(anki, "one", "two")
    opened(anki, one)
    anki.look(f"{EDIT}.editor.onBridgeCmd('key:0:{one}:typed')")
    opened(anki, two)
    (info,) = anki("notesInfo", notes=[one])
    assert info["fields"]["Front"]["value"] == "typed"


def test_gui_edit_note_again_reuses_the_window_and_goes_back_and_forward(anki):
    one, two, three = add(anki, "one", "two", "three")
    opened(anki, one)
    anki.look(f"first = {EDIT}")
    assert not anki.look("first._back.isEnabled() or first._forward.isEnabled()")
    opened(anki, two)
    opened(anki, three)
    assert anki.look(f"first is {EDIT}")
    for button, note, back, forward in [
        ("_back", two, True, True),
        ("_back", one, False, True),
        ("_forward", two, True, True),
        ("_forward", three, True, False),
    ]:
        anki.look(f"first.{button}.click()")
        anki.wait_for(f"first.editor.note.id == {note}")
        assert anki.look("first._back.isEnabled()") == back
        assert anki.look("first._forward.isEnabled()") == forward
    opened(anki, one)
    anki.look("first._back.click()")
    anki.wait_for(f"first.editor.note.id == {three}")
    anki("deleteNotes", notes=[two])
    anki.look("first._back.click()")
    anki.wait_for("not first._back.isEnabled()")
    assert anki.look("first.note_id") == three


def test_gui_edit_note_has_a_preview_that_follows(anki):
    reversed_type = "Basic (and reversed card)"
    fields = {"Front": "one", "Back": "eins"}
    note = {"deckName": "Default", "modelName": reversed_type, "fields": fields}
    one = anki("addNote", note=note)
    (two,) = add(anki, "two")
    opened(anki, one)
    anki.look(f"window = {EDIT}\nwindow._toggle_preview()")
    anki.wait_for("window._preview and window._preview.isVisible()")
    both = cards(anki, one)
    card = "(window._preview.card() or mw).id"
    anki.wait_for("window._preview._last_state")
    assert anki.look(card) == both[0]
    # Its answer, then the other card.
    anki.look("window._preview._next.click()")
    anki.wait_for("window._preview.state() == 'answer'")
    anki.look("window._preview._next.click()")
    anki.wait_for(f"{card} == {both[1]}")
    anki.wait_for("window._preview.state() == 'question'")
    opened(anki, two)
    anki.wait_for(f"{card} == {cards(anki, two)[0]}")
    anki.look("window._toggle_preview()")
    assert anki.look("window._preview is None")
    anki.look("window._toggle_preview()")
    anki.wait_for("window._preview and window._preview._last_state")
    wait_until_loaded(anki)
    anki.look("preview = window._preview\nwindow.close()")
    anki.wait_for(f"{EDIT} is None")
    assert anki.look("aqt.qt.sip.isdeleted(preview) or not preview.isVisible()")


def test_gui_edit_note_has_a_preview_that_is_not_drawn_once_it_is_gone(anki):
    opened(anki, *add(anki, "one"))
    anki.look(f"window = {EDIT}\nwindow._toggle_preview()")
    anki.wait_for("window._preview and window._preview._last_state")
    # Anki was to draw it, but was busy, and comes back to it later.
    anki.look("preview = window._preview\npreview._timer = aqt.qt.QTimer(preview)")
    anki.look("window._toggle_preview()")
    anki.wait_for("aqt.qt.sip.isdeleted(preview)")
    anki.look("preview._render_scheduled()")


def test_gui_edit_note_has_a_button_to_the_browser(anki):
    one, _ = add(anki, "one", "two")
    opened(anki, one)
    anki.look(
        f"button, = (b for b in {EDIT}.findChildren(aqt.qt.QPushButton)"
        " if b.text() == 'Browse')\nbutton.click()"
    )
    anki.wait_for(f"{BROWSER} and {BROWSER}.table.len() == 1")
    assert rows(anki) == cards(anki, one)


def test_gui_edit_note_shows_what_others_change(anki):
    one, two = add(anki, "one", "two")
    opened(anki, one)
    anki.look(
        "loads = []\n"
        f"load = {EDIT}.editor.loadNoteKeepingFocus\n"
        f"{EDIT}.editor.loadNoteKeepingFocus = lambda: (loads.append(1), load())"
    )
    anki("updateNoteFields", note={"id": two, "fields": {"Front": "other"}})
    anki("updateNoteFields", note={"id": one, "fields": {"Front": "changed"}})
    anki.wait_for(f"{EDIT}.editor.note['Front'] == 'changed'")
    anki.wait_for(f"{EDIT}.windowTitle() == 'Edit: changed'")
    # Another note's change would have taken the cursor away for nothing.
    assert anki.look("loads") == [1]


def test_gui_edit_note_closes_when_its_note_is_deleted(anki):
    one, two = add(anki, "one", "two")
    opened(anki, one)
    wait_until_loaded(anki)
    anki("deleteNotes", notes=[two])
    assert anki.look(f"{EDIT}.isVisible()")
    anki("deleteNotes", notes=[one])
    anki.wait_for(f"{EDIT} is None")
    assert anki.error("guiEditNote", note=one) == f"Note was not found: {one}"


def test_gui_edit_note_closes_with_ankis_windows(anki):
    (note,) = add(anki, "one")
    opened(anki, note)
    wait_until_loaded(anki)
    anki.look("closed = []\naqt.dialogs.closeAll(lambda: closed.append(1))")
    anki.wait_for("closed and aqt.dialogs.allClosed()")
    opened(anki, note)
    wait_until_loaded(anki)
    anki.look(f"{EDIT}.close()")
    anki.wait_for(f"{EDIT} is None")


def test_gui_edit_note_of_an_unknown_note(anki):
    assert anki.error("guiEditNote", note=12345) == "Note was not found: 12345"
    assert anki.look(f"{EDIT} is None")


# The review


@pytest.fixture
def review(anki):
    """Two new cards in review, the first one's question shown; their notes."""
    anki("createDeck", deck="Review")
    notes = add(anki, "one", "two", deck="Review")
    assert anki("guiDeckReview", name="Review") is True
    return notes


IN_REVIEW = [
    ("guiReviewActive", {}),
    ("guiStartCardTimer", {}),
    ("guiShowQuestion", {}),
    ("guiShowAnswer", {}),
    ("guiAnswerCard", {"ease": 1}),
    ("guiPlayAudio", {}),
]


@pytest.mark.parametrize(("action", "params"), IN_REVIEW)
def test_outside_of_a_review_the_answer_is_false(anki, action, params):
    assert anki(action, **params) is False


def test_gui_review_active_tells_whether_a_card_is_shown(anki, review):
    assert anki("guiReviewActive") is True
    anki("guiDeckBrowser")
    assert anki("guiReviewActive") is False


def test_gui_current_card_tells_all_about_it(anki, review):
    (card,) = cards(anki, review[0])
    current = anki("guiCurrentCard")
    (info,) = anki("cardsInfo", cards=[card])
    same = [
        "question",
        "answer",
        "css",
        "modelName",
        "deckName",
        "fields",
        "fieldOrder",
        "cardId",
    ]
    assert {name: current.pop(name) for name in same} == {
        name: info[name] for name in same
    }
    assert current == {
        "buttons": [1, 2, 3, 4],
        "nextReviews": ["<1m", "<6m", "<10m", current["nextReviews"][3]],
        "template": "Card 1",
    }
    assert info["fields"] == {
        "Front": {"value": "one", "order": 0},
        "Back": {"value": "back of one", "order": 1},
    }
    assert "\u2068" not in json.dumps(current, ensure_ascii=False)


def test_gui_current_card_with_a_button_of_an_addons_own(anki, review):
    anki.look(
        "five = lambda buttons, *_: (*buttons, (5, 'Never'))\n"
        "hook = aqt.gui_hooks.reviewer_will_init_answer_buttons\n"
        "hook.append(five)"
    )
    current = anki("guiCurrentCard")
    anki.look("hook.remove(five)")
    assert current["buttons"] == [1, 2, 3, 4, 5]
    assert current["nextReviews"][4] == ""


@pytest.fixture
def behind(anki, review):
    """A review while another of Anki's windows is in front; its notes."""
    anki("guiAddCards")
    anki.look(f"{ADD}.activateWindow()")
    anki.wait_for("mw.app.activeWindow() is not mw")
    return review


@pytest.mark.parametrize(
    ("change", "key"), [("deleteNotes", "notes"), ("suspend", "cards")]
)
def test_a_card_that_goes_is_not_reviewed_whatever_changes_next(
    anki, behind, change, key
):
    one, two = behind
    ids = [one] if key == "notes" else cards(anki, one)
    anki(change, **{key: ids})
    anki("updateNoteFields", note={"id": two, "fields": {"Front": "changed"}})
    assert anki("guiReviewActive") is True
    assert [anki("guiCurrentCard")["cardId"]] == cards(anki, two)
    assert anki("guiShowAnswer") is True
    assert anki("guiAnswerCard", ease=3) is True


def test_what_others_add_does_not_turn_a_card_round(anki, behind):
    one, _ = behind
    assert anki("guiShowAnswer") is True
    add(anki, "other")
    anki("updateNoteFields", note={"id": one, "fields": {"Back": "changed"}})
    add(anki, "another")
    assert anki("guiCurrentCard")["fields"]["Back"]["value"] == "changed"
    assert anki.look("mw.reviewer.state") == "answer"
    assert anki("guiAnswerCard", ease=3) is True
    assert anki("getReviewsOfCards", cards=cards(anki, one)) != {}


def test_a_card_whose_schedule_others_change_is_shown_anew(anki, behind):
    one, _ = behind
    assert anki("guiShowAnswer") is True
    assert anki("setDueDate", cards=cards(anki, one), days="0") is True
    assert anki("guiAnswerCard", ease=3) is False
    assert anki("guiShowAnswer") is True
    assert anki("guiAnswerCard", ease=3) is True


def test_gui_answer_card_replies_while_anki_says_that_the_time_is_up(anki, review):
    anki.look("mw.col.set_config('timeLim', 1)\nmw.col._startTime = 0")
    assert anki("guiShowAnswer") is True
    assert anki("guiAnswerCard", ease=4) is True
    dialog(anki, "QMessageBox")
    # The card is answered, and the next one is not there yet.
    assert anki("guiShowAnswer") is False
    assert anki("guiAnswerCard", ease=4) is False
    anki.look("dialog.reject()\nmw.col.set_config('timeLim', 0)")


FAILS = """
def fails(*args):
    hook.remove(fails)
    raise ValueError("an add-on's own fault")
hook = aqt.gui_hooks.{}
hook.append(fails)
"""


def test_an_addon_that_fails_keeps_nobody_waiting(tmp_path):
    own = start_anki(tmp_path)
    try:
        own("createDeck", deck="Review")
        add(own, "one", "two", deck="Review")
        own.look(FAILS.format("operation_did_execute"))
        assert own("guiDeckReview", name="Review") is True
        own.look(FAILS.format("reviewer_did_answer_card"))
        assert own("guiShowAnswer") is True
        assert own("guiAnswerCard", ease=4) is True
        own.look(FAILS.format("operation_did_execute"))
        assert own("guiUndo") is True
        own.look(FAILS.format("operation_did_execute"))
        own("createDeck", deck="Another")
        begun = time.monotonic()
        for _ in range(10):
            own("guiSelectedNotes")
        assert time.monotonic() - begun < 5
    finally:
        own.process.kill()
        own.process.wait(10)


def test_gui_current_card_is_null_outside_of_a_review(anki):
    assert anki("guiCurrentCard") is None


def test_gui_current_card_is_as_it_is_by_now(anki, review):
    one, two = review
    anki("updateNoteFields", note={"id": one, "fields": {"Front": "changed"}})
    assert anki("guiCurrentCard")["fields"]["Front"]["value"] == "changed"
    anki("deleteNotes", notes=[one])
    assert [anki("guiCurrentCard")["cardId"]] == cards(anki, two)
    anki("deleteNotes", notes=[two])
    assert anki("guiCurrentCard") is None
    assert anki.look("mw.state") == "overview"


def test_gui_start_card_timer_starts_it_anew(anki, review):
    anki.look("import time\nmw.reviewer.card.timer_started = 0")
    assert anki("guiStartCardTimer") is True
    assert anki.look("0 <= time.time() - mw.reviewer.card.timer_started < 60")


def test_gui_show_question_and_back(anki, review):
    assert anki("guiShowAnswer") is True
    assert anki("guiShowQuestion") is True
    assert anki.look("mw.reviewer.state") == "question"


def test_gui_show_answer_shows_it(anki, review):
    assert anki.look("mw.reviewer.state") == "question"
    assert anki("guiShowAnswer") is True
    assert anki.look("mw.reviewer.state") == "answer"
    anki.look(
        "page = []\nmw.web.evalWithCallback('document.body.textContent', page.append)"
    )
    anki.wait_for("page")
    # Twice is no harm.
    assert anki("guiShowAnswer") is True


def test_gui_show_answer_of_a_card_to_type(anki):
    anki("createDeck", deck="Typed")
    fields = {"Front": "one", "Back": "eins"}
    kind = "Basic (type in the answer)"
    anki("addNote", note={"deckName": "Typed", "modelName": kind, "fields": fields})
    anki("guiDeckReview", name="Typed")
    assert anki("guiShowAnswer") is True
    assert anki("guiAnswerCard", ease=4) is True
    assert anki.look("mw.state") == "overview"


def test_gui_answer_card_goes_on_to_the_next(anki, review):
    one, two = review
    assert anki("guiAnswerCard", ease=3) is False  # its answer is not shown yet
    for note in (one, two):
        assert [anki("guiCurrentCard")["cardId"]] == cards(anki, note)
        assert anki("guiShowAnswer") is True
        assert anki("guiAnswerCard", ease=4) is True
        (info,) = anki("cardsInfo", cards=cards(anki, note))
        assert (info["reps"], info["type"]) == (1, 2)
    assert anki("guiCurrentCard") is None
    assert anki("guiAnswerCard", ease=4) is False


def test_gui_answer_card_in_one_batch(anki, review):
    actions = [
        {"action": "guiShowAnswer", "version": 6},
        {"action": "guiAnswerCard", "version": 6, "params": {"ease": 4}},
        {"action": "guiCurrentCard", "version": 6},
    ]
    *_, last = anki("multi", actions=actions)
    assert [last["result"]["cardId"]] == cards(anki, review[1])


@pytest.mark.parametrize("ease", [0, 5, -1])
def test_gui_answer_card_with_a_button_that_is_not_there(anki, review, ease):
    anki("guiShowAnswer")
    assert anki("guiAnswerCard", ease=ease) is False
    assert anki.look("mw.reviewer.state") == "answer"


def test_gui_answer_card_that_an_addon_refuses(anki, review):
    anki("guiShowAnswer")
    anki.look(
        "refuse = lambda answer, reviewer, card: (False, answer[1])\n"
        "aqt.gui_hooks.reviewer_will_answer_card.append(refuse)"
    )
    try:
        assert anki("guiAnswerCard", ease=1) is False
    finally:
        anki.look("aqt.gui_hooks.reviewer_will_answer_card.remove(refuse)")


def test_gui_answer_card_is_one_step_of_undo(anki, review):
    anki("guiShowAnswer")
    anki("guiAnswerCard", ease=4)
    assert anki("guiUndo") is True
    (info,) = anki("cardsInfo", cards=cards(anki, review[0]))
    assert info["reps"] == 0


#: A player as add-ons bring them, since not every machine has one.
PLAYER = """
played = []
class Player(aqt.sound.Player):
    def rank_for_tag(self, tag):
        return 1000
    def play(self, tag, on_done):
        played.append(tag.filename)
        on_done()
    def stop(self):
        pass
player = Player()
aqt.sound.av_player.players.append(player)
"""


def test_gui_play_audio_plays_the_shown_side(anki):
    anki("createDeck", deck="Sounds")
    fields = {"Front": "[sound:question.mp3]", "Back": "[sound:answer.mp3]"}
    note = {"deckName": "Sounds", "modelName": "Basic", "fields": fields}
    anki("addNote", note=note)
    anki.look(PLAYER)
    try:
        anki("guiDeckReview", name="Sounds")
        for side in ("question.mp3", "answer.mp3"):
            anki.look("played.clear()")
            assert anki("guiPlayAudio") is True
            anki.wait_for(f"played[-1] == {side!r}")
            anki("guiShowAnswer")
    finally:
        anki.look("aqt.sound.av_player.players.remove(player)")


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
    assert anki.look(f"len({DIALOGS})") == 0


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
