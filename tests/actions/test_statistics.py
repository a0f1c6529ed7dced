"""Statistics and the review log, driven from outside, over 10,000 reviews."""

from __future__ import annotations

import random
import re
import time
from datetime import datetime, timedelta

import pytest
from scheduling import (
    AGAIN,
    EASY,
    GOOD,
    NOBODY,
    answer,
    filtered_card,
    keep_day,
    new_card,
    review_card,
)
from servers import result_in

DAY = 86_400
UNKNOWN = "No such deck"
COLUMNS = ["id", "cid", "usn", "ease", "ivl", "lastIvl", "factor", "time", "type"]
DECKS = ("Default", "a", "a::b")


@pytest.fixture
def col(col):
    keep_day(col)
    return col


@pytest.fixture
def cards(col):
    """Some cards in each deck, by deck."""
    return {deck: [new_card(col, deck) for _ in range(5)] for deck in DECKS}


def review(review_id, card_id=NOBODY, *, ease=3, kind=1):
    return [review_id, card_id, -1, ease, 4, -60, 2500, 6157, kind]


@pytest.fixture
def history(call, cards):
    """10,000 reviews of half a year, all inserted at once; the rows."""
    chance = random.Random(8765)
    now = int(time.time() * 1000)
    ids = chance.sample(range(now - 180 * DAY * 1000, now - 2 * DAY * 1000), 10_000)
    flat = [card for of_deck in cards.values() for card in of_deck]
    reviews = [
        [
            review_id,
            chance.choice(flat),
            chance.choice([-1, 0, 1750]),
            chance.randint(1, 4),
            chance.choice([-600, -60, 1, 30, 400]),
            chance.choice([-600, -60, 1, 30, 400]),
            chance.choice([0, 1300, 2500]),
            chance.randint(0, 60_000),
            chance.randint(0, 3),
        ]
        for review_id in ids
    ]
    assert call("insertReviews", reviews=reviews) is None
    return sorted(reviews)


def log(col):
    return col.db.all(f"select {', '.join(COLUMNS)} from revlog order by id")


def of_cards(rows, cards):
    return [row for row in rows if row[1] in cards]


# getNumCardsReviewedToday, getNumCardsReviewedByDay


def test_get_num_cards_reviewed_today_counts_real_answers(call, col, history):
    assert call("getNumCardsReviewedToday") == 0
    answer(col, new_card(col), AGAIN, GOOD, EASY)
    answer(col, new_card(col), GOOD)
    assert call("getNumCardsReviewedToday") == 4


def test_get_num_cards_reviewed_today_begins_at_ankis_cutoff(call, col):
    end = col.sched.day_cutoff * 1000
    begin = end - DAY * 1000
    today = [review(begin), review(begin + 1), review(end - 1)]
    other = [review(begin - 1), review(end)]
    call("insertReviews", reviews=[*today, *other])
    assert call("getNumCardsReviewedToday") == len(today)


def test_get_num_cards_reviewed_today_is_not_what_was_moved_by_hand(call, col):
    card = review_card(col)
    assert call("getNumCardsReviewedToday") == 1
    col.sched.set_due_date([card], "3")
    col.sched.schedule_cards_as_new([card])
    assert len(log(col)) == 3
    assert call("getNumCardsReviewedToday") == 1
    assert [count for _, count in call("getNumCardsReviewedByDay")] == [1]


@pytest.mark.parametrize("rollover", [None, 0, 4, 23])
def test_get_num_cards_reviewed_by_day_counts_each_day_newest_first(
    call, col, history, rollover
):
    if rollover is not None:
        preferences = col.get_preferences()
        preferences.scheduling.rollover = rollover
        col.set_preferences(preferences)
    hour = time.localtime(col.sched.day_cutoff).tm_hour
    assert rollover in (None, hour)
    days = {}
    for row in history:
        moment = datetime.fromtimestamp(row[0] / 1000) - timedelta(hours=hour)
        days.setdefault(moment.date().isoformat(), []).append(row)
    wanted = [[day, len(rows)] for day, rows in sorted(days.items(), reverse=True)]
    assert call("getNumCardsReviewedByDay") == wanted
    assert len(wanted) > 170


def test_get_num_cards_reviewed_by_day_has_today_as_the_other_counts_it(
    call, col, history
):
    answer(col, new_card(col), AGAIN, GOOD)
    begin = (col.sched.day_cutoff - DAY) * 1000
    call("insertReviews", reviews=[review(begin), review(begin - 1)])
    (today, count), (yesterday, last), *_ = call("getNumCardsReviewedByDay")
    assert count == call("getNumCardsReviewedToday") == 3
    assert last == 1
    day = datetime.fromisoformat
    assert day(today) - day(yesterday) == timedelta(days=1)


def test_get_num_cards_reviewed_by_day_without_reviews_is_empty(call):
    assert call("getNumCardsReviewedByDay") == []


# getCollectionStatsHTML


