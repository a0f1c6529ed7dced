"""Cards, driven from outside."""

from __future__ import annotations

import copy
import time

import pytest
from scheduling import (
    AGAIN,
    EASY,
    GOOD,
    HARD,
    MINUTE,
    NOBODY,
    answer,
    buried_card,
    column,
    columns,
    filtered_card,
    keep_day,
    learning_card,
    new_card,
    pass_time,
    relearning_card,
    review_card,
    review_log,
    set_steps,
    suspended_card,
)
from servers import result_in


@pytest.fixture
def col(col):
    keep_day(col)
    return col


@pytest.fixture
def undone(col):
    """Checks that an action was one undo step, and that it can be taken back."""

    def check(action, *card_ids, before):
        assert col.undo_status().undo == action
        col.undo()
        assert [columns(col, card_id) for card_id in card_ids] == before

    return check


# getEaseFactors, setEaseFactors


def test_get_ease_factors_are_in_thousandths_in_the_order_asked(call, col):
    review, new = review_card(col), new_card(col)
    lapsed = relearning_card(col)
    assert call("getEaseFactors", cards=[new, lapsed, review]) == [0, 2300, 2500]


def test_get_ease_factors_of_unknown_repeated_and_no_cards(call, col):
    review = review_card(col)
    asked = [NOBODY, review, str(review), review]
    assert call("getEaseFactors", cards=asked) == [None, 2500, 2500, 2500]
    assert call("getEaseFactors", cards=[]) == []


def test_set_ease_factors_changes_each_card_and_says_which_are_there(call, col):
    one, two = review_card(col), review_card(col)
    result = call(
        "setEaseFactors", cards=[one, NOBODY, str(two)], easeFactors=[4100, 1, 3900]
    )
    assert result == [True, False, True]
    assert call("getEaseFactors", cards=[one, two]) == [4100, 3900]


def test_set_ease_factors_is_one_step_to_undo_and_one_to_sync(call, col, undone):
    cards = [review_card(col) for _ in range(40)]
    before = [columns(col, card) for card in cards]
    col.db.execute("update cards set usn = 5")
    call("setEaseFactors", cards=cards, easeFactors=[3000] * 40)
    assert {column(col, card, "usn") for card in cards} == {-1}
    for row in before:
        row["usn"] = 5
    undone("setEaseFactors", *cards, before=before)


def test_set_ease_factors_takes_the_last_of_a_repeated_card_and_no_surplus(call, col):
    card = review_card(col)
    assert call(
        "setEaseFactors", cards=[card, card], easeFactors=[3000, 2000, 1000]
    ) == [True, True]
    assert call("getEaseFactors", cards=[card]) == [2000]
    assert call("setEaseFactors", cards=[], easeFactors=[]) == []


def test_set_ease_factors_refuses_too_few_and_impossible_factors(call, col):
    card = review_card(col)
    error = call.error("setEaseFactors", cards=[card, card], easeFactors=[3000])
    assert error == "2 cards, but 1 easeFactors"
    # Anki would keep 70000 - 65536 of it.
    error = call.error("setEaseFactors", cards=[card], easeFactors=[70000])
    assert error == "'easeFactors[0]' must be at most 65535, not 70000"
    assert call("getEaseFactors", cards=[card]) == [2500]


# setSpecificValueOfCard


def test_set_specific_value_of_card_sets_several_as_numbers_or_texts(call, col, undone):
    card = review_card(col)
    before = columns(col, card)
    keys, values = ["flags", "due", "factor"], ["1", -100, 1300]
    assert call(
        "setSpecificValueOfCard", card=str(card), keys=keys, newValues=values
    ) == [True]
    assert col.get_card(card).user_flag() == 1
    assert column(col, card, "due") == -100
    assert column(col, card, "factor") == 1300
    undone("setSpecificValueOfCard", card, before=[before])


def test_set_specific_value_of_card_is_synced(call, col):
    card = review_card(col)
    col.db.execute("update cards set usn = 5, mod = 1")
    call("setSpecificValueOfCard", card=card, keys=["due"], newValues=[7])
    assert column(col, card, "usn") == -1
    assert column(col, card, "mod") >= time.time() - 60


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("ivl", 30),
        ("lapses", 3),
        ("left", 1001),
        ("odue", "-100"),
        ("queue", -1),
        ("reps", 12),
        ("type", 3),
    ],
)
def test_set_specific_value_of_card_guards_what_is_protected(call, col, key, value):
    card = review_card(col)
    before = columns(col, card)
    request = {"card": card, "keys": ["due", key], "newValues": [9, value]}
    assert call("setSpecificValueOfCard", **request) is False
    assert call("setSpecificValueOfCard", **request, warning_check=None) is False
    assert call("setSpecificValueOfCard", **request, warning_check=False) is False
    assert columns(col, card) == before
    assert call("setSpecificValueOfCard", **request, warning_check=True) == [True]
    assert column(col, card, key) == int(value)
    assert column(col, card, "due") == 9


