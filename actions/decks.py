"""Decks. Contract: schemas/decks/."""

from __future__ import annotations

from anki.collection import Collection

from ankiconnect import READ, WRITE, Action, hookimpl


@hookimpl
def ankiconnect_actions() -> list[Action]:
    return [
        Action(deck_names, READ),
        Action(deck_names_and_ids, READ),
        Action(create_deck, WRITE),
    ]


def deck_names(col: Collection) -> list[str]:
    return [deck.name for deck in col.decks.all_names_and_ids()]


def deck_names_and_ids(col: Collection) -> dict[str, int]:
    return {deck.name: deck.id for deck in col.decks.all_names_and_ids()}


def create_deck(col: Collection, *, deck: str) -> int:
    """A deck of that name that exists is returned, not made again."""
    return col.decks.id_for_name(deck) or col.decks.add_normal_deck_with_name(deck).id
