"""All that is told about cards."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from anki.errors import NotFoundError

from ankiconnect.kit.texts import plain

if TYPE_CHECKING:
    from anki.cards import Card, CardId
    from anki.collection import Collection


def card_infos(col: Collection, ids: Iterable[CardId]) -> dict[int, dict[str, Any]]:
    """The members of cardsInfo for each card that is there, by its id."""
    cards = _load(col, ids)
    # Anki keeps few SQL statements prepared: a quarter of the time is saved when
    # calls of one kind follow one another.
    for card in cards:
        card.render_output()
    reviews = [next_reviews(col, card) for card in cards]
    decks = {deck_id: col.decks.name(deck_id) for deck_id in {c.did for c in cards}}
    return {
        card.id: _info(card, decks[card.did], upcoming)
        for card, upcoming in zip(cards, reviews)
    }


def _load(col: Collection, ids: Iterable[CardId]) -> list[Card]:
    """The cards that are there, their notes with them."""
    found = []
    for card_id in ids:
        try:
            found.append(col.get_card(card_id))
        except NotFoundError:
            continue
    cards = []
    for card in found:
        try:
            card.note()
        except NotFoundError:
            continue  # a fault that Anki's database check repairs
        cards.append(card)
    return cards


def _info(card: Card, deck: str, upcoming: list[str]) -> dict[str, Any]:
    note_type = card.note_type()
    return {
        "cardId": card.id,
        "fields": fields(card),
        "fieldOrder": card.ord,
        "question": card.question(),
        "answer": card.answer(),
        "modelName": note_type["name"],
        "ord": card.ord,
        "deckName": deck,
        "css": note_type["css"],
        "factor": card.factor,
        "interval": card.ivl,
        "note": card.nid,
        "type": card.type,
        "queue": card.queue,
        "due": card.due,
        "reps": card.reps,
        "lapses": card.lapses,
        "left": card.left,
        "mod": card.mod,
        "nextReviews": upcoming,
        "flags": card.flags,
    }


def fields(card: Card) -> dict[str, Any]:
    """The fields of a card's note: their values and their order."""
    return {
        name: {"value": value, "order": order}
        for order, (name, value) in enumerate(card.note().items())
    }


def next_reviews(col: Collection, card: Card) -> list[str]:
    """What stands above the four answer buttons."""
    # Anki has no public way to the states of a card that is not queued.
    states = col._backend.get_scheduling_states(card.id)
    return [plain(text) for text in col._backend.describe_next_states(states)]
