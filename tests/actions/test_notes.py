"""Notes: read, updated, tagged, deleted.

What may be added stands in test_notes_adding.py, files in test_notes_media.py.
"""

from __future__ import annotations

import time
import unicodedata
from pathlib import Path

import pytest
from anki.cards import CardId
from anki.consts import CARD_TYPE_REV, QUEUE_TYPE_REV

from ankiconnect import ActionError

#: No note has it.
UNKNOWN = 1400000000000


@pytest.fixture
def add(call):
    """Adds a Basic note, or one of another type by its fields."""

    def add(front="front", back="back", tags=(), model="Basic", fields=None):
        return call(
            "addNote",
            note={
                "deckName": "Default",
                "modelName": model,
                "fields": fields or {"Front": front, "Back": back},
                "tags": list(tags),
                "options": {"allowDuplicate": True},
            },
        )

    return add


def fields(col, note_id):
    return col.get_note(note_id).fields


def tags(col, note_id):
    return col.get_note(note_id).tags


def undoable(col):
    """What Anki's Edit menu offers."""
    status = col.undo_status()
    return status.undo, status.redo


def is_one_step(col, action, look):
    """Whether the last change is one step named after its action."""
    after = look()
    assert col.undo_status().undo == action
    col.undo()
    assert look() != after
    return True


SAMPLE = {
    "deckName": "Default",
    "modelName": "Basic",
    "fields": {"Front": "front content", "Back": "back content"},
    "options": {"allowDuplicate": False},
    "tags": ["yomichan"],
}


# addNote, addNotes, canAddNote… by the seed's samples


def test_add_note_answers_the_new_notes_id(call, col):
    note_id = call("addNote", note=SAMPLE)
    assert fields(col, note_id) == ["front content", "back content"]
    assert tags(col, note_id) == ["yomichan"]


def test_add_note_with_the_seeds_sound_that_cannot_be_had(call, col, files):
    _, address = files
    sound = {
        "url": f"{address}/audiomp3.php?kanji=猫&kana=ねこ",
        "filename": "yomichan_ねこ_猫.mp3",
        "skipHash": "7e2c2f954ef6051373ba916f000168dc",
        "fields": ["Front"],
    }
    note_id = call("addNote", note={**SAMPLE, "audio": [sound]})
    error = "URL download failed with return code 404"
    assert fields(col, note_id)[0] == f"front content{error}"


def test_add_note_says_what_is_wrong_with_its_parameters(call):
    assert call.error("addNote") == (
        "addNote() missing 1 required positional argument: 'note'"
    )
    assert call.error("addNote", note=SAMPLE, foobar=1) == (
        "addNote() got an unexpected keyword argument 'foobar'"
    )
    without_deck = {key: SAMPLE[key] for key in ("modelName", "fields")}
    assert call.error("addNote", note=without_deck) == "'note' must have 'deckName'"


def test_add_notes_answers_null_for_what_it_cannot_add(call, col):
    one, nothing = call("addNotes", notes=[SAMPLE, SAMPLE])
    assert fields(col, one) == ["front content", "back content"]
    assert nothing is None
    assert is_one_step(col, "addNotes", col.note_count)


def test_can_add_note_answers_and_adds_nothing(call, col):
    assert call("canAddNote", note=SAMPLE) is True
    call("addNote", note=SAMPLE)
    assert call("canAddNote", note=SAMPLE) is False
    assert col.note_count() == 1


def test_can_add_notes_answers_for_each(call, col):
    other = {**SAMPLE, "fields": {"Front": ""}}
    assert call("canAddNotes", notes=[SAMPLE, other, SAMPLE]) == [True, False, True]
    assert col.note_count() == 0


def test_can_add_note_with_error_detail_says_why_not(call):
    assert call("canAddNoteWithErrorDetail", note=SAMPLE) == {"canAdd": True}
    call("addNote", note=SAMPLE)
    assert call("canAddNoteWithErrorDetail", note=SAMPLE) == {
        "canAdd": False,
        "error": "cannot create note because it is a duplicate",
    }


def test_can_add_notes_with_error_detail_says_why_not(call):
    nowhere = {**SAMPLE, "deckName": "Nowhere"}
    assert call("canAddNotesWithErrorDetail", notes=[nowhere, SAMPLE, None]) == [
        {"canAdd": False, "error": "deck was not found: Nowhere"},
        {"canAdd": True},
        {"canAdd": False, "error": "'note' must be an object"},
    ]


