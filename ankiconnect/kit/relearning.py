"""Cards sent back to their relearning steps, without an answer."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from anki.consts import (
    CARD_TYPE_LRN,
    CARD_TYPE_NEW,
    CARD_TYPE_RELEARNING,
    QUEUE_TYPE_DAY_LEARN_RELEARN,
    QUEUE_TYPE_LRN,
)

if TYPE_CHECKING:
    from anki.cards import CardId
    from anki.collection import Collection
    from anki.decks import DeckId

_DAY = 86400


def relearn(col: Collection, ids: Sequence[CardId]) -> None:
    """Put cards at the first relearning step of their decks."""
    cards = [col.get_card(card_id) for card_id in ids]
    # To be relearned a card needs an ease and an interval.
    fresh = [card for card in cards if card.type in (CARD_TYPE_NEW, CARD_TYPE_LRN)]
    if fresh:
        col.sched.set_due_date([card.id for card in fresh], "0")
        for card in fresh:
            card.load()
    now, cutoff, today = int(time.time()), col.sched.day_cutoff, col.sched.today
    steps_of: dict[DeckId, list[float]] = {}
    for card in cards:
        deck_id = card.current_deck_id()
        if deck_id not in steps_of:
            group = col.decks.config_dict_for_deck_id(deck_id)
            steps_of[deck_id] = group["lapse"]["delays"]
        steps = steps_of[deck_id]
        due = now + int(steps[0] * 60) if steps else now
        card.type = CARD_TYPE_RELEARNING
        card.left = len(steps)
        if due < cutoff:
            card.queue, card.due = QUEUE_TYPE_LRN, due
        else:
            # Like Anki: a step that ends on another day counts in days.
            card.queue = QUEUE_TYPE_DAY_LEARN_RELEARN
            card.due = today + 1 + (due - cutoff) // _DAY
        if card.odid:
            card.odue = card.due
    col.update_cards(cards)