@pytest.mark.parametrize("key", ["did", "id", "mod", "nid", "odid", "usn", "data"])
def test_set_specific_value_of_card_guards_ids_and_what_anki_keeps(call, col, key):
    card = review_card(col)
    request = {"card": card, "keys": [key], "newValues": [1]}
    assert call("setSpecificValueOfCard", **request) is False


def test_set_specific_value_of_card_moves_a_card_only_to_what_is_there(call, col):
    card, other = review_card(col), review_card(col)
    deck = call("createDeck", deck="a")

    def put(key, value):
        return call(
            "setSpecificValueOfCard",
            card=card,
            keys=[key],
            newValues=[value],
            warning_check=True,
        )

    assert put("did", 5) == [[False, "deck was not found: 5"]]
    assert put("did", 0) == [[False, "deck was not found: 0"]]
    assert put("odid", 5) == [[False, "deck was not found: 5"]]
    assert put("nid", 5) == [[False, "Note was not found: 5"]]
    note = column(col, other, "nid")
    assert put("did", deck) == put("odid", 0) == put("nid", note) == [True]
    assert column(col, card, "did") == deck
    assert column(col, card, "nid") == note


def test_set_specific_value_of_card_takes_custom_data_only_as_anki_does(call, col):
    card = review_card(col)

    def put(value):
        return call(
            "setSpecificValueOfCard",
            card=card,
            keys=["data"],
            newValues=[value],
            warning_check=True,
        )

    assert put('{"mine":1}') == [True]
    assert col.get_card(card).custom_data == '{"mine":1}'
    assert put("no JSON") == [[False, "Anki does not take these values"]]
    assert put({"mine": 1}) == [[False, "data must be a string"]]
    assert col.get_card(card).custom_data == '{"mine":1}'


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("due", "soon", "due must be an integer, not 'soon'"),
        ("due", 1.5, "due must be an integer, not 1.5"),
        ("due", True, "due must be an integer, not True"),
        ("due", None, "due must be an integer, not None"),
        ("due", 2**31, "due must be from -2147483648 to 2147483647, not 2147483648"),
        ("flags", 8, "flags must be from 0 to 7, not 8"),
        ("factor", 65536, "factor must be from 0 to 65535, not 65536"),
        ("type", 4, "type must be from 0 to 3, not 4"),
        ("queue", 5, "queue must be from -3 to 4, not 5"),
        ("ord", 1, "Basic has no card template 1"),
        ("ivl", -1, "ivl must be from 0 to 4294967295, not -1"),
        ("id", 1, "id is set by Anki alone"),
        ("mod", 1, "mod is set by Anki alone"),
        ("usn", 1, "usn is set by Anki alone"),
        ("colour", 1, "a card has no 'colour'"),
        ("col", None, "a card has no 'col'"),
        (7, 1, "a card has no 7"),
        (["due"], 1, "a card has no ['due']"),
    ],
)
def test_set_specific_value_of_card_sets_all_or_nothing(call, col, key, value, reason):
    card = review_card(col)
    before = columns(col, card)
    result = call(
        "setSpecificValueOfCard",
        card=card,
        keys=["due", key],
        newValues=[9, value],
        warning_check=True,
    )
    assert result == [[False, reason]]
    assert columns(col, card) == before
    assert col.undo_status().undo != "setSpecificValueOfCard"


@pytest.mark.parametrize(
    "wrong",
    [
        {"card": [1]},
        {"keys": "due"},
        {"newValues": 9},
        {"newValues": []},
        {"keys": ["due", "flags"]},
    ],
)
def test_set_specific_value_of_card_is_false_for_bad_input(call, col, wrong):
    request = {"card": review_card(col), "keys": ["due"], "newValues": [9], **wrong}
    assert call("setSpecificValueOfCard", **request) is False


def test_set_specific_value_of_card_takes_names_that_are_none(call, col):
    card = review_card(col)
    result = call("setSpecificValueOfCard", card=card, keys=[{}], newValues=[1])
    assert result == [[False, "a card has no {}"]]
    assert call("setSpecificValueOfCard", card=card, keys=[], newValues=[]) == [True]