# updateNoteFields


def test_update_note_fields_sets_what_is_given(call, col, add):
    note_id = add("old front", "old back")
    note = {"id": note_id, "fields": {"Front": "new front"}}
    assert call("updateNoteFields", note=note) is None
    assert fields(col, note_id) == ["new front", "old back"]
    assert is_one_step(col, "updateNoteFields", lambda: fields(col, note_id))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"fRONT": "x", "BACK": "y"}, ["x", "y"]),
        ({"Front": "x", "Nope": "z"}, ["x", "b"]),
        ({"Nope": "z"}, ["f", "b"]),
        ({"Front": None, "Back": "y"}, ["f", "y"]),
        ({"Front": ""}, ["", "b"]),
        ({}, ["f", "b"]),
    ],
)
def test_update_note_fields_takes_names_in_any_case_and_ignores_unknown_ones(
    call, col, add, given, expected
):
    note_id = add("f", "b")
    call("updateNoteFields", note={"id": note_id, "fields": given})
    assert fields(col, note_id) == expected


@pytest.mark.parametrize(
    "more",
    [
        {"deckName": "Default", "modelName": "Basic", "options": {"x": 1}},
        {"tags": ["ignored"]},
        {"audio": None, "video": [], "picture": None},
    ],
)
def test_update_note_fields_takes_what_clients_send_along(call, col, add, more):
    note_id = add(tags=["kept"])
    note = {"id": str(note_id), "fields": {"Front": "new"}, **more}
    call("updateNoteFields", note=note)
    assert fields(col, note_id) == ["new", "back"]
    assert tags(col, note_id) == ["kept"]


def test_update_note_fields_says_what_is_wrong(call, col, add):
    note_id = add()
    before = undoable(col)

    def error(**note):
        return call.error("updateNoteFields", note=note)

    assert error(id=UNKNOWN, fields={}) == f"Note was not found: {UNKNOWN}"
    assert error(id=str(UNKNOWN), fields={}) == f"Note was not found: {UNKNOWN}"
    assert error(fields={}) == "'note' must have 'id'"
    assert error(id=note_id) == "'note' must have 'fields'"
    assert (
        error(id=note_id, fields=[]) == "'note.fields' must be an object, not an array"
    )
    assert error(id=note_id, fields={"Front": 5}) == (
        "'note.fields.Front' must be a string, not an integer"
    )
    assert fields(col, note_id) == ["front", "back"]
    assert undoable(col) == before


def test_update_note_fields_that_changes_nothing_leaves_no_step(call, col, add):
    note_id = add()
    before = undoable(col)
    call("updateNoteFields", note={"id": note_id, "fields": {"Front": "front"}})
    assert undoable(col) == before


def test_update_note_fields_makes_the_cards_of_new_clozes(call, col, add):
    note_id = add(model="Cloze", fields={"Text": "{{c1::a}}"})
    note = {"id": note_id, "fields": {"Text": "{{c1::a}} {{c2::b}}"}}
    call("updateNoteFields", note=note)
    assert len(col.get_note(note_id).card_ids()) == 2


# updateNote


def test_update_note_sets_fields_and_tags_in_one_step(call, col, add):
    note_id = add(tags=["old"])
    note = {"id": note_id, "fields": {"back": "new"}, "tags": ["new", "tags"]}
    assert call("updateNote", note=note) is None
    assert (fields(col, note_id), tags(col, note_id)) == (
        ["front", "new"],
        ["new", "tags"],
    )
    assert is_one_step(col, "updateNote", lambda: fields(col, note_id))
    assert tags(col, note_id) == ["old"]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"fields": {"Front": "new", "Nope": ""}}, (["new", "back"], ["old"])),
        ({"fields": {"Front": "new"}, "tags": None}, (["new", "back"], ["old"])),
        ({"fields": None, "tags": []}, (["front", "back"], [])),
        ({"tags": ["b", "a"]}, (["front", "back"], ["a", "b"])),
        ({"tags": "a b"}, (["front", "back"], ["a", "b"])),
        ({"fields": {}}, (["front", "back"], ["old"])),
    ],
)
def test_update_note_leaves_what_is_not_given(call, col, add, more, expected):
    note_id = add(tags=["old"])
    call("updateNote", note={"id": note_id, **more})
    assert (fields(col, note_id), tags(col, note_id)) == expected


