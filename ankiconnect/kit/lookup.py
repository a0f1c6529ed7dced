"""Things by their names and ids, or the error that clients know."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection as AnyCollection
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from anki.errors import NotFoundError

from ankiconnect.errors import ActionError

if TYPE_CHECKING:
    from anki.collection import Collection
    from anki.decks import DeckId
    from anki.notes import Note

#: SQLite takes a statement of a million characters.
_IDS_AT_ONCE = 40_000


def rows(col: Collection, sql: str, *values: Any) -> list[Any]:
    """The rows of a query."""
    assert col.db is not None
    return col.db.all(sql, *values)


def numbers(ids: Iterable[int | str]) -> list[Any]:
    """Ids, which some clients send in strings, as numbers."""
    return list(map(int, ids))


def distinct(ids: Iterable[int | str]) -> list[Any]:
    """Ids as numbers, each once: Anki's bulk operations take none twice."""
    return list(dict.fromkeys(map(int, ids)))


def select(col: Collection, sql: str, ids: AnyCollection[int]) -> Iterator[Any]:
    """Rows of a query for ids, of any number, that stand for its ``{ids}``."""
    rest = iter(ids)
    parts = iter(lambda: list(islice(rest, _IDS_AT_ONCE)), [])
    return chain.from_iterable(
        # As ids2str, in half the time: these are numbers.
        rows(col, sql.format(ids=f"({str(part)[1:-1]})"))
        for part in parts
    )


def find_note_type(col: Collection, name: str) -> dict[str, Any] | None:
    """The note type of that name, or of the name that Anki made of it."""
    stored = unicodedata.normalize("NFC", name.replace('"', ""))
    return col.models.by_name(name) or col.models.by_name(stored)


def note_type_named(col: Collection, name: str) -> dict[str, Any]:
    """The note type of that name; Anki's own copy, not to be changed."""
    note_type = find_note_type(col, name)
    if note_type is None:
        raise ActionError(f"model was not found: {name}")
    return note_type


def note_with_id(col: Collection, note_id: int | str) -> Note:
    """The note of that id."""
    (number,) = numbers([note_id])
    try:
        return col.get_note(number)
    except NotFoundError:
        raise ActionError(f"Note was not found: {number}") from None


def deck_id_named(col: Collection, name: str) -> DeckId:
    """The id of the deck of that name."""
    deck_id = col.decks.id_for_name(name)
    if deck_id is None:
        raise ActionError(f"deck was not found: {name}")
    return deck_id
