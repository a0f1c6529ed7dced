"""Cards. Contract: schemas/cards/."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

from anki.collection import Collection
from anki.consts import (
    CARD_TYPE_NEW,
    QUEUE_TYPE_DAY_LEARN_RELEARN,
    QUEUE_TYPE_NEW,
    QUEUE_TYPE_REV,
    QUEUE_TYPE_SUSPENDED,
)
from anki.errors import InvalidInput, NotFoundError

from ankiconnect import READ, WRITE, Action, ActionError, hookimpl
from ankiconnect.kit import MERGE_EVERY, merge_step, numbers, select
from ankiconnect.kit.card_info import card_infos
from ankiconnect.kit.card_values import PROTECTED, set_values
from ankiconnect.kit.lookup import distinct
from ankiconnect.kit.relearning import relearn


@hookimpl
def ankiconnect_actions() -> list[Action]:
    return [
        Action(get_ease_factors, READ),
        Action(set_ease_factors, WRITE),
        Action(set_specific_value_of_card, WRITE),
        Action(suspend, WRITE),
        Action(unsuspend, WRITE),
        Action(suspended, READ),
        Action(are_suspended, READ),
        Action(are_due, READ),
        Action(get_intervals, READ),
        Action(find_cards, READ, formerly=("browse", 4)),
        Action(cards_to_notes, READ),
        Action(cards_mod_time, READ),
        Action(cards_info, READ),
        Action(forget_cards, WRITE),
        Action(relearn_cards, WRITE),
        Action(answer_cards, WRITE),
        Action(set_due_date, WRITE),
    ]


def get_ease_factors(col: Collection, *, cards: list[int | str]) -> list[int | None]:
    ids = numbers(cards)
    factors = dict(select(col, "select id, factor from cards where id in {ids}", ids))
    return [factors.get(card_id) for card_id in ids]


def set_ease_factors(
    col: Collection, *, cards: list[int | str], easeFactors: list[int]
) -> list[bool]:
    """Surplus factors are ignored."""
    ids = numbers(cards)
    if len(easeFactors) < len(ids):
        raise ActionError(f"{len(ids)} cards, but {len(easeFactors)} easeFactors")
    factors = dict(zip(ids, easeFactors))
    changed = [col.get_card(card_id) for card_id in _existing(col, ids)]
    for card in changed:
        card.factor = int(factors[card.id])
    col.update_cards(changed)
    found = {card.id for card in changed}
    return [card_id in found for card_id in ids]


def set_specific_value_of_card(
    col: Collection,
    *,
    card: int | str | list[Any],
    keys: Any,
    newValues: Any,
    warning_check: bool = False,
) -> bool | list[Any]:
    """All of the values are set, or none."""
    if isinstance(card, list) or not isinstance(keys, list):
        return False
    if not isinstance(newValues, list) or len(newValues) != len(keys):
        return False
    if not warning_check and any(name in keys for name in PROTECTED):
        return False
    (card_id,) = numbers([card])
    try:
        changed = col.get_card(card_id)
        set_values(changed, keys, newValues)
        col.update_card(changed)
    except NotFoundError:
        return [[False, f"Card was not found: {card_id}"]]
    except ActionError as error:
        return [[False, str(error)]]
    except InvalidInput:
        return [[False, "Anki does not take these values"]]
    return [True]


def suspend(col: Collection, *, cards: list[int | str], suspend: bool = True) -> bool:
    if not suspend:
        return unsuspend(col, cards=cards)
    return col.sched.suspend_cards(distinct(cards)).count > 0


def unsuspend(col: Collection, *, cards: list[int | str]) -> bool:
    # Anki would bring back buried cards as well.
    ids = [
        card_id
        for card_id, queue in _queues(col, distinct(cards)).items()
        if queue == QUEUE_TYPE_SUSPENDED
    ]
    if ids:
        col.sched.unsuspend_cards(ids)
    return bool(ids)


def suspended(col: Collection, *, card: int | str) -> bool:
    (answer,) = are_suspended(col, cards=[card])
    if answer is None:
        raise ActionError(f"Card was not found: {card}")
    return answer


def are_suspended(col: Collection, *, cards: list[int | str]) -> list[bool | None]:
    ids = numbers(cards)
    queues = _queues(col, ids)
    return [
        queues[card_id] == QUEUE_TYPE_SUSPENDED if card_id in queues else None
        for card_id in ids
    ]


#: The longest interval, in seconds, that does not keep a learning card waiting.
_LEARN_AHEAD = 1200


def are_due(col: Collection, *, cards: list[int | str]) -> list[bool | None]:
    """Like Anki's search, but a longer learning step has to be over."""
    ids = numbers(cards)
    now, cutoff, today = time.time(), col.sched.day_cutoff, col.sched.today
    due: dict[int, bool] = {}
    for card_id, kind, queue, when, answered, interval in select(
        col,
        """
        select id, type, queue, due,
            case queue when 1 then (select max(id) from revlog where cid = cards.id)
                end,
            case queue when 1 then (select ivl from revlog where cid = cards.id
                order by id desc limit 1) end
        from cards where id in {ids}""",
        ids,
    ):
        if queue < QUEUE_TYPE_NEW:  # suspended or buried
            due[card_id] = False
        elif kind == CARD_TYPE_NEW:
            due[card_id] = True
        elif queue in (QUEUE_TYPE_REV, QUEUE_TYPE_DAY_LEARN_RELEARN):
            due[card_id] = when <= today
        elif interval is not None and interval < -_LEARN_AHEAD:
            due[card_id] = answered / 1000 - interval <= now
        else:
            due[card_id] = when <= cutoff
    return [due.get(card_id) for card_id in ids]