def test_update_note_says_what_is_wrong(call, col, add):
    note_id = add(tags=["old"])

    def error(**note):
        return call.error("updateNote", note=note)

    neither = 'Must provide a "fields" or "tags" property.'
    assert error(id=note_id) == neither
    assert error(id=note_id, fields=None, tags=None) == neither
    assert error(id=UNKNOWN, tags=[]) == f"Note was not found: {UNKNOWN}"
    no_tags = "Must provide tags as a list of strings"
    assert error(id=note_id, tags=5, fields={"Front": "new"}) == no_tags
    assert error(id=note_id, tags=["a", 5]) == no_tags
    assert (fields(col, note_id), tags(col, note_id)) == (["front", "back"], ["old"])


# updateNoteModel


@pytest.fixture
def learned(col, add):
    """A note whose card was reviewed, with that card's id."""
    note_id = add(tags=["old"])
    (card_id,) = col.get_note(note_id).card_ids()
    card = col.get_card(CardId(card_id))
    card.type, card.queue = CARD_TYPE_REV, QUEUE_TYPE_REV
    card.ivl, card.reps, card.lapses, card.due = 40, 7, 2, 11
    col.update_card(card)
    col.db.execute(
        "insert into revlog values (?, ?, -1, 3, 40, 20, 2500, 5000, 1)",
        int(time.time() * 1000),
        card_id,
    )
    return note_id, card_id


def test_update_note_model_changes_type_fields_and_tags(call, col, learned):
    note_id, card_id = learned
    note = {
        "id": note_id,
        "modelName": "Cloze",
        "fields": {"Text": "{{c1::new}}", "bACK extra": "more", "Nope": ""},
        "tags": ["new", "tags"],
    }
    assert call("updateNoteModel", note=note) is None
    changed = col.get_note(note_id)
    assert changed.note_type()["name"] == "Cloze"
    assert changed.fields == ["{{c1::new}}", "more"]
    assert changed.tags == ["new", "tags"]
    assert is_one_step(col, "updateNoteModel", lambda: fields(col, note_id))
    back = col.get_note(note_id)
    assert back.note_type()["name"] == "Basic"
    assert (back.fields, back.tags) == (["front", "back"], ["old"])
    assert list(back.card_ids()) == [card_id]


@pytest.mark.parametrize("more", [{}, {"tags": None}])
def test_update_note_model_without_tags_leaves_them(call, col, learned, more):
    note_id, _ = learned
    note = {
        "id": note_id,
        "modelName": "Basic (and reversed card)",
        "fields": {"Front": "new"},
    }
    call("updateNoteModel", note={**note, **more})
    assert tags(col, note_id) == ["old"]
    call("updateNoteModel", note={**note, "tags": []})
    assert tags(col, note_id) == []


def test_update_note_model_leaves_cards_and_what_they_learned(call, col, learned):
    note_id, card_id = learned
    note = {
        "id": str(note_id),
        "modelName": "Basic (and reversed card)",
        "fields": {"Front": "f", "Back": "b"},
    }
    call("updateNoteModel", note=note)
    first, second = col.get_note(note_id).cards()
    assert first.id == card_id
    assert (first.ivl, first.reps, first.lapses, first.due) == (40, 7, 2, 11)
    assert second.reps == 0
    assert col.db.scalar("select count() from revlog where cid = ?", card_id) == 1
    # And back: the card that the type has no more goes.
    call("updateNoteModel", note={**note, "modelName": "Basic"})
    assert list(col.get_note(note_id).card_ids()) == [card_id]


def test_update_note_model_keeps_texts_of_fields_of_the_same_name(call, col, add):
    custom = {"modelName": "Custom", "inOrderFields": ["BACK", "Other", "Front"]}
    templates = [{"Front": "{{BACK}}", "Back": "{{Other}}"}]
    call("createModel", **custom, cardTemplates=templates)
    for given, expected in [
        ({}, ["back", "", "front"]),
        (None, ["back", "", "front"]),
        ({"Front": "new"}, ["back", "", "new"]),
        ({"other": "new", "Back": None}, ["back", "new", "front"]),
    ]:
        note_id = add()
        note = {"id": note_id, "modelName": "Custom", "fields": given}
        call("updateNoteModel", note=note)
        assert fields(col, note_id) == expected