def test_set_specific_value_of_card_names_an_unknown_card(call):
    result = call("setSpecificValueOfCard", card="7", keys=["due"], newValues=[1])
    assert result == [[False, "Card was not found: 7"]]


# suspend, unsuspend, suspended, areSuspended


def test_suspend_says_whether_a_card_changed(call, col, undone):
    cards = [review_card(col), new_card(col), learning_card(col), buried_card(col)]
    before = [columns(col, card) for card in cards]
    assert call("suspend", cards=[*cards, NOBODY, cards[0]]) is True
    assert call("areSuspended", cards=cards) == [True] * 4
    assert call("suspend", cards=cards) is False
    assert call("suspend", cards=[NOBODY]) is False
    assert call("suspend", cards=[]) is False
    undone("suspend", *cards, before=before)


def test_suspend_misses_none_of_many_half_of_which_are_suspended(call, col):
    cards = [review_card(col) for _ in range(30)]
    col.sched.suspend_cards(cards[::2])
    assert call("suspend", cards=[str(card) for card in cards]) is True
    assert call("areSuspended", cards=cards) == [True] * 30


def test_suspend_false_unsuspends(call, col):
    card = suspended_card(col)
    assert call("suspend", cards=[card], suspend=False) is True
    assert call("areSuspended", cards=[card]) == [False]
    assert call("suspend", cards=[card], suspend=False) is False
    assert call("suspend", cards=[card], suspend=None) is True
    assert call("suspended", card=card) is True


def test_unsuspend_says_whether_a_card_changed(call, col, undone):
    cards = [suspended_card(col), review_card(col), suspended_card(col)]
    before = [columns(col, card) for card in cards]
    assert call("unsuspend", cards=[*cards, NOBODY, str(cards[0])]) is True
    assert call("areSuspended", cards=cards) == [False] * 3
    assert call("unsuspend", cards=cards) is False
    assert call("unsuspend", cards=[]) is False
    undone("unsuspend", *cards, before=before)


def test_unsuspend_leaves_what_is_buried_where_it_is(call, col):
    buried, suspended = buried_card(col), suspended_card(col)
    assert call("unsuspend", cards=[buried]) is False
    assert call("unsuspend", cards=[buried, suspended]) is True
    assert column(col, buried, "queue") == -3
    assert column(col, suspended, "queue") == 2


def test_suspended_is_about_one_card(call, col):
    assert call("suspended", card=suspended_card(col)) is True
    assert call("suspended", card=str(buried_card(col))) is False


def test_suspended_names_a_card_that_is_not_there(call):
    assert call.error("suspended", card=NOBODY) == "Card was not found: 12345"


def test_are_suspended_in_the_order_asked_with_null_for_unknown(call, col):
    on, off = review_card(col), suspended_card(col)
    asked = [off, NOBODY, on, str(off), on]
    assert call("areSuspended", cards=asked) == [True, None, False, True, False]
    assert call("areSuspended", cards=[]) == []


# areDue, getIntervals


def test_are_due_of_reviews_goes_by_their_day(call, col):
    today, tomorrow, overdue = (review_card(col) for _ in range(3))
    col.sched.set_due_date([today], "0")
    col.sched.set_due_date([tomorrow], "1")
    call("setSpecificValueOfCard", card=overdue, keys=["due"], newValues=[-5])
    asked = [tomorrow, today, overdue, NOBODY]
    assert call("areDue", cards=asked) == [False, True, True, None]


def test_are_due_of_cards_never_answered_goes_by_their_queue(call, col):
    new, suspended, buried = (new_card(col) for _ in range(3))
    col.sched.suspend_cards([suspended])
    col.sched.bury_cards([buried])
    assert call("areDue", cards=[new, suspended, buried]) == [True, False, False]
    unanswered = new_card(col)
    col.sched.set_due_date([unanswered], "0")
    col.db.execute("delete from revlog")
    assert call("areDue", cards=[unanswered]) == [True]


def test_are_due_of_suspended_and_buried_cards_is_false(call, col):
    cards = [suspended_card(col), buried_card(col)]
    col.db.execute("update cards set due = 0")
    assert call("areDue", cards=cards) == [False, False]


def test_are_due_of_learning_cards_with_short_steps_is_true_at_once(call, col):
    assert call("areDue", cards=[learning_card(col), relearning_card(col)]) == [
        True,
        True,
    ]


