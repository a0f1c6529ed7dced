"""Decks. Contract: schemas/decks/."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from anki.collection import Collection
from anki.decks import DEFAULT_DECK_CONF_ID, DEFAULT_DECK_ID, DeckId, DeckTreeNode

from ankiconnect import READ, WRITE, Action, ActionError, hookimpl
from ankiconnect.kit import MERGE_EVERY, merge_step, numbers, select
from ankiconnect.kit.deck_options import find_group, updated
from ankiconnect.kit.lookup import distinct


@hookimpl
def ankiconnect_actions() -> list[Action]:
    return [
        Action(deck_names, READ),
        Action(deck_names_and_ids, READ),
        Action(get_decks, READ),
        Action(create_deck, WRITE),
        Action(change_deck, WRITE),
        Action(delete_decks, WRITE),
        Action(get_deck_config, READ),
        Action(save_deck_config, WRITE),
        Action(set_deck_config_id, WRITE),
        Action(clone_deck_config_id, WRITE),
        Action(remove_deck_config_id, WRITE),
        Action(get_deck_stats, READ),
        Action(deck_name_from_id, READ),
    ]


def deck_names(col: Collection) -> list[str]:
    return [deck.name for deck in col.decks.all_names_and_ids()]


def deck_names_and_ids(col: Collection) -> dict[str, int]:
    return {deck.name: deck.id for deck in col.decks.all_names_and_ids()}


def get_decks(col: Collection, *, cards: list[int | str]) -> dict[str, list[int]]:
    ids = numbers(cards)
    deck_of = dict(select(col, "select id, did from cards where id in {ids}", ids))
    names = {deck.id: deck.name for deck in col.decks.all_names_and_ids()}
    decks: dict[str, list[int]] = {}
    for card_id in ids:
        name = names.get(deck_of.get(card_id, 0))
        if name is not None:
            decks.setdefault(name, []).append(card_id)
    return decks


def create_deck(col: Collection, *, deck: str) -> int:
    """A deck of that name that exists is returned, not made again."""
    existing = col.decks.id_for_name(deck)
    if existing is not None:
        return existing
    _check_parents(col, deck)
    return col.decks.add_normal_deck_with_name(deck).id


def _check_parents(col: Collection, deck: str) -> None:
    """Refuse what Anki would, which forgets over it what it can undo."""
    parts = deck.split("::")
    for count in range(1, len(parts)):
        parent = col.decks.id_for_name("::".join(parts[:count]))
        if parent is not None and col.decks.is_filtered(parent):
            raise ActionError(col.tr.errors_filtered_parent_deck())


def change_deck(col: Collection, *, cards: list[int | str], deck: str) -> None:
    col.set_deck(distinct(cards), create_deck(col, deck=deck))


def delete_decks(col: Collection, *, decks: list[str], cardsToo: bool = False) -> None:
    ids = [deck_id for deck_id in map(col.decks.id_for_name, decks) if deck_id]
    if not cardsToo:
        ids = _move_cards_to_default(col, ids)
    col.decks.remove(distinct(ids))


def _move_cards_to_default(col: Collection, named: list[DeckId]) -> list[DeckId]:
    """Save the cards of decks that are to go; give the decks that then may."""
    doomed: dict[DeckId, None] = {}
    for deck_id in named:
        family = col.decks.deck_and_child_ids(deck_id)
        if deck_id != DEFAULT_DECK_ID and DEFAULT_DECK_ID in family:
            # Anki would delete the cards that are in it, though not the deck.
            col.decks.reparent([DEFAULT_DECK_ID], DeckId(0))
        doomed.update(dict.fromkeys(family))
    doomed.pop(DEFAULT_DECK_ID, None)
    # A card in a filtered deck counts where it will go back to.
    cards = select(
        col,
        "select id from cards where did in {ids} and odid = 0 or odid in {ids}",
        doomed,
    )
    col.set_deck([card_id for (card_id,) in cards], DEFAULT_DECK_ID)
    return list(doomed)


def get_deck_config(col: Collection, *, deck: str) -> dict[str, Any] | bool:
    deck_id = col.decks.id_for_name(deck)
    return False if deck_id is None else col.decks.config_dict_for_deck_id(deck_id)


def save_deck_config(col: Collection, *, config: dict[str, Any]) -> bool:
    group = find_group(col, config.get("id"))
    if group is None:
        return False
    col.decks.update_config(updated(group, config))
    return True


def set_deck_config_id(
    col: Collection, *, decks: list[str], configId: int | str
) -> bool:
    group = find_group(col, configId)
    found = [deck for deck in map(col.decks.by_name, decks) if deck and "conf" in deck]
    if group is None or len(found) < len(decks):
        return False
    for count, deck in enumerate(found, 1):
        col.decks.update_dict({**deck, "conf": group["id"]})
        if count % MERGE_EVERY == 0:
            merge_step(col)
    return True


def clone_deck_config_id(
    col: Collection, *, name: str, cloneFrom: int | str = DEFAULT_DECK_CONF_ID
) -> int | bool:
    group = find_group(col, cloneFrom)
    return False if group is None else col.decks.add_config_returning_id(name, group)


def remove_deck_config_id(col: Collection, *, configId: int | str) -> bool:
    group = find_group(col, configId)
    if group is None or group["id"] == DEFAULT_DECK_CONF_ID:
        return False
    # Or Anki's window would ask, and can only do so on its own thread.
    col.mod_schema(check=False)
    col.decks.remove_config(group["id"])
    return True


def get_deck_stats(col: Collection, *, decks: list[str]) -> dict[str, dict[str, Any]]:
    nodes = {node.deck_id: node for node in _nodes(col.sched.deck_due_tree())}
    stats = {}
    for deck_id in map(col.decks.id_for_name, decks):
        if deck_id is None:
            continue
        # Anki's tree leaves out a default deck that is empty.
        node = nodes.get(deck_id) or DeckTreeNode(
            deck_id=deck_id, name=col.decks.basename(col.decks.name(deck_id))
        )
        stats[str(deck_id)] = {
            "deck_id": node.deck_id,
            "name": node.name,
            "new_count": node.new_count,
            "learn_count": node.learn_count,
            "review_count": node.review_count,
            "total_in_deck": node.total_in_deck,
        }
    return stats


def _nodes(node: DeckTreeNode) -> Iterator[DeckTreeNode]:
    for child in node.children:
        yield child
        yield from _nodes(child)


def deck_name_from_id(col: Collection, *, deckId: int | str) -> str:
    (deck_id,) = numbers([deckId])
    name = col.decks.name_if_exists(deck_id)
    if name is None:
        raise ActionError(f"deck was not found: {deckId}")
    return name