def test_update_note_model_of_the_same_type_updates_the_rest(call, col, learned):
    note_id, card_id = learned
    col.db.execute("update col set scm = 1, ls = 2")
    note = {"id": note_id, "modelName": "Basic", "fields": {"Front": "new"}}
    call("updateNoteModel", note=note)
    assert fields(col, note_id) == ["new", "back"]
    assert list(col.get_note(note_id).card_ids()) == [card_id]
    assert not col.schema_changed()


def test_update_note_model_says_what_is_wrong(call, col, learned):
    note_id, _ = learned
    before = undoable(col)

    def error(**note):
        return call.error("updateNoteModel", note=note)

    wrong_name = error(id=note_id, modelName="Nothing", fields={})
    assert wrong_name == "Model 'Nothing' not found"
    wrong_id = error(id=UNKNOWN, modelName="Cloze", fields={})
    assert wrong_id == f"Note was not found: {UNKNOWN}"
    wrong_tags = error(id=note_id, modelName="Cloze", fields={}, tags=[1])
    assert wrong_tags == "Must provide tags as a list of strings"
    assert error(id=note_id, fields={}) == "'note' must have 'modelName'"
    assert col.get_note(note_id).note_type()["name"] == "Basic"
    assert undoable(col) == before


# Tags


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["b", "a"], ["a", "b"]),
        ("one", ["one"]),
        ("one two", ["one", "two"]),
        (["one two", "", "three"], ["one", "three", "two"]),
        ([], []),
        ("", []),
        (["European-Languages"], ["European-Languages"]),
    ],
)
def test_update_note_tags_replaces_all_tags(call, col, add, given, expected):
    note_id = add(tags=["old", "old::below"])
    assert call("updateNoteTags", note=note_id, tags=given) is None
    assert sorted(tags(col, note_id)) == expected
    assert is_one_step(col, "updateNoteTags", lambda: tags(col, note_id))


def test_update_note_tags_says_what_is_wrong(call, col, add):
    note_id = add(tags=["old"])
    for wrong in (5, None, {}, ["a", None], [["a"]]):
        error = call.error("updateNoteTags", note=note_id, tags=wrong)
        assert error == "Must provide tags as a list of strings"
    error = call.error("updateNoteTags", note=UNKNOWN, tags=[])
    assert error == f"Note was not found: {UNKNOWN}"
    assert tags(col, note_id) == ["old"]


def test_get_note_tags_gets_them(call, add):
    note_id = add(tags=["b", "a::c", "猫"])
    assert call("getNoteTags", note=note_id) == ["a::c", "b", "猫"]
    assert call("getNoteTags", note=str(note_id)) == ["a::c", "b", "猫"]
    assert call("getNoteTags", note=add()) == []


def test_get_note_tags_of_a_missing_note_is_an_error(call):
    assert call.error("getNoteTags", note=UNKNOWN) == f"Note was not found: {UNKNOWN}"


def test_add_tags_adds_each_to_each(call, col, add):
    one, two, other = add(), add(tags=["old"]), add()
    given = {"notes": [one, str(two), one, UNKNOWN], "tags": "a b::c  "}
    assert call("addTags", **given) is None
    assert tags(col, one) == ["a", "b::c"]
    assert tags(col, two) == ["a", "b::c", "old"]
    assert tags(col, other) == []
    assert is_one_step(col, "addTags", lambda: tags(col, one))
    assert tags(col, two) == ["old"]


@pytest.mark.parametrize("add_option", [True, None])
def test_add_tags_adds_unless_told_not_to(call, col, add, add_option):
    note_id = add()
    call("addTags", notes=[note_id], tags="a", add=add_option)
    assert tags(col, note_id) == ["a"]
    call("addTags", notes=[note_id], tags="a", add=False)
    assert tags(col, note_id) == []


def test_add_tags_of_nothing_changes_nothing(call, col, add):
    note_id = add(tags=["old"])
    before = undoable(col)
    for given in (
        {"notes": [], "tags": "a"},
        {"notes": [UNKNOWN], "tags": "old"},
        {"notes": [note_id], "tags": ""},
        {"notes": [note_id], "tags": "  "},
        {"notes": [note_id], "tags": "old"},
    ):
        assert call("addTags", **given) is None
    assert tags(col, note_id) == ["old"]
    assert call("getTags") == ["old"]
    assert undoable(col) == before