@pytest.mark.parametrize("minutes", [21, 30, 240])
def test_are_due_of_learning_cards_with_long_steps_waits_for_them(call, col, minutes):
    set_steps(col, new=[float(minutes)])
    card = learning_card(col)
    assert call("getIntervals", cards=[card]) == [-minutes * MINUTE]
    assert call("areDue", cards=[card]) == [False]
    pass_time(col, card, minutes * MINUTE - 10)
    assert call("areDue", cards=[card]) == [False]
    pass_time(col, card, 11)
    assert call("areDue", cards=[card]) == [True]


def test_are_due_of_a_relearning_card_with_a_long_step_waits_for_it(call, col):
    set_steps(col, lapse=[60.0])
    card = relearning_card(col)
    assert call("areDue", cards=[card]) == [False]
    pass_time(col, card, 61 * MINUTE)
    assert call("areDue", cards=[card]) == [True]


def test_are_due_of_a_step_over_the_day_waits_for_its_day(call, col):
    set_steps(col, new=[2880.0])
    card = learning_card(col)
    assert column(col, card, "queue") == 3
    assert call("areDue", cards=[card]) == [False]
    today = col.sched.today
    call("setSpecificValueOfCard", card=card, keys=["due"], newValues=[today])
    assert call("areDue", cards=[card]) == [True]


@pytest.mark.parametrize("reschedule", [True, False])
def test_are_due_agrees_with_anki_in_filtered_decks(call, col, reschedule):
    new, due, later, learning = (
        new_card(col),
        review_card(col),
        review_card(col),
        learning_card(col),
    )
    col.sched.set_due_date([due], "0")
    cards = [new, due, later, learning]
    for card in cards:
        filtered_card(col, card, reschedule=reschedule)
    found = set(col.find_cards("is:due or is:new"))
    assert found >= {new, due, learning}
    assert call("areDue", cards=cards) == [card in found for card in cards]
    answer(col, new, AGAIN)
    answer(col, due, AGAIN)
    found = set(col.find_cards("is:due or is:new"))
    assert call("areDue", cards=cards) == [card in found for card in cards]


def test_get_intervals_are_days_or_negative_seconds(call, col):
    review = review_card(col)
    days = column(col, review, "ivl")
    asked = [review, learning_card(col), relearning_card(col), str(review)]
    assert call("getIntervals", cards=asked) == [days, -60, -600, days]


def test_get_intervals_of_new_and_unknown_cards(call, col):
    review = review_card(col)
    asked = [new_card(col), NOBODY, review]
    assert call("getIntervals", cards=asked)[:2] == [0, None]
    complete = call("getIntervals", cards=asked, complete=True)
    assert complete == [[], None, [column(col, review, "ivl")]]
    assert call("getIntervals", cards=[]) == []
    assert call("getIntervals", cards=[], complete=True) == []


def test_get_intervals_complete_is_a_list_for_each_card_oldest_first(call, col):
    card = answer(col, new_card(col), AGAIN, HARD, GOOD, GOOD)
    other = learning_card(col)
    days = column(col, card, "ivl")
    asked = [other, card, other]
    assert call("getIntervals", cards=asked, complete=True) == [
        [-60],
        [-60, -330, -600, days],
        [-60],
    ]
    assert call("getIntervals", cards=asked, complete=False) == [-60, days, -60]
    assert call("getIntervals", cards=[card], complete=None) == [days]


def test_get_intervals_complete_of_more_cards_than_one_query_takes(call, col):
    card = learning_card(col)
    asked = [card, *range(1, 40_001), card]
    intervals = call("getIntervals", cards=asked, complete=True)
    assert intervals[0] == intervals[-1] == [-60]
    assert set(intervals[1:-1]) == {None}


def test_get_intervals_of_suspended_buried_filtered_and_forgotten_cards(call, col):
    suspended, buried = suspended_card(col), buried_card(col)
    filtered, forgotten = filtered_card(col, review_card(col)), review_card(col)
    days = column(col, forgotten, "ivl")
    col.sched.schedule_cards_as_new([forgotten])
    cards = [suspended, buried, filtered, forgotten]
    assert call("getIntervals", cards=cards) == [
        *(column(col, card, "ivl") for card in cards[:3]),
        0,
    ]
    history = call("getIntervals", cards=cards, complete=True)
    assert history[3] == [days, 0]
    assert all(history)


# findCards, cardsToNotes, cardsModTime


def test_find_cards_finds_what_ankis_browser_finds(call, col):
    cards = [new_card(col, "French"), new_card(col, "French")]
    new_card(col, "Latin")
    assert call("findCards", query="deck:French") == cards
    assert call("findCards", query="deck:Greek") == []
    assert len(call("findCards", query="")) == 3


