"""Single values of a card, set from outside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from anki.consts import MODEL_CLOZE

from ankiconnect.errors import ActionError
from ankiconnect.kit.lookup import rows

if TYPE_CHECKING:
    from anki.cards import Card

_NUMBER = re.compile(r"-?[0-9]{1,19}")
_ID = (0, 2**63 - 1)
_COUNT = (0, 2**32 - 1)
_SIGNED = (-(2**31), 2**31 - 1)

#: What Anki can hold; it cuts off the surplus of a larger factor or flag.
_RANGES = {
    "nid": _ID,
    "did": _ID,
    "ord": (0, 2**16 - 1),
    "type": (0, 3),
    "queue": (-3, 4),
    "due": _SIGNED,
    "ivl": _COUNT,
    "factor": (0, 2**16 - 1),
    "reps": _COUNT,
    "lapses": _COUNT,
    "left": _COUNT,
    "odue": _SIGNED,
    "odid": _ID,
    "flags": (0, 7),
}
_ANKIS_OWN = frozenset({"id", "mod", "usn"})

#: What a client may set only if it says that it knows what it does.
PROTECTED = frozenset(_RANGES) - {"due", "factor", "flags"} | _ANKIS_OWN | {"data"}


def set_values(card: Card, names: Sequence[Any], values: Sequence[Any]) -> None:
    """Check and set, without saving; names are those of the table in Anki's file."""
    for name, value in zip(names, values):
        if name == "data":
            # Of the rest of that column Anki takes care.
            if not isinstance(value, str):
                raise ActionError("data must be a string")
            card.custom_data = value
        elif isinstance(name, str) and name in _RANGES:
            setattr(card, name, _number(name, value))
        elif isinstance(name, str) and name in _ANKIS_OWN:
            raise ActionError(f"{name} is set by Anki alone")
        else:
            raise ActionError(f"a card has no {name!r}")
    _check_references(card, names)


def _number(name: str, value: Any) -> int:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = int(value)
    if isinstance(value, float) and value % 1 == 0:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ActionError(f"{name} must be an integer, not {value!r}")
    low, high = _RANGES[name]
    if not low <= value <= high:
        raise ActionError(f"{name} must be from {low} to {high}, not {value}")
    return value


def _check_references(card: Card, names: Sequence[Any]) -> None:
    """Anki would save a card without a note or a deck."""
    col = card.col
    if "nid" in names and not rows(col, "select 1 from notes where id = ?", card.nid):
        raise ActionError(f"Note was not found: {card.nid}")
    if "ord" in names or "nid" in names:
        note_type = card.note_type()
        if note_type["type"] != MODEL_CLOZE and card.ord >= len(note_type["tmpls"]):
            raise ActionError(f"{note_type['name']} has no card template {card.ord}")
    for name, deck_id in (("did", card.did), ("odid", card.odid)):
        if name in names and (deck_id or name == "did"):
            if col.decks.get(deck_id, default=False) is None:
                raise ActionError(f"deck was not found: {deck_id}")