def test_remove_tags_removes_each_from_each(call, col, add):
    one, two, other = (add(tags=["a", "B", "ab"]) for _ in range(3))
    given = {"notes": [str(one), two, two, UNKNOWN], "tags": "A b"}
    assert call("removeTags", **given) is None
    assert tags(col, one) == tags(col, two) == ["ab"]
    assert tags(col, other) == ["a", "ab", "B"]
    assert is_one_step(col, "removeTags", lambda: tags(col, one))


def test_remove_tags_removes_those_below_as_well(call, col, add):
    note_id = add(tags=["a", "a::b", "ab"])
    call("removeTags", notes=[note_id], tags="a")
    assert tags(col, note_id) == ["ab"]


def test_remove_tags_of_nothing_changes_nothing(call, col, add):
    note_id = add(tags=["old"])
    before = undoable(col)
    for given in (
        {"notes": [], "tags": "old"},
        {"notes": [note_id], "tags": ""},
        {"notes": [note_id], "tags": "other"},
    ):
        assert call("removeTags", **given) is None
    assert tags(col, note_id) == ["old"]
    assert undoable(col) == before


def test_get_tags_gets_all(call, add):
    assert call("getTags") == []
    add(tags=["idioms", "european-languages"])
    add(tags=["idioms", "a::b"])
    assert set(call("getTags")) >= {"a::b", "european-languages", "idioms"}


def test_clear_unused_tags_forgets_what_no_note_has(call, col, add):
    add(tags=["used"])
    call("deleteNotes", notes=[add(tags=["unused"])])
    assert call("getTags") == ["unused", "used"]
    assert call("clearUnusedTags") is None
    assert call("getTags") == ["used"]
    assert is_one_step(col, "clearUnusedTags", lambda: call("getTags"))


#: The tag to replace, by which; what [a, a::b, ab, b] of a note becomes.
REPLACED = [
    ("a", "new", ["a::b", "ab", "b", "new"]),
    ("A", "new", ["a::b", "ab", "b", "new"]),
    ("a::b", "c::d", ["a", "ab", "b", "c::d"]),
    ("a", "b", ["a::b", "ab", "b"]),
    ("a", "$1\\1", ["$1\\1", "a::b", "ab", "b"]),
    ("a", " new ", ["a::b", "ab", "b", "new"]),
    ("a", "", ["a::b", "ab", "b"]),
]
#: None of these is a tag of that note.
NOT_REPLACED = [
    "",
    "none",
    "a:",
    ".",
    "[ab]",
    "a*",
    "a_",
    "a b",
    "a|b",
    "::b",
    '"',
    "\\",
]


@pytest.mark.parametrize(("old", "new", "expected"), REPLACED)
def test_replace_tags_replaces_one_tag_alone(call, col, add, old, new, expected):
    note_id, other = add(tags=["a", "a::b", "ab", "b"]), add(tags=["a"])
    given = {"notes": [note_id, str(note_id), UNKNOWN]}
    answer = call("replaceTags", **given, tag_to_replace=old, replace_with_tag=new)
    assert answer is None
    assert sorted(tags(col, note_id)) == expected
    assert tags(col, other) == ["a"]
    assert is_one_step(col, "replaceTags", lambda: tags(col, note_id))


@pytest.mark.parametrize("old", NOT_REPLACED)
def test_replace_tags_leaves_notes_without_that_tag(call, col, add, old):
    note_id = add(tags=["a", "a::b", "ab", "b"])
    before = undoable(col)
    given = {"tag_to_replace": old, "replace_with_tag": "new"}
    assert call("replaceTags", notes=[note_id], **given) is None
    assert call("replaceTagsInAllNotes", **given) is None
    assert tags(col, note_id) == ["a", "a::b", "ab", "b"]
    assert undoable(col) == before


def test_replace_tags_of_no_notes_touches_none(call, col, add):
    note_id = add(tags=["a"])
    for ids in ([], [UNKNOWN]):
        call("replaceTags", notes=ids, tag_to_replace="a", replace_with_tag="new")
    assert tags(col, note_id) == ["a"]


