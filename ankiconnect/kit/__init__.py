"""What families share: looking things up, note candidates, media."""

from ankiconnect.kit.lookup import (
    deck_id_named,
    distinct,
    note_type_named,
    note_with_id,
    numbers,
    rows,
    select,
)
from ankiconnect.kit.steps import MERGE_EVERY, merge_step

__all__ = [
    "MERGE_EVERY",
    "deck_id_named",
    "distinct",
    "merge_step",
    "note_type_named",
    "note_with_id",
    "numbers",
    "rows",
    "select",
]
