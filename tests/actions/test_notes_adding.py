"""Which notes can be added, and what becomes of those that cannot."""

from __future__ import annotations

import unicodedata

import pytest
from anki import hooks

DUPLICATE = "cannot create note because it is a duplicate"
EMPTY = "cannot create note because it is empty"


def basic(front="front", back="back", **more):
    return {
        "deckName": "Default",
        "modelName": "Basic",
        "fields": {"Front": front, "Back": back},
        **more,
    }


def cloze(text, **more):
    return {
        "deckName": "Default",
        "modelName": "Cloze",
        "fields": {"Text": text},
        **more,
    }


def scope(duplicate_scope="deck", **options):
    return {
        "options": {
            "duplicateScope": duplicate_scope,
            "duplicateScopeOptions": options,
        }
    }


def undoable(col):
    """What Anki's Edit menu offers."""
    status = col.undo_status()
    return status.undo, status.redo


def outcome(call, note):
    """None if a note is added, else why not; all five actions agree on it."""
    count = len(call("findNotes", query=""))
    can_add = call("canAddNote", note=note)
    assert call("canAddNotes", notes=[note]) == [can_add]
    detail = call("canAddNoteWithErrorDetail", note=note)
    assert call("canAddNotesWithErrorDetail", notes=[note]) == [detail]
    assert detail["canAdd"] is can_add
    if can_add:
        assert detail == {"canAdd": True}
    else:
        assert call("addNotes", notes=[note]) == [None]
    assert len(call("findNotes", query="")) == count
    if can_add:
        assert isinstance(call("addNote", note=note), int)
        assert len(call("findNotes", query="")) == count + 1
        return None
    return detail["error"]


def refusal(call, note):
    """Why a note is refused, in the words of addNote as well."""
    reason = outcome(call, note)
    assert reason is not None
    assert call.error("addNote", note=note) == reason
    return reason


# What a note is made of


def test_note_has_deck_fields_and_tags(call, col):
    call("createDeck", deck="A::B")
    note_id = call("addNote", note=basic(deckName="A::B", tags=["x", "y"]))
    note = col.get_note(note_id)
    assert note.fields == ["front", "back"]
    assert note.tags == ["x", "y"]
    assert [col.decks.name(card.did) for card in note.cards()] == ["A::B"]


def test_note_takes_field_names_in_any_case(call, col):
    note = basic(fields={"fRONT": "f", "BACK": "b"})
    assert col.get_note(call("addNote", note=note)).fields == ["f", "b"]


def test_note_takes_null_for_an_absent_field(call, col):
    note = basic(fields={"Front": "f", "Back": None})
    assert col.get_note(call("addNote", note=note)).fields == ["f", ""]


def test_note_keeps_html_as_it_is(call, col):
    html = '<b>猫</b>&nbsp;<img src="a b.png"><br>\n{{c1::x}}'
    assert col.get_note(call("addNote", note=basic(html))).fields[0] == html


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ([], []),
        (None, []),
        ([""], []),
        (["", "a", ""], ["a"]),
        (["two words"], ["two", "words"]),
        (["b", "a", "b"], ["a", "b"]),
        (["a::b", "猫"], ["a::b", "猫"]),
    ],
)
def test_note_takes_tags_as_clients_send_them(call, col, tags, expected):
    note = basic(tags=tags)
    assert call("canAddNote", note=note) is True
    assert col.get_note(call("addNote", note=note)).tags == expected


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"options": None, "tags": None, "audio": None, "video": None, "picture": None},
        {"options": {}},
        {"options": {"allowDuplicate": None, "duplicateScope": None}},
        {"options": {"duplicateScopeOptions": None}},
        {"options": {"allowDuplicate": False, "duplicateScope": "collection"}},
        {
            "options": {
                "allowDuplicate": False,
                "duplicateScope": "deck",
                "duplicateScopeOptions": {
                    "deckName": None,
                    "checkChildren": False,
                    "checkAllModels": False,
                },
            }
        },
        {"options": {"closeAfterAdding": True, "other": 1}},
        {"audio": [], "video": [], "picture": []},
        {"id": 5, "guid": "x", "unknown": {"a": 1}},
    ],
)
def test_note_takes_what_clients_send_along(call, more):
    assert outcome(call, basic(**more)) is None