def test_replace_tags_by_one_with_a_space_is_an_error(call, col, add):
    note_id = add(tags=["a"])
    given = {"tag_to_replace": "a", "replace_with_tag": "new tag"}
    error = "replacement name cannot contain a space"
    assert call.error("replaceTags", notes=[note_id], **given) == error
    assert call.error("replaceTagsInAllNotes", **given) == error
    assert tags(col, note_id) == ["a"]


@pytest.mark.parametrize(("old", "new", "expected"), REPLACED)
def test_replace_tags_in_all_notes_replaces_one_tag_alone(
    call, col, add, old, new, expected
):
    one, two = add(tags=["a", "a::b", "ab", "b"]), add(tags=["other"])
    given = {"tag_to_replace": old, "replace_with_tag": new}
    assert call("replaceTagsInAllNotes", **given) is None
    assert sorted(tags(col, one)) == expected
    assert tags(col, two) == ["other"]
    assert is_one_step(col, "replaceTagsInAllNotes", lambda: tags(col, one))


@pytest.mark.parametrize("tag", ["x*y", "a_b", "(x", "a\\b", "[a]", "a|b", "^a", "$x"])
def test_replace_tags_in_all_notes_takes_odd_tags(call, col, add, tag):
    one, two = add(tags=[tag]), add(tags=["xzy", "acb", "a"])
    given = {"tag_to_replace": tag, "replace_with_tag": "new"}
    call("replaceTagsInAllNotes", **given)
    assert tags(col, one) == ["new"]
    assert tags(col, two) == ["a", "acb", "xzy"]


# Found and read


def test_find_notes_takes_ankis_searches(call, add):
    one, two = add("cat", tags=["european-languages"]), add("dog")
    assert call("findNotes", query="deck:current") == [one, two]
    assert call("findNotes", query="tag:european-languages") == [one]
    assert call("findNotes", query="dog or cat") == [one, two]
    assert call("findNotes", query="") == [one, two]
    assert call("findNotes", query="bird") == []


def test_find_notes_without_a_query_finds_none(call, add):
    add()
    assert call("findNotes") == []
    assert call("findNotes", query=None) == []


def test_find_notes_says_what_is_wrong_with_a_search(call):
    error = call.error("findNotes", query="(")
    assert "\u2068" not in error
    assert error


def test_notes_info_has_all_that_clients_need(call, col, add):
    note_id = add("a<b>", "", ["b", "a"], model="Basic (and reversed card)")
    (info,) = call("notesInfo", notes=[note_id])
    assert info == {
        "noteId": note_id,
        "profile": Path(col.path).parent.name,
        "tags": ["a", "b"],
        "fields": {
            "Front": {"value": "a<b>", "order": 0},
            "Back": {"value": "", "order": 1},
        },
        "modelName": "Basic (and reversed card)",
        "mod": col.get_note(note_id).mod,
        "cards": list(col.get_note(note_id).card_ids()),
    }


def test_notes_info_takes_tags_apart_as_anki_does(call, add):
    note_id = add(tags=["no\u00a0break", "two words", "wide\u3000blank"])
    expected = ["blank", "no\u00a0break", "two", "wide", "words"]
    assert call("getNoteTags", note=note_id) == expected
    (info,) = call("notesInfo", notes=[note_id])
    assert info["tags"] == expected


def test_notes_info_answers_in_the_order_of_the_question(call, add):
    one, two = add("one"), add("two")
    infos = call("notesInfo", notes=[two, UNKNOWN, str(one), two])
    assert [info.get("noteId") for info in infos] == [two, None, one, two]
    assert infos[1] == {}
    assert call("notesInfo", notes=[]) == []


def test_notes_info_takes_a_query_before_ids(call, add):
    one, two = add("one"), add("two")
    assert [info["noteId"] for info in call("notesInfo", query="two")] == [two]
    both = call("notesInfo", notes=[one], query="two")
    assert [info["noteId"] for info in both] == [two]
    null = call("notesInfo", notes=[one], query=None)
    assert [info["noteId"] for info in null] == [one]
    assert len(call("notesInfo", notes=None, query="")) == 2
    assert call("notesInfo", query="three") == []