@pytest.mark.parametrize("params", [{}, {"query": None}])
def test_find_cards_without_a_query_finds_none(call, col, params):
    new_card(col)
    assert call("findCards", **params) == []


def test_find_cards_tells_what_is_wrong_with_a_query(call):
    assert "AND" in call.error("findCards", query="a and and b").upper()


@pytest.mark.parametrize("version", [1, 2, 4])
def test_find_cards_was_once_called_browse(call, col, version):
    card = new_card(col)
    request = {"action": "browse", "version": version, "params": {"query": "deck:*"}}
    assert call.reply(request) == [card]


@pytest.mark.parametrize("version", [5, 6])
def test_find_cards_is_not_called_browse_any_more(call, version):
    reply = call.reply({"action": "browse", "version": version, "params": {}})
    assert reply == {"result": None, "error": "unsupported action"}
    assert "browse" not in call("apiReflect", scopes=["actions"])["actions"]


def test_cards_to_notes_gives_each_note_once(call, col):
    note = col.new_note(col.models.by_name("Basic (and reversed card)"))
    note.fields = ["a", "b"]
    col.add_note(note, 1)
    front, back = note.card_ids()
    other = new_card(col)
    other_note = column(col, other, "nid")
    asked = [other, front, NOBODY, str(back), other]
    assert call("cardsToNotes", cards=asked) == [other_note, note.id]
    assert call("cardsToNotes", cards=[]) == []


def test_cards_mod_time_in_the_order_asked_with_empty_for_unknown(call, col):
    one, two = new_card(col), new_card(col)
    col.db.execute("update cards set mod = 1629454092 where id = ?", one)
    assert call("cardsModTime", cards=[two, NOBODY, str(one)]) == [
        {"cardId": two, "mod": column(col, two, "mod")},
        {},
        {"cardId": one, "mod": 1629454092},
    ]
    assert call("cardsModTime", cards=[]) == []


# cardsInfo


def test_cards_info_tells_all_about_a_card(call, col):
    card = new_card(col, "A::B", Front="<b>Q</b>", Back="A [sound:a.mp3]")
    answer(col, card, GOOD, GOOD)
    col.sched.set_due_date([card], "0")
    col.set_user_flag_for_cards(3, [card])
    row = columns(col, card)
    css = col.models.by_name("Basic")["css"]
    (info,) = call("cardsInfo", cards=[card])
    later = info.pop("nextReviews")
    assert info == {
        "cardId": card,
        "fields": {
            "Front": {"value": "<b>Q</b>", "order": 0},
            "Back": {"value": "A [sound:a.mp3]", "order": 1},
        },
        "fieldOrder": 0,
        "question": f"<style>{css}</style><b>Q</b>",
        "answer": f"<style>{css}</style><b>Q</b>\n\n<hr id=answer>\n\n"
        "A [anki:play:a:0]",
        "modelName": "Basic",
        "ord": 0,
        "deckName": "A::B",
        "css": css,
        "factor": 2500,
        "interval": row["ivl"],
        "note": row["nid"],
        "type": 2,
        "queue": 2,
        "due": row["due"],
        "reps": 2,
        "lapses": 0,
        "left": 0,
        "mod": row["mod"],
        "flags": 3,
    }
    assert later[0] == "<10m"
    assert len(later) == 4
    assert all(text.isascii() for text in later)


def test_cards_info_foretells_the_reviews_of_cards_in_every_state(call, col):
    new, learning, relearning = new_card(col), learning_card(col), relearning_card(col)
    infos = call("cardsInfo", cards=[new, learning, relearning])
    assert [info["nextReviews"][:2] for info in infos] == [
        ["<1m", "<6m"],
        ["<1m", "<6m"],
        ["<10m", "<15m"],
    ]
    others = [
        suspended_card(col),
        buried_card(col),
        filtered_card(col, review_card(col)),
        filtered_card(col, new_card(col), reschedule=False),
    ]
    for info in call("cardsInfo", cards=others):
        assert len(info["nextReviews"]) == 4


def test_cards_info_repeats_what_is_asked_twice_and_is_empty_for_unknown(call, col):
    one, two = new_card(col), new_card(col)
    infos = call("cardsInfo", cards=[two, NOBODY, str(one), two])
    assert [info.get("cardId") for info in infos] == [two, None, one, two]
    assert infos[1] == {}
    assert infos[0] == infos[3]
    assert call("cardsInfo", cards=[]) == []