def test_note_of_two_card_types_has_two_cards(call, col):
    note = basic(modelName="Basic (and reversed card)")
    assert len(col.get_note(call("addNote", note=note)).card_ids()) == 2


# What is wrong with a note


@pytest.mark.parametrize(
    ("note", "reason"),
    [
        (basic(deckName="Nowhere"), "deck was not found: Nowhere"),
        (basic(modelName="Nothing"), "model was not found: Nothing"),
        (
            basic(fields={"Front": "f", "Bakc": "b"}),
            "field was not found in Basic: Bakc",
        ),
        (basic(""), f"{EMPTY}: its first field, Front, has no text"),
        (basic(" <br> &nbsp;\n"), f"{EMPTY}: its first field, Front, has no text"),
        (basic(fields={}), f"{EMPTY}: its first field, Front, has no text"),
        (basic(tags=5), "Must provide tags as a list of strings"),
        (basic(tags="a b"), "Must provide tags as a list of strings"),
        (basic(tags=["a", 5]), "Must provide tags as a list of strings"),
        (
            basic(options={"allowDuplicate": "yes"}),
            'option parameter "allowDuplicate" must be boolean',
        ),
        (
            basic(options={"allowDuplicate": 0}),
            'option parameter "allowDuplicate" must be boolean',
        ),
        (cloze("no cloze"), f"{EMPTY}: it has no cloze, such as {{{{c1::text}}}}"),
        (cloze("{{c1:no}}"), f"{EMPTY}: it has no cloze, such as {{{{c1::text}}}}"),
    ],
)
def test_note_is_refused_with_what_is_wrong_with_it(call, note, reason):
    assert refusal(call, note) == reason


def test_note_without_deck_and_note_type_lacks_the_note_type_first(call):
    note = basic(deckName="Nowhere", modelName="Nothing")
    assert refusal(call, note) == "model was not found: Nothing"


def test_note_is_not_added_to_a_filtered_deck(call, col):
    col.decks.new_filtered("Cram")
    reason = refusal(call, basic(deckName="Cram"))
    assert reason == "notes cannot be added to a filtered deck: Cram"


def test_cloze_note_is_added_with_a_card_for_each_cloze(call, col):
    note_id = call("addNote", note=cloze("{{c1::a}} {{c2::b}} {{c1::c}}"))
    assert len(col.get_note(note_id).card_ids()) == 2


def test_picture_alone_in_the_first_field_is_no_empty_note(call):
    assert outcome(call, basic('<img src="cat.png">')) is None


#: None of these is a note; each has to fail by itself.
BAD = [
    None,
    5,
    "note",
    True,
    [],
    [basic()],
    {},
    basic(fields=None),
    basic(fields=[]),
    basic(fields="front"),
    basic(fields={"Front": 5}),
    basic(fields={"Front": ["front"]}),
    basic(fields={"Front": {"value": "front"}}),
    basic(tags={"a": 1}),
    basic(tags=[None]),
    basic(deckName=None),
    basic(deckName=5),
    basic(deckName={}),
    basic(modelName=None),
    basic(modelName=["Basic"]),
    basic(options=5),
    basic(options=["allowDuplicate"]),
    basic(options={"duplicateScopeOptions": 5}),
    basic(**scope(deckName=5)),
    basic(audio=5),
    basic(audio="a.mp3"),
    basic(video=["a.mp4"]),
    basic(picture=[{"filename": "a.png"}, None]),
]


@pytest.mark.parametrize("bad", BAD, ids=str)
def test_bad_note_fails_alone(call, bad):
    notes = [basic("one"), bad, basic("two")]
    assert call("canAddNotes", notes=notes) == [True, False, True]
    details = call("canAddNotesWithErrorDetail", notes=notes)
    assert [detail["canAdd"] for detail in details] == [True, False, True]
    assert details[1]["error"]
    one, nothing, two = call("addNotes", notes=notes)
    assert nothing is None
    assert call("findNotes", query="") == [one, two]


@pytest.mark.parametrize("bad", BAD, ids=str)
def test_bad_note_is_an_error_of_add_note(call, col, bad):
    assert call.error("addNote", note=bad)
    assert call("canAddNote", note=bad) is False
    assert col.note_count() == 0