def test_notes_info_needs_notes_or_a_query(call):
    error = 'Must provide either "notes" or a "query"'
    assert call.error("notesInfo") == error
    assert call.error("notesInfo", notes=None, query=None) == error


def test_notes_info_takes_ids_only(call):
    assert call.error("notesInfo", notes=["one"]) == (
        "'notes[0]' must be an id, not 'one'"
    )


def test_notes_info_of_many_notes(call, add):
    note_id = add()
    ids = [note_id, *range(50_000), note_id]
    infos = call("notesInfo", notes=ids)
    assert len(infos) == len(ids)
    assert infos[0]["noteId"] == infos[-1]["noteId"] == note_id
    assert not any(infos[1:-1])


def test_notes_mod_time_answers_in_the_order_of_the_question(call, col, add):
    one, two = add("one"), add("two")
    col.db.execute("update notes set mod = 1629454092 where id = ?", one)
    times = call("notesModTime", notes=[two, UNKNOWN, str(one), two])
    of_two = {"noteId": two, "mod": col.get_note(two).mod}
    assert times == [of_two, {}, {"noteId": one, "mod": 1629454092}, of_two]
    assert call("notesModTime", notes=[]) == []


# Deleted


def test_delete_notes_deletes_notes_and_their_cards(call, col, add):
    one, two, three = add("1", model="Basic (and reversed card)"), add("2"), add("3")
    assert call("deleteNotes", notes=[one, str(two), one, UNKNOWN]) is None
    assert call("findNotes", query="") == [three]
    assert col.card_count() == 1
    assert is_one_step(col, "deleteNotes", col.note_count)
    assert col.note_count() == 3
    assert col.card_count() == 4


def test_delete_notes_of_none_changes_nothing(call, col, add):
    add()
    before = undoable(col)
    assert call("deleteNotes", notes=[]) is None
    assert call("deleteNotes", notes=[UNKNOWN]) is None
    assert col.note_count() == 1
    assert undoable(col) == before


def test_remove_empty_notes_removes_notes_whose_cards_are_all_empty(call, col, add):
    full = add("full")
    emptied = add("emptied")
    no_clozes = add(model="Cloze", fields={"Text": "{{c1::a}} {{c2::b}}"})
    one_cloze = add(model="Cloze", fields={"Text": "{{c1::a}} {{c2::b}}"})
    for note_id, first in [
        (emptied, ""),
        (no_clozes, "none"),
        (one_cloze, "{{c1::a}}"),
    ]:
        note = col.get_note(note_id)
        note.fields[0] = first
        col.update_note(note)
    types = call("modelNames")
    assert call("removeEmptyNotes") is None
    assert call("findNotes", query="") == [full, one_cloze]
    # An empty card of a note that stays stays, and so do unused note types.
    assert len(col.get_note(one_cloze).card_ids()) == 2
    assert call("modelNames") == types
    assert is_one_step(col, "removeEmptyNotes", col.note_count)


def test_remove_empty_notes_without_any_changes_nothing(call, col, add):
    add()
    before = undoable(col)
    assert call("removeEmptyNotes") is None
    assert col.note_count() == 1
    assert undoable(col) == before


# Several actions at once, as clients send them


def test_update_note_tags_and_fields_in_a_batch_three_deep(call, add):
    note_id = add("f", "b", ["old"])

    def multi(*actions):
        return {"action": "multi", "version": 6, "params": {"actions": list(actions)}}

    def single(action, **params):
        return {"action": action, "version": 6, "params": params}

    answer = call.reply(
        multi(
            multi(
                single(
                    "updateNoteFields", note={"id": note_id, "fields": {"Front": "n"}}
                ),
                single("updateNoteFields", note={"id": 1, "fields": {"Front": "n"}}),
            ),
            multi(
                multi(single("removeTags", notes=[note_id], tags="old")),
                multi(single("addTags", notes=[note_id], tags="new")),
            ),
            single("notesInfo", notes=[]),
            single("deleteNotes", notes=[]),
            single("findNotes", query=""),
        )
    )

    def done(result):
        return {"result": result, "error": None}

    assert answer == done(
        [
            done([done(None), {"result": None, "error": "Note was not found: 1"}]),
            done([done([done(None)]), done([done(None)])]),
            done([]),
            done(None),
            done([note_id]),
        ]
    )
    assert call("getNoteTags", note=note_id) == ["new"]