def get_intervals(
    col: Collection, *, cards: list[int | str], complete: bool = False
) -> list[int | None] | list[list[int] | None]:
    ids = numbers(cards)
    if not complete:
        latest = {
            card_id: 0 if kind == CARD_TYPE_NEW else interval or 0
            for card_id, kind, interval in select(
                col,
                """
                select id, type, (select ivl from revlog where cid = cards.id
                    order by id desc limit 1)
                from cards where id in {ids}""",
                ids,
            )
        }
        return [latest.get(card_id) for card_id in ids]
    intervals: dict[int, list[int]] = {card_id: [] for card_id in _existing(col, ids)}
    for card_id, interval in select(
        col, "select cid, ivl from revlog where cid in {ids} order by id", intervals
    ):
        intervals[card_id].append(interval)
    return [intervals.get(card_id) for card_id in ids]


def find_cards(col: Collection, *, query: str | None = None) -> Sequence[int]:
    return [] if query is None else list(col.find_cards(query))


def cards_to_notes(col: Collection, *, cards: list[int | str]) -> list[int]:
    ids = numbers(cards)
    notes = dict(select(col, "select id, nid from cards where id in {ids}", ids))
    found = (notes[card_id] for card_id in ids if card_id in notes)
    return list(dict.fromkeys(found))


def cards_mod_time(col: Collection, *, cards: list[int | str]) -> list[dict[str, int]]:
    ids = numbers(cards)
    times = dict(select(col, "select id, mod from cards where id in {ids}", ids))
    return [
        {"cardId": card_id, "mod": times[card_id]} if card_id in times else {}
        for card_id in ids
    ]


def cards_info(col: Collection, *, cards: list[int | str]) -> list[dict[str, Any]]:
    ids = numbers(cards)
    infos = card_infos(col, distinct(ids))
    return [infos.get(card_id, {}) for card_id in ids]


def forget_cards(col: Collection, *, cards: list[int | str]) -> None:
    col.sched.schedule_cards_as_new(distinct(cards), restore_position=True)


def relearn_cards(col: Collection, *, cards: list[int | str]) -> None:
    relearn(col, _existing(col, cards))


def answer_cards(col: Collection, *, answers: list[dict[str, Any]]) -> list[bool]:
    """In their order: a card may be answered twice."""
    if not col.v3_scheduler():
        raise ActionError("this collection needs Anki's v3 scheduler")
    ids = numbers(answer["cardId"] for answer in answers)
    known = set(_existing(col, ids))
    for number, (card_id, answer) in enumerate(zip(ids, answers), 1):
        if card_id in known:
            card = col.get_card(card_id)
            card.start_timer()
            col.sched.answerCard(card, answer["ease"])
        if number % MERGE_EVERY == 0:
            merge_step(col)
    return [card_id in known for card_id in ids]


def set_due_date(col: Collection, *, cards: list[int | str], days: str) -> bool:
    col.sched.set_due_date(distinct(cards), days)
    return True


def _queues(col: Collection, ids: Sequence[int]) -> dict[Any, int]:
    return dict(select(col, "select id, queue from cards where id in {ids}", ids))


def _existing(col: Collection, cards: Iterable[int | str]) -> list[Any]:
    """The cards that are there, each once, in their order."""
    ids = distinct(cards)
    queues = _queues(col, ids)
    return [card_id for card_id in ids if card_id in queues]