def test_cards_info_tells_a_notes_cards_apart(call, col):
    note = col.new_note(col.models.by_name("Cloze"))
    note.fields = ["{{c1::one}} {{c2::two}}", ""]
    col.add_note(note, 1)
    first, second = call("cardsInfo", cards=list(note.card_ids()))
    assert (first["ord"], first["fieldOrder"]) == (0, 0)
    assert (second["ord"], second["fieldOrder"]) == (1, 1)
    assert "one</span>" not in first["question"]
    assert "two</span>" not in second["question"]
    assert first["note"] == second["note"] == note.id


def test_cards_info_names_the_filtered_deck_that_a_card_is_in(call, col):
    card = filtered_card(col, review_card(col))
    (info,) = call("cardsInfo", cards=[card])
    assert info["deckName"] == f"Filtered {card}"


def test_cards_info_shows_a_broken_template_as_anki_does(call, col):
    card = new_card(col)
    note_type = copy.deepcopy(col.models.by_name("Basic"))
    note_type["tmpls"][0]["qfmt"] = "{{Front}} {{Nothing}}"
    col.models.update_dict(note_type, skip_checks=True)
    (info,) = call("cardsInfo", cards=[card])
    assert "Nothing" in info["question"]


def test_cards_info_of_a_card_whose_note_is_gone_is_empty(call, col):
    lost, found = new_card(col), new_card(col)
    col.db.execute("delete from notes where id = ?", column(col, lost, "nid"))
    infos = call("cardsInfo", cards=[lost, found])
    assert [info.get("cardId") for info in infos] == [None, found]


def test_cards_info_changes_nothing(call, col):
    card = review_card(col)
    before, status = columns(col, card), col.undo_status()
    call("cardsInfo", cards=[card])
    assert columns(col, card) == before
    assert col.undo_status() == status


# forgetCards, relearnCards, setDueDate


def test_forget_cards_makes_them_new_at_their_old_place(call, col, undone):
    new_card(col)
    cards = [new_card(col), new_card(col)]
    places = [column(col, card, "due") for card in cards]
    for card in cards:
        answer(col, card, EASY)
    before = [columns(col, card) for card in cards]
    assert call("forgetCards", cards=[str(cards[0]), *cards, NOBODY]) is None
    assert [columns(col, card)["type"] for card in cards] == [0, 0]
    assert [columns(col, card)["due"] for card in cards] == places
    undone("forgetCards", *cards, before=before)


def test_forget_cards_takes_none(call):
    assert call("forgetCards", cards=[]) is None


def test_relearn_cards_stands_where_ankis_relearning_would(call, col, undone):
    card, lapsed = review_card(col), relearning_card(col)
    before = columns(col, card)
    col.db.execute("update cards set usn = 5")
    assert call("relearnCards", cards=[str(card), NOBODY, card]) is None
    row = columns(col, card)
    answered = columns(col, lapsed)
    for name in ("type", "queue", "left"):
        assert row[name] == answered[name]
    assert row["due"] == pytest.approx(time.time() + 10 * MINUTE, abs=5)
    assert row["usn"] == -1
    # It is no answer.
    for name in ("ivl", "factor", "reps", "lapses"):
        assert row[name] == before[name]
    assert review_log(col, card) == [EASY]
    undone("relearnCards", card, before=[{**before, "usn": 5}])


def test_relearn_cards_can_be_answered_to_the_end(call, col):
    set_steps(col, lapse=[10.0, 20.0])
    card = review_card(col)
    call("relearnCards", cards=[card])
    assert column(col, card, "left") % 1000 == 2
    answer(col, card, GOOD)
    assert column(col, card, "type") == 3
    answer(col, card, GOOD)
    assert columns(col, card)["queue"] == columns(col, card)["type"] == 2


def test_relearn_cards_with_a_step_over_the_day_counts_in_days(call, col):
    set_steps(col, lapse=[1440.0])
    card, lapsed = review_card(col), relearning_card(col)
    call("relearnCards", cards=[card])
    row, answered = columns(col, card), columns(col, lapsed)
    for name in ("type", "queue", "due", "left"):
        assert row[name] == answered[name]
    assert row["due"] == col.sched.today + 1


def test_relearn_cards_without_steps_is_due_at_once(call, col):
    set_steps(col, lapse=[])
    card = review_card(col)
    call("relearnCards", cards=[card])
    assert call("areDue", cards=[card]) == [True]
    answer(col, card, GOOD)
    assert column(col, card, "type") == 2