# Duplicates


@pytest.fixture
def taken(call):
    """A note that is there."""
    return call("addNote", note=basic("taken"))


@pytest.mark.usefixtures("taken")
def test_duplicate_is_refused(call):
    assert refusal(call, basic("taken", "other")) == DUPLICATE
    assert refusal(call, {**basic(), "fields": {"Front": "taken"}}) == DUPLICATE


@pytest.mark.usefixtures("taken")
def test_duplicate_is_welcome_if_told_so(call):
    assert outcome(call, basic("taken", options={"allowDuplicate": True})) is None


@pytest.mark.usefixtures("taken")
def test_duplicate_has_the_same_text_whatever_its_html(call):
    assert refusal(call, basic("<b>taken</b>")) == DUPLICATE
    assert refusal(call, basic("<div>ta<i>k</i>en</div>")) == DUPLICATE
    assert outcome(call, basic("Taken")) is None
    assert outcome(call, basic("taken.")) is None


def test_duplicate_is_found_where_html_is_there_already(call):
    call("addNote", note=basic("<b>bold</b>&amp;"))
    assert refusal(call, basic("bold&amp;")) == DUPLICATE


def test_duplicate_pictures_are_told_apart_by_their_names(call):
    call("addNote", note=basic('<img src="a.png">'))
    assert refusal(call, basic('<img class="x" src="a.png">')) == DUPLICATE
    assert outcome(call, basic('<img src="b.png">')) is None


def test_duplicate_is_compared_as_anki_normalizes_it(call):
    call("addNote", note=basic("がé"))
    assert refusal(call, basic(unicodedata.normalize("NFD", "がé"))) == DUPLICATE


def test_duplicate_needs_the_same_text_and_not_only_the_same_checksum(call, col, taken):
    col.db.execute(
        "update notes set csum = (select csum from notes where id = ?) where id = ?",
        taken,
        call("addNote", note=basic("other")),
    )
    assert refusal(call, basic("taken")) == DUPLICATE
    # Its checksum is wrong, so that nothing finds it; but nothing else does either.
    assert outcome(call, basic("third")) is None
    col.db.execute("update notes set flds = ? where id = ?", "changed\x1fback", taken)
    assert outcome(call, basic("taken")) is None


@pytest.mark.usefixtures("taken")
def test_duplicate_is_of_the_same_note_type_unless_all_are_checked(call):
    other = basic("taken", modelName="Basic (and reversed card)")
    all_types = scope("collection", checkAllModels=True)
    assert refusal(call, {**other, **all_types}) == DUPLICATE
    assert refusal(call, {**other, **scope(None, checkAllModels=True)}) == DUPLICATE
    assert outcome(call, {**other, **scope("collection", checkAllModels=None)}) is None


@pytest.fixture
def in_parent(call):
    """A note in deck A, beside A::B, A::B::C and AB."""
    for deck in ("A", "A::B", "A::B::C", "AB"):
        call("createDeck", deck=deck)
    return call("addNote", note=basic("taken", deckName="A"))


@pytest.mark.usefixtures("in_parent")
@pytest.mark.parametrize(
    ("deck", "options", "expected"),
    [
        # Without a scope it is the collection, and another name is none.
        ("AB", {}, DUPLICATE),
        ("AB", scope("collection"), DUPLICATE),
        ("AB", scope("collection", deckName="AB"), DUPLICATE),
        ("AB", scope("Deck"), DUPLICATE),
        ("AB", scope(None, deckName="AB"), DUPLICATE),
        # The note's own deck, or the one that is named.
        ("A", scope(), DUPLICATE),
        ("A", scope(deckName=None), DUPLICATE),
        ("AB", scope(), None),
        ("AB", scope(deckName="A"), DUPLICATE),
        ("A", scope(deckName="AB"), None),
        ("A", scope(deckName="Nowhere"), None),
        ("A", scope(deckName="Nowhere", checkChildren=True), None),
        # A deck's children are below it, not above or beside it.
        ("A::B", scope(), None),
        ("A::B", scope(checkChildren=True), None),
        ("AB", scope(checkChildren=True), None),
    ],
)
def test_duplicate_is_looked_for_in_its_scope(call, deck, options, expected):
    assert outcome(call, basic("taken", deckName=deck, **options)) == expected