def test_add_note_that_fails_stops_no_other_of_a_batch(call, col):
    actions = [
        {"action": "addNote", "params": {"note": SAMPLE}},
        {"action": "addNote", "params": {"note": SAMPLE}},
        {"action": "addNote", "params": {"note": {**SAMPLE, "deckName": "Nowhere"}}},
    ]
    added, duplicate, nowhere = call("multi", actions=actions)
    assert isinstance(added, int)
    assert duplicate["error"] == "cannot create note because it is a duplicate"
    assert nowhere["error"] == "deck was not found: Nowhere"
    assert call("findNotes", query="") == [added]
    assert is_one_step(col, "multi", col.note_count)


@pytest.mark.parametrize(
    "action", ["updateNoteTags", "getNoteTags", "addTags", "removeTags", "replaceTags"]
)
def test_tags_need_their_parameters(call, action):
    with pytest.raises(ActionError, match="missing 1 required positional argument"):
        call(action)


# In Anki's windows


EDITOR_TEXT = """
result = globals().get("shown")
browser = aqt.dialogs._dialogs["Browser"][1]
browser.editor.web.evalWithCallback(
    "document.body.innerText + [...document.querySelectorAll('anki-editable')]"
    ".map(e => e.textContent).join() + [...document.querySelectorAll('*')]"
    ".filter(e => e.shadowRoot).map(e => e.shadowRoot.textContent).join()",
    lambda text: globals().__setitem__("shown", text),
)
"""


#: What Anki's editor is given it saves again after a while, whatever the note has then.
SAVE = """
saved = []
aqt.dialogs._dialogs["Browser"][1].editor.call_after_note_saved(
    lambda: saved.append(True)
)
"""


def shows(anki, text):
    """Wait until the browser's editor shows a text, and has none to save."""
    deadline = time.monotonic() + 15
    while text not in (shown := anki.look(EDITOR_TEXT) or ""):
        assert time.monotonic() < deadline, shown
        time.sleep(0.1)
    anki.look(SAVE)
    anki.wait_for("saved")


def test_update_note_fields_shows_in_the_open_editor(anki):
    note = {"deckName": "Default", "modelName": "Basic", "fields": {"Front": "before"}}
    note_id = anki("addNote", note=note)
    anki("guiBrowse", query=f"nid:{note_id}")
    browser = "aqt.dialogs._dialogs['Browser'][1]"
    anki.wait_for(f"{browser}.table.len() == 1")
    anki.look(f"{browser}.table.select_all()")
    shows(anki, "before")
    anki("updateNoteFields", note={"id": note_id, "fields": {"front": "after"}})
    shows(anki, "after")
    anki(
        "updateNote", note={"id": note_id, "fields": {"Front": "again"}, "tags": ["t"]}
    )
    shows(anki, "again")
    # What the editor saves by and by is what it shows, not what it showed.
    anki.look("aqt.dialogs.closeAll(lambda: None)")
    anki.wait_for("aqt.dialogs.allClosed()")
    (info,) = anki("notesInfo", notes=[note_id])
    assert info["fields"]["Front"]["value"] == "again"
    assert info["tags"] == ["t"]
    anki.look("mw.undo()")
    anki.wait_for(f"mw.col.get_note({note_id}).fields[0] == 'after'")


NFC, NFD = (unicodedata.normalize(form, "tが") for form in ("NFC", "NFD"))


@pytest.mark.parametrize(
    ("action", "params"),
    [
        ("removeTags", {"tags": NFD}),
        ("replaceTags", {"tag_to_replace": NFD, "replace_with_tag": ""}),
        ("replaceTagsInAllNotes", {"tag_to_replace": NFD, "replace_with_tag": ""}),
    ],
)
def test_tags_are_found_in_every_spelling(call, col, add, action, params):
    note_id = add(tags=[NFC, "b"])
    if action != "replaceTagsInAllNotes":
        params = {**params, "notes": [note_id]}
    assert call(action, **params) is None
    assert tags(col, note_id) == ["b"]


def test_add_tags_to_no_note_that_is_there_leaves_nothing(call, col, add):
    add(tags=["a"])
    before = col.undo_status().undo
    assert call("addTags", notes=[UNKNOWN], tags="ghost") is None
    assert call("getTags") == ["a"]
    assert col.undo_status().undo == before