def test_relearn_cards_gives_new_and_learning_cards_ease_and_interval(
    call, col, undone
):
    cards = [new_card(col), learning_card(col)]
    before = [columns(col, card) for card in cards]
    call("relearnCards", cards=cards)
    for card in cards:
        row = columns(col, card)
        assert (row["type"], row["queue"]) == (3, 1)
        assert (row["factor"], row["ivl"]) == (2500, 1)
        answer(col, card, GOOD)
        assert column(col, card, "type") == 2
        col.undo()
    undone("relearnCards", *cards, before=before)


def test_relearn_cards_in_a_filtered_deck_come_home_still_relearning(call, col):
    card = filtered_card(col, review_card(col))
    call("relearnCards", cards=[card])
    deck = column(col, card, "did")
    due = column(col, card, "due")
    assert deck != 1
    col.sched.empty_filtered_deck(deck)
    row = columns(col, card)
    assert (row["did"], row["odid"], row["odue"]) == (1, 0, 0)
    assert (row["type"], row["queue"], row["due"]) == (3, 1, due)


def test_relearn_cards_of_many_and_of_none(call, col):
    cards = [review_card(col) for _ in range(50)]
    call("relearnCards", cards=cards)
    assert {column(col, card, "type") for card in cards} == {3}
    assert col.undo_status().undo == "relearnCards"
    assert call("relearnCards", cards=[]) is None


@pytest.mark.parametrize(
    ("days", "due", "interval"),
    [("0", {0}, {10}), ("1!", {1}, {1}), ("3-7", range(3, 8), {10})],
)
def test_set_due_date_takes_a_day_a_span_and_a_mark(call, col, days, due, interval):
    cards = [review_card(col) for _ in range(5)]
    col.sched.set_due_date(cards, "10!")
    assert call("setDueDate", cards=[*cards, NOBODY, str(cards[0])], days=days) is True
    today = col.sched.today
    assert {column(col, card, "due") - today for card in cards} <= set(due)
    assert {column(col, card, "ivl") for card in cards} == interval


def test_set_due_date_makes_new_cards_reviews_in_one_step(call, col, undone):
    cards = [new_card(col), str(new_card(col))]
    before = [columns(col, card) for card in cards]
    assert call("setDueDate", cards=cards, days="2") is True
    assert [column(col, card, "type") for card in cards] == [2, 2]
    undone("setDueDate", *cards, before=before)


@pytest.mark.parametrize("days", ["", "soon", "-1", "3-", "1!!", " 1", "3..7"])
def test_set_due_date_says_what_days_may_be(call, col, days):
    card = review_card(col)
    before = columns(col, card)
    assert call.error("setDueDate", cards=[card], days=days) == (
        f"'days' must be a number of days such as 0, 1! or 3-7, not {days!r}"
    )
    assert columns(col, card) == before


def test_set_due_date_has_an_error_for_a_day_beyond_ankis_count(call, col):
    card = review_card(col)
    error = call.error("setDueDate", cards=[card], days="99999999999")
    assert "out of range" in error


def test_set_due_date_takes_no_cards(call):
    assert call("setDueDate", cards=[], days="1") is True


# answerCards


def test_answer_cards_answers_as_a_review_does(call, col):
    cards = [new_card(col) for _ in range(4)]
    eases = [AGAIN, HARD, GOOD, EASY]
    answers = [{"cardId": card, "ease": ease} for card, ease in zip(cards, eases)]
    assert call("answerCards", answers=answers) == [True] * 4
    assert [review_log(col, card) for card in cards] == [[1], [2], [3], [4]]
    assert [column(col, card, "type") for card in cards] == [1, 1, 1, 2]
    assert call("getIntervals", cards=cards[:3]) == [-60, -330, -600]


def test_answer_cards_is_false_for_a_card_that_is_not_there(call, col):
    card = new_card(col)
    answers = [{"cardId": NOBODY, "ease": 3}, {"cardId": str(card), "ease": 3}]
    assert call("answerCards", answers=answers) == [False, True]
    assert review_log(col, card) == [3]
    assert call("answerCards", answers=[]) == []


def test_answer_cards_answers_one_card_twice_in_order(call, col):
    card = new_card(col)
    answers = [{"cardId": card, "ease": ease} for ease in (GOOD, GOOD, AGAIN)]
    assert call("answerCards", answers=answers) == [True] * 3
    assert review_log(col, card) == [3, 3, 1]
    assert column(col, card, "type") == 3


def test_answer_cards_of_a_hundred_is_one_undo_step(call, col, undone):
    cards = [new_card(col) for _ in range(100)]
    before = [columns(col, card) for card in cards]
    answers = [{"cardId": card, "ease": GOOD} for card in cards]
    assert call("answerCards", answers=answers) == [True] * 100
    assert {tuple(review_log(col, card)) for card in cards} == {(3,)}
    undone("answerCards", *cards, before=before)
    assert col.db.scalar("select count() from revlog") == 0