def studied(html):
    """How many answers the report says were given today."""
    found = re.search(r"Studied \W*(\d+)\W* card", html)
    return int(found[1]) if found else 0


@pytest.fixture
def answered(col, history):
    """The current deck with one answer, its subdeck with another, one elsewhere."""
    for deck in ("a", "a::b", "Default"):
        answer(col, new_card(col, deck), EASY)
    col.decks.select(col.decks.id_for_name("a"))


@pytest.mark.usefixtures("answered")
@pytest.mark.parametrize(
    ("params", "count"),
    [
        ({}, 3),
        ({"wholeCollection": True}, 3),
        ({"wholeCollection": None}, 3),
        ({"wholeCollection": False}, 2),
    ],
)
def test_get_collection_stats_html_is_ankis_report(call, params, count):
    html = call("getCollectionStatsHTML", **params)
    assert html.startswith("<center>")
    assert "Forecast" in html
    assert studied(html) == count


def test_get_collection_stats_html_of_an_empty_collection(call):
    for whole in (True, False):
        html = call("getCollectionStatsHTML", wholeCollection=whole)
        assert "No cards have been studied today." in html


# cardReviews, getLatestReviewID


@pytest.mark.parametrize("deck", DECKS)
def test_card_reviews_are_those_of_exactly_that_deck(call, cards, history, deck):
    wanted = of_cards(history, cards[deck])
    assert len(wanted) > 3000
    assert call("cardReviews", deck=deck, startID=0) == wanted
    middle = wanted[len(wanted) // 2][0]
    later = [row for row in wanted if row[0] > middle]
    assert call("cardReviews", deck=deck.upper(), startID=str(middle)) == later
    assert call("cardReviews", deck=deck, startID=wanted[-1][0]) == []


def test_card_reviews_have_what_the_scheduler_wrote(call, col):
    card = answer(col, new_card(col), AGAIN, EASY)
    first, second = call("cardReviews", deck="Default", startID=0)
    assert [first, second] == log(col)
    assert (first[1], first[3], second[3]) == (card, AGAIN, EASY)
    assert call("cardReviews", deck="Default", startID=first[0]) == [second]
    assert call("getLatestReviewID", deck="Default") == second[0]


def test_card_reviews_of_an_unknown_deck_are_none_and_make_no_deck(call, col, history):
    assert call("cardReviews", deck=UNKNOWN, startID=0) == []
    assert call("getLatestReviewID", deck=UNKNOWN) == 0
    assert UNKNOWN not in call("deckNames")


def test_card_reviews_of_a_filtered_deck_are_its_cards(call, col):
    card = answer(col, new_card(col), EASY)
    filtered_card(col, card)
    assert call("cardReviews", deck="Default", startID=0) == []
    assert call("cardReviews", deck=f"Filtered {card}", startID=0) == log(col)


@pytest.mark.parametrize("deck", DECKS)
def test_get_latest_review_id_is_that_of_exactly_that_deck(call, cards, history, deck):
    latest = of_cards(history, cards[deck])[-1][0]
    assert call("getLatestReviewID", deck=deck) == latest


def test_get_latest_review_id_of_a_deck_without_reviews_is_0(call, cards):
    assert call("getLatestReviewID", deck="a") == 0


# getReviewsOfCards


def test_get_reviews_of_cards_has_all_of_each_oldest_first(call, cards, history):
    flat = [card for of_deck in cards.values() for card in of_deck]
    found = call("getReviewsOfCards", cards=flat)
    assert list(found) == [str(card) for card in flat]
    for card in flat:
        wanted = [dict(zip(COLUMNS, row)) for row in of_cards(history, [card])]
        assert [{**one, "cid": card} for one in found[str(card)]] == wanted
    assert sum(map(len, found.values())) == len(history)


def test_get_reviews_of_cards_has_the_seeds_members(call, col):
    card = answer(col, new_card(col), AGAIN)
    ((one,),) = call("getReviewsOfCards", cards=[str(card)]).values()
    members = ["id", "usn", "ease", "ivl", "lastIvl", "factor", "time", "type"]
    assert list(one) == members
    assert one["ease"] == AGAIN


def test_get_reviews_of_cards_unknown_repeated_and_none(call, col):
    card = answer(col, new_card(col), AGAIN)
    found = call("getReviewsOfCards", cards=[NOBODY, card, str(card)])
    assert {key: len(reviews) for key, reviews in found.items()} == {
        str(NOBODY): 0,
        str(card): 1,
    }
    assert call("getReviewsOfCards", cards=[]) == {}


def test_get_reviews_of_cards_takes_more_cards_than_a_query_does(call, col):
    first, last = (answer(col, new_card(col), AGAIN) for _ in range(2))
    found = call("getReviewsOfCards", cards=[first, *range(1, 50_000), last])
    assert len(found) == 50_001
    assert [key for key, reviews in found.items() if reviews] == [str(first), str(last)]


# insertReviews


def test_insert_reviews_stand_in_the_log_as_given(call, col, history):
    assert log(col) == history


def test_insert_reviews_are_to_be_synced(call, col):
    col.db.execute("update col set mod = 1, ls = 2")
    before = col.mod
    call("insertReviews", reviews=[review(5)])
    assert col.mod > before


def test_insert_reviews_takes_ids_in_strings_and_unknown_cards(call, col):
    call("insertReviews", reviews=[review("1594194095746", str(NOBODY))])
    assert log(col) == [review(1594194095746, NOBODY)]


def test_insert_reviews_leave_ankis_check_nothing_to_mend(call, col, history):
    row = changed(3, 0)
    row[7] = row[8] = 0
    call("insertReviews", reviews=[row])
    assert col.db.all("select ease, time, type from revlog where id = 7") == [[0, 0, 5]]
    report, _ = col.fix_integrity()
    assert "review entr" not in report


def test_insert_reviews_without_any_changes_nothing(call, col):
    call("createDeck", deck="a")
    assert call("insertReviews", reviews=[]) is None
    assert log(col) == []
    assert col.undo_status().undo == "createDeck"


def test_insert_reviews_is_what_ankis_statistics_see(call, col):
    card = review_card(col)
    call("insertReviews", reviews=[review(1594194095746, card, ease=2)])
    entries = col.card_stats_data(card).revlog
    assert [entry.button_chosen for entry in entries] == [EASY, 2]
    assert entries[1].time == 1594194095


def changed(position, value):
    row = review(7, NOBODY)
    row[position] = value
    return row


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        (review(7)[:8], "'reviews[2]' must have at least 9 entries, not 8"),
        ([*review(7), 0], "'reviews[2]' must have at most 9 entries, not 10"),
        ("row", "'reviews[2]' must be an array, not a string"),
        (changed(3, "3"), "'reviews[2][3]' must be an integer, not a string"),
        (changed(4, None), "'reviews[2][4]' must be an integer, not null"),
        (changed(4, 1.5), "'reviews[2][4]' must be an integer, not a number"),
        (changed(7, True), "'reviews[2][7]' must be an integer, not a boolean"),
        (changed(3, 5), "'reviews[2][3]' must be at most 4, not 5"),
        (changed(8, 6), "'reviews[2][8]' must be at most 5, not 6"),
        (changed(6, -1), "'reviews[2][6]' must be at least 0, not -1"),
        (
            changed(0, "7); drop table revlog; --"),
            "'reviews[2][0]' must be an id, not '7); drop table revlog; --'",
        ),
        (changed(0, 2**45), f"review {2**45} is in the future"),
        (review(1), "review 1 is there already"),
        (review(0), "review 0 is before any time"),
        (review(-5), "review -5 is before any time"),
        (review(5), "review 5 is given 2 times"),
    ],
)
def test_insert_reviews_with_a_bad_row_inserts_nothing(call, col, bad, error):
    call("insertReviews", reviews=[review(1)])
    call("createDeck", deck="a")
    given = [review(5), review(6), bad, review(8)]
    assert call.error("insertReviews", reviews=given) == error
    assert log(col) == [review(1)]
    assert col.undo_status().undo == "createDeck"


