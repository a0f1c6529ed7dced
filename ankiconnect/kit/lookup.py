"""Things by their names and ids, or the error that clients know."""

from __future__ import annotations

from collections.abc import Collection as AnyCollection
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from anki.utils import ids2str

from ankiconnect.errors import ActionError

if TYPE_CHECKING:
    from anki.collection import Collection
    from anki.decks import DeckId

#: SQLite takes a statement of a million characters.
_IDS_AT_ONCE = 40_000


def rows(col: Collection, sql: str, *values: Any) -> list[Any]:
    """The rows of a query."""
    assert col.db is not None
    return col.db.all(sql, *values)


def numbers(ids: Iterable[int | str]) -> list[Any]:
    """Ids, which some clients send in strings, as numbers."""
    return list(map(int, ids))


def select(col: Collection, sql: str, ids: AnyCollection[int]) -> Iterator[Any]:
    """Rows of a query for ids, of any number, that stand for its ``{ids}``."""
    rest = iter(ids)
    while part := list(islice(rest, _IDS_AT_ONCE)):
        yield from rows(col, sql.format(ids=ids2str(part)))


def note_type_named(col: Collection, name: str) -> dict[str, Any]:
    """The note type of that name; Anki's own copy, not to be changed."""
    note_type = col.models.by_name(name)
    if note_type is None:
        raise ActionError(f"model was not found: {name}")
    return note_type


def deck_id_named(col: Collection, name: str) -> DeckId:
    """The id of the deck of that name."""
    deck_id = col.decks.id_for_name(name)
    if deck_id is None:
        raise ActionError(f"deck was not found: {name}")
    return deck_id