def test_answer_cards_in_every_state(call, col):
    cards = [
        learning_card(col),
        relearning_card(col),
        suspended_card(col),
        buried_card(col),
        filtered_card(col, review_card(col)),
        filtered_card(col, new_card(col), reschedule=False),
    ]
    answers = [{"cardId": card, "ease": GOOD} for card in cards]
    assert call("answerCards", answers=answers) == [True] * 6
    assert all(review_log(col, card)[-1] == GOOD for card in cards)


@pytest.mark.parametrize(
    ("ease", "error"),
    [
        (0, "'answers[1].ease' must be at least 1, not 0"),
        (5, "'answers[1].ease' must be at most 4, not 5"),
        ("3", "'answers[1].ease' must be an integer, not a string"),
    ],
)
def test_answer_cards_answers_none_if_an_ease_is_wrong(call, col, ease, error):
    card = new_card(col)
    answers = [{"cardId": card, "ease": 3}, {"cardId": card, "ease": ease}]
    assert call.error("answerCards", answers=answers) == error
    assert review_log(col, card) == []


def test_answer_cards_needs_the_scheduler_of_today(call, col):
    card = new_card(col)
    col.set_v3_scheduler(False)
    error = call.error("answerCards", answers=[{"cardId": card, "ease": 3}])
    assert error == "this collection needs Anki's v3 scheduler"


# What programs in use send


@pytest.mark.parametrize(
    ("action", "version", "params"),
    [
        ("cardsInfo", 2, {"cards": "CARDS"}),
        ("findCards", 2, {"query": "nid:1"}),
        ("suspend", 2, {"cards": "CARDS"}),
        ("suspend", 2, {"cards": []}),
        ("cardsInfo", 6, {"cards": "CARDS"}),
        ("cardsModTime", 6, {"cards": "CARDS"}),
        ("areSuspended", 6, {"cards": "CARDS"}),
        ("getIntervals", 6, {"cards": "CARDS"}),
        ("getIntervals", 6, {"cards": "CARDS", "complete": None}),
        ("findCards", 6, {"query": 'deck:"a b" -is:suspended'}),
        ("unsuspend", 6, {"cards": "CARDS"}),
        ("setDueDate", 6, {"cards": "CARDS", "days": "0"}),
        ("forgetCards", 6, {"cards": "CARDS"}),
    ],
)
def test_cards_as_programs_in_use_ask_for_them(call, col, action, version, params):
    cards = [review_card(col), str(new_card(col))]
    sent = {
        name: cards if value == "CARDS" else value for name, value in params.items()
    }
    reply = call.reply({"action": action, "version": version, "params": sent})
    reply = result_in(reply, version)
    if isinstance(reply, list) and "cards" in params:
        assert len(reply) == len(sent["cards"])


def test_suspend_of_what_a_batch_found(call, col):
    card = new_card(col)
    note = column(col, card, "nid")
    requests = [
        {"action": "findCards", "params": {"query": f"nid:{note}"}},
        {"action": "suspend", "params": {"cards": [card]}},
        {"action": "browse", "params": {"query": "is:suspended"}},
    ]
    reply = call.reply(
        {"action": "multi", "version": 2, "params": {"actions": requests}}
    )
    assert reply == [[card], True, [card]]


def test_answer_cards_in_both_hosts(server):
    server("createDeck", deck="Answered")
    note = {
        "deckName": "Answered",
        "modelName": "Basic",
        "fields": {"Front": "question", "Back": "answer"},
    }
    server("addNote", note=note)
    (card,) = server("findCards", query="deck:Answered")
    assert server("answerCards", answers=[{"cardId": card, "ease": 4}]) == [True]
    (info,) = server("cardsInfo", cards=[card])
    assert info["type"] == 2
    assert info["question"].endswith("</style>question")
    assert server("getIntervals", cards=[card]) == [info["interval"]]
    assert server("suspend", cards=[card]) is True
    assert server("suspended", card=card) is True


def test_whole_numbers_may_have_a_point(call, col):
    card = review_card(col)
    assert call("setEaseFactors", cards=[card], easeFactors=[2100.0]) == [True]
    assert column(col, card, "factor") == 2100
    given = {"card": card, "keys": ["due"], "newValues": [7.0]}
    assert call("setSpecificValueOfCard", **given) == [True]
    assert column(col, card, "due") == 7
