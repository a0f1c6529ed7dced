"""Anki's Add window, opened and filled from outside."""

import base64

import pytest
from basic_notes import NOTE
from windows import (
    ADD,
    ADD_AND_CLOSE,
    DIALOGS,
    dialog,
    shown,
    types,
    wait_until_loaded,
)


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
