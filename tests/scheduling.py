"""Cards in every state that Anki's scheduler brings them to."""

from __future__ import annotations

import copy
import time
from itertools import count
from typing import Any

from anki.collection import Collection

AGAIN, HARD, GOOD, EASY = 1, 2, 3, 4
MINUTE = 60

#: An id that no card has.
NOBODY = 12345

_COLUMNS = "nid did ord mod usn type queue due ivl factor reps lapses left odue odid"
_numbers = count(1)


def new_card(col: Collection, deck: str = "Default", **fields: str) -> Any:
    """A card that was never answered; all fields differ from all others'."""
    note = col.new_note(col.models.by_name("Basic"))
    number = next(_numbers)
    note.fields = [f"front {number}", f"back {number}"]
    for name, value in fields.items():
        note[name] = value
    deck_id = col.decks.add_normal_deck_with_name(deck).id
    col.add_note(note, deck_id)
    return note.card_ids()[0]


def answer(col: Collection, card_id: Any, *eases: Any) -> Any:
    """Answer a card as in a review."""
    for ease in eases:
        card = col.get_card(card_id)
        card.start_timer()
        col.sched.answerCard(card, ease)
    return card_id


def learning_card(col: Collection) -> Any:
    return answer(col, new_card(col), AGAIN)


def review_card(col: Collection) -> Any:
    return answer(col, new_card(col), EASY)


def relearning_card(col: Collection) -> Any:
    return answer(col, review_card(col), AGAIN)


def suspended_card(col: Collection) -> Any:
    card_id = review_card(col)
    col.sched.suspend_cards([card_id])
    return card_id


def buried_card(col: Collection) -> Any:
    card_id = review_card(col)
    col.sched.bury_cards([card_id])
    return card_id


def filtered_card(col: Collection, card_id: Any, *, reschedule: bool = True) -> Any:
    """Put a card in a filtered deck of its own."""
    deck: Any = col.sched.get_or_create_filtered_deck(0)
    deck.name = f"Filtered {card_id}"
    deck.config.reschedule = reschedule
    del deck.config.search_terms[1:]
    deck.config.search_terms[0].search = f"cid:{card_id}"
    col.sched.add_or_update_filtered_deck(deck)
    assert column(col, card_id, "odid") == 1
    return card_id


def set_steps(col: Collection, *, new: Any = None, lapse: Any = None) -> None:
    """Set the learning and the relearning steps, in minutes."""
    group = copy.deepcopy(col.decks.config_dict_for_deck_id(1))
    if new is not None:
        group["new"]["delays"] = new
    if lapse is not None:
        group["lapse"]["delays"] = lapse
    col.decks.update_config(group)


def keep_day(col: Collection) -> None:
    """Let Anki's day end half a day from now, not while a test runs."""
    col.set_config("rollover", (time.localtime().tm_hour + 12) % 24)


def pass_time(col: Collection, card_id: Any, seconds: int) -> None:
    """Let what was done with a learning card have been done so long ago."""
    col.db.execute(
        "update revlog set id = id - ? where cid = ?", seconds * 1000, card_id
    )
    col.db.execute("update cards set due = due - ? where id = ?", seconds, card_id)


def columns(col: Collection, card_id: Any) -> dict[str, Any]:
    """A card as it stands in the collection's file."""
    names = _COLUMNS.split()
    values = col.db.first(f"select {', '.join(names)} from cards where id = ?", card_id)
    return dict(zip(names, values))


def column(col: Collection, card_id: Any, name: str) -> Any:
    return columns(col, card_id)[name]


def review_log(col: Collection, card_id: Any) -> list[int]:
    """The eases that a card was answered with."""
    return col.db.list("select ease from revlog where cid = ? order by id", card_id)