@pytest.mark.usefixtures("in_parent")
def test_duplicate_in_a_deck_below_counts_only_with_children(call):
    call("addNote", note=basic("below", deckName="A::B::C"))
    with_children = scope(checkChildren=True)
    for deck, options, expected in [
        ("A", with_children, DUPLICATE),
        ("A::B", with_children, DUPLICATE),
        ("A::B::C", scope(), DUPLICATE),
        ("AB", with_children, None),
    ]:
        note = basic("below", deckName=deck, **options)
        assert outcome(call, note) == expected, deck
    assert outcome(call, basic("below", deckName="A", **scope())) is None


@pytest.mark.usefixtures("in_parent")
def test_duplicate_in_a_deck_is_of_the_same_note_type_as_well(call):
    note = basic("taken", deckName="A", modelName="Basic (and reversed card)")
    assert refusal(call, {**note, **scope(checkAllModels=True)}) == DUPLICATE
    assert outcome(call, {**note, **scope()}) is None


def test_duplicate_in_a_filtered_deck_counts_in_its_home_deck(call, col, in_parent):
    filtered = col.sched.get_or_create_filtered_deck(0)
    filtered.name = "Cram"
    filtered.config.search_terms[0].search = "deck:A"
    col.sched.add_or_update_filtered_deck(filtered)
    assert [col.decks.name(card.did) for card in col.get_note(in_parent).cards()] == [
        "Cram"
    ]
    assert refusal(call, basic("taken", deckName="A", **scope())) == DUPLICATE


# Several notes of one request


def test_earlier_note_counts_when_notes_are_added(call):
    notes = [basic("a"), basic("b"), basic("<i>a</i>")]
    one, two, nothing = call("addNotes", notes=notes)
    assert nothing is None
    assert call("findNotes", query="") == [one, two]


def test_earlier_note_counts_within_the_later_notes_scope(call):
    for deck in ("A", "B"):
        call("createDeck", deck=deck)
    in_a, in_b = (
        basic("x", deckName="A", **scope()),
        basic("x", deckName="B", **scope()),
    )
    added = call("addNotes", notes=[in_a, in_b, in_a, basic("x", deckName="B")])
    assert [note is not None for note in added] == [True, True, False, False]
    other_type = basic("x", modelName="Basic (and reversed card)")
    assert None not in call("addNotes", notes=[other_type])


def test_earlier_note_that_was_refused_does_not_count(call):
    wrong = basic("a", fields={"Front": "a", "No": ""})
    added = call("addNotes", notes=[wrong, basic("a")])
    assert added[0] is None
    assert isinstance(added[1], int)


def test_earlier_note_does_not_count_for_a_question(call):
    notes = [basic("a"), basic("a"), basic("a")]
    assert call("canAddNotes", notes=notes) == [True, True, True]
    details = call("canAddNotesWithErrorDetail", notes=notes)
    assert details == [{"canAdd": True}] * 3


def test_duplicates_are_added_as_often_as_they_are_welcome(call):
    note = basic("a", options={"allowDuplicate": True})
    added = call("addNotes", notes=[note, note, basic("a")])
    assert [entry is not None for entry in added] == [True, True, False]


def test_no_notes_are_no_answers(call):
    for action in ("addNotes", "canAddNotes", "canAddNotesWithErrorDetail"):
        assert call(action, notes=[]) == []


def test_thousand_notes_are_one_step(call, col):
    notes = [basic(f"note {number}") for number in range(1000)]
    assert call("canAddNotes", notes=notes) == [True] * 1000
    added = call("addNotes", notes=notes)
    assert call("findNotes", query="") == added
    assert call("canAddNotes", notes=notes) == [False] * 1000
    assert col.undo_status().undo == "addNotes"
    col.undo()
    assert col.note_count() == 0


# Undo, and who else has a say


def test_adding_is_one_step_of_undo(call, col):
    call("addNote", note=basic("one"))
    assert col.undo_status().undo == "addNote"
    call("addNotes", notes=[basic("two"), basic("three")])
    assert col.undo_status().undo == "addNotes"
    col.undo()
    assert col.note_count() == 1
    col.undo()
    assert col.note_count() == 0


