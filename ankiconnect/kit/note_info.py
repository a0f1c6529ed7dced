"""Notes as a client reads them, many in a few queries."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ankiconnect.kit.lookup import select

if TYPE_CHECKING:
    from anki.collection import Collection


def infos(col: Collection, ids: Sequence[int]) -> list[dict[str, Any]]:
    """What there is to say about each note; ``{}`` for one that is not there."""
    profile = Path(col.path).parent.name
    cards = _cards_of(col, ids)
    note_types: dict[int, tuple[str, list[tuple[int, str]]]] = {}
    found: dict[int, dict[str, Any]] = {}
    for note_id, type_id, mod, tags, values in select(
        col, "select id, mid, mod, tags, flds from notes where id in {ids}", ids
    ):
        if type_id not in note_types:
            note_type = col.models.get(type_id)
            assert note_type is not None
            names = col.models.field_names(note_type)
            note_types[type_id] = note_type["name"], list(enumerate(names))
        name, fields = note_types[type_id]
        found[note_id] = {
            "noteId": note_id,
            "profile": profile,
            # Other blanks than these may stand in a tag.
            "tags": list(filter(None, tags.split(" "))),
            "fields": {
                field: {"value": value, "order": order}
                for (order, field), value in zip(fields, values.split("\x1f"))
            },
            "modelName": name,
            "mod": mod,
            "cards": cards.get(note_id, []),
        }
    return [found.get(note_id, {}) for note_id in ids]


def _cards_of(col: Collection, ids: Sequence[int]) -> dict[int, list[int]]:
    cards: dict[int, list[int]] = {}
    for note_id, card_id in select(
        col, "select nid, id from cards where nid in {ids} order by nid, ord", ids
    ):
        cards.setdefault(note_id, []).append(card_id)
    return cards
