"""Statistics. Contract: schemas/statistics/."""

from __future__ import annotations

import time
from typing import Any

from anki.collection import Collection

from ankiconnect import READ, WRITE, Action, hookimpl
from ankiconnect.kit import numbers, rows, select
from ankiconnect.kit.review_log import COLUMNS, insert


@hookimpl
def ankiconnect_actions() -> list[Action]:
    return [
        Action(get_num_cards_reviewed_today, READ),
        Action(get_num_cards_reviewed_by_day, READ),
        Action(get_collection_stats_html, READ, name="getCollectionStatsHTML"),
        Action(card_reviews, READ),
        Action(get_reviews_of_cards, READ),
        Action(get_latest_review_id, READ, name="getLatestReviewID"),
        Action(insert_reviews, WRITE),
    ]


def get_num_cards_reviewed_today(col: Collection) -> int:
    # What was rescheduled by hand stands in the log as well, without an ease.
    cutoff = col.sched.day_cutoff
    ((count,),) = rows(
        col,
        "select count() from revlog where id >= ? and id < ? and ease > 0",
        (cutoff - 86_400) * 1000,
        cutoff * 1000,
    )
    return int(count)


def get_num_cards_reviewed_by_day(col: Collection) -> list[list[Any]]:
    day_end = time.localtime(col.sched.day_cutoff)
    found = rows(
        col,
        "select date(id / 1000, 'unixepoch', 'localtime', ?) as day, count()"
        " from revlog where ease > 0 group by day order by day desc",
        f"-{day_end.tm_hour * 3600 + day_end.tm_min * 60} seconds",
    )
    return [[day, count] for day, count in found]


def get_collection_stats_html(col: Collection, *, wholeCollection: bool = True) -> str:
    stats = col.stats()
    stats.wholeCollection = wholeCollection
    if not wholeCollection:
        # The report asks for the decks that Anki last built a queue of.
        col.sched.counts()
    report: str = stats.report()
    return report


def card_reviews(col: Collection, *, deck: str, startID: int | str) -> list[list[int]]:
    deck_id = col.decks.id_for_name(deck)
    if deck_id is None:
        return []
    return rows(
        col,
        f"select {', '.join(COLUMNS)} from revlog where id > ?"
        " and cid in (select id from cards where did = ?) order by id",
        int(startID),
        deck_id,
    )


def get_reviews_of_cards(
    col: Collection, *, cards: list[int | str]
) -> dict[str, list[dict[str, int]]]:
    reviews: dict[int, list[dict[str, int]]] = {card: [] for card in numbers(cards)}
    for review, card, usn, ease, ivl, last, factor, taken, kind in select(
        col,
        f"select {', '.join(COLUMNS)} from revlog where cid in {{ids}} order by id",
        reviews,
    ):
        reviews[card].append(
            {
                "id": review,
                "usn": usn,
                "ease": ease,
                "ivl": ivl,
                "lastIvl": last,
                "factor": factor,
                "time": taken,
                "type": kind,
            }
        )
    return {str(card): found for card, found in reviews.items()}


def get_latest_review_id(col: Collection, *, deck: str) -> int:
    deck_id = col.decks.id_for_name(deck)
    ((latest,),) = rows(
        col,
        "select max(id) from revlog where cid in (select id from cards where did = ?)",
        deck_id or 0,
    )
    return latest or 0


def insert_reviews(col: Collection, *, reviews: list[list[int | str]]) -> None:
    insert(col, [numbers(review) for review in reviews])