def test_refused_note_leaves_no_step_of_undo(call, col):
    before = undoable(col)
    call.error("addNote", note=basic(""))
    call("addNotes", notes=[basic(""), 5])
    call("canAddNotes", notes=[basic(), basic("")])
    assert undoable(col) == before


@pytest.mark.usefixtures("clumsy_addon")
def test_note_that_anki_refuses_fails_alone(call, col):
    notes = [basic(f"{number}") for number in range(50)]
    notes[25] = basic("spoil")
    added = call("addNotes", notes=notes)
    assert added[25] is None
    assert added.count(None) == 1
    assert col.note_count() == 49
    assert call("findNotes", query="") == [note for note in added if note]


@pytest.mark.usefixtures("clumsy_addon")
def test_note_beside_one_that_anki_refuses_is_changed_once_by_addons(call, col):
    def sign(col, note, deck_id):
        note.fields[1] += " signed"
        note.tags.append("signed")

    hooks.note_will_be_added.append(sign)
    try:
        note_id, _ = call("addNotes", notes=[basic("one"), basic("spoil")])
    finally:
        hooks.note_will_be_added.remove(sign)
    note = col.get_note(note_id)
    assert note.fields == ["one", "back signed"]
    assert note.tags == ["signed"]


@pytest.mark.usefixtures("clumsy_addon")
def test_note_that_anki_refuses_is_an_error_in_ankis_words(call, col):
    error = call.error("addNote", note=basic("spoil"))
    assert "field" in error
    assert col.note_count() == 0


def test_note_that_an_addon_stumbles_over_is_added_without_it(call, col, caplog):
    def stumble(col, note, deck_id):
        raise RuntimeError("stumbled")

    # Anki drops a hook that raises.
    hooks.note_will_be_added.append(stumble)
    assert None not in call("addNotes", notes=[basic("one"), basic("two")])
    assert col.note_count() == 2
    assert hooks.note_will_be_added.count() == 0


# As Anki stores it


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("l1\r\nl2", "l1\nl2"),
        ("a\x0bb", "ab"),
        ("\x00a\x1f\x7f", "a"),
        ("tab\tand\nbreak", "tab\tand\nbreak"),
    ],
)
def test_text_is_compared_as_anki_stores_it(call, col, sent, stored):
    note_id = call("addNote", note=basic(sent))
    assert col.get_note(note_id).fields[0] == stored
    for front in (sent, stored):
        assert refusal(call, basic(front)) == DUPLICATE


def test_text_of_which_anki_stores_nothing_is_empty(call):
    assert refusal(call, basic("\x07")).startswith(EMPTY)


def test_field_names_are_found_in_every_spelling(call, col):
    name = "Fが"
    other = unicodedata.normalize("NFD", name)
    model = {
        "modelName": "Word",
        "inOrderFields": [other, " B "],
        "cardTemplates": [{"Front": f"{{{{{name}}}}}", "Back": ""}],
    }
    call("createModel", **model)
    note = {"deckName": "Default", "modelName": "Word"}
    note_id = call("addNote", note={**note, "fields": {other: "x", " B ": "y"}})
    assert col.get_note(note_id).fields == ["x", "y"]
    call("updateNoteFields", note={"id": note_id, "fields": {other: "z"}})
    assert col.get_note(note_id).fields == ["z", "y"]


def test_a_cloze_counts_where_the_template_shows_it_as_one(call, col):
    note = cloze("plain")
    note["fields"]["Back Extra"] = "{{c1::x}}"
    assert refusal(call, note).startswith(f"{EMPTY}: it has no cloze")
    note["fields"]["Text"] = "{{c1::plain}}"
    assert outcome(call, note) is None


@pytest.mark.parametrize(
    "options",
    [
        {"duplicateScopeOptions": []},
        {"duplicateScopeOptions": {"checkChildren": "true"}},
        {"duplicateScopeOptions": {"checkAllModels": 1}},
    ],
)
def test_wrong_options_are_refused_one_by_one_as_well(call, options):
    note = basic(options=options)
    assert call("canAddNote", note=note) is False
    assert call("addNotes", notes=[note, basic("other")])[0] is None
    assert call.error("addNote", note=note)