def test_insert_reviews_in_a_batch_fail_alone(call, col):
    first, again, second = (
        {"action": "insertReviews", "version": 6, "params": {"reviews": [review(one)]}}
        for one in (1, 1, 2)
    )
    replies = call("multi", actions=[first, again, second])
    error = "review 1 is there already"
    assert [reply["error"] for reply in replies] == [None, error, None]
    assert log(col) == [review(1), review(2)]


def test_insert_reviews_in_anki_stand_in_its_statistics(anki):
    anki.look("mw.col.db.execute('delete from revlog')")
    anki("insertReviews", reviews=[review(int(time.time() * 1000))])
    assert anki("getNumCardsReviewedToday") == 1
    assert studied(anki("getCollectionStatsHTML")) == 1
    assert anki.look("mw.col.studied_today()").startswith("Studied")
    anki.look("mw.col.db.execute('delete from revlog')")


# As clients send it


@pytest.mark.parametrize(
    ("action", "params"),
    [
        ("getReviewsOfCards", {"cards": ["1653613948202"]}),
        ("getReviewsOfCards", {"cards": [1653613948202]}),
        ("cardReviews", {"deck": "default", "startID": 1594194095740}),
        ("getLatestReviewID", {"deck": "default"}),
        ("getNumCardsReviewedToday", {}),
        ("getNumCardsReviewedByDay", {}),
        ("getCollectionStatsHTML", {"wholeCollection": True}),
    ],
)
@pytest.mark.parametrize("version", [2, 6])
def test_get_reviews_of_cards_and_the_others_take_what_clients_send(
    call, action, params, version
):
    reply = call.reply({"action": action, "version": version, "params": params})
    result_in(reply, version)
