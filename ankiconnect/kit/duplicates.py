"""Which of many notes are there already, asked in one query."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha1
from struct import Struct
from typing import TYPE_CHECKING

from anki.utils import ids2str

from ankiconnect.kit.lookup import rows
from ankiconnect.kit.note_parts import bare

if TYPE_CHECKING:
    from anki.collection import Collection

    from ankiconnect.kit.candidates import Candidate

#: A note that is there: its id, its type's, and its first field.
Present = tuple[int, int, str]
_first_number = Struct(">I").unpack_from
#: A first field before anything is stripped of it, without the rest.
_FIRST = "substr(flds, 1, instr(flds || char(31), char(31)) - 1)"


def find_duplicates(
    col: Collection, candidates: Sequence[Candidate], *, among_each_other: bool
) -> list[bool]:
    """Which candidates' first fields are taken, in one query for all.

    ``among_each_other``: a candidate that comes earlier, and is none itself,
    counts as a note.
    """
    sums = [
        (candidate, _checksum(candidate.first))
        for candidate in candidates
        if candidate.scope is not None
    ]
    present = _notes_with(col, (checksum for _, checksum in sums))
    asking = [
        (candidate, present[checksum])
        for candidate, checksum in sums
        if checksum in present
    ]
    decks = _decks_of(
        col,
        (
            note_id
            for candidate, notes in asking
            if candidate.scope is not None and candidate.scope.deck_ids is not None
            for note_id, _, _ in notes
        ),
    )
    taken = {
        id(candidate) for candidate, notes in asking if _taken(candidate, notes, decks)
    }
    if not among_each_other:
        return [id(candidate) in taken for candidate in candidates]
    return list(_with_earlier(candidates, taken))


def _taken(
    candidate: Candidate, notes: list[Present], decks: dict[int, set[int]]
) -> bool:
    """Whether one of the notes of the same checksum counts as the same."""
    scope, kind_id, text = candidate.scope, candidate.kind.id, candidate.first
    assert scope is not None
    for note_id, type_id, first in notes:
        if (type_id == kind_id or scope.all_note_types) and bare(first) == text:
            if scope.deck_ids is None or not scope.deck_ids.isdisjoint(decks[note_id]):
                return True
    return False


def _with_earlier(candidates: Sequence[Candidate], taken: set[int]) -> Iterable[bool]:
    """The same with candidates, which have a deck each instead of cards."""
    added: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        scope, others = candidate.scope, added.setdefault(candidate.first, [])
        is_taken = id(candidate) in taken or (
            scope is not None
            and any(
                (other.kind.id == candidate.kind.id or scope.all_note_types)
                and (scope.deck_ids is None or other.deck_id in scope.deck_ids)
                for other in others
            )
        )
        if not is_taken:
            others.append(candidate)
        yield is_taken


def _notes_with(col: Collection, sums: Iterable[int]) -> dict[int, list[Present]]:
    """The notes whose first field has such a checksum, by it."""
    found: dict[int, list[Present]] = {}
    for checksum, *note in rows(
        col,
        f"select csum, id, mid, {_FIRST} from notes where csum in {ids2str(set(sums))}",
    ):
        found.setdefault(checksum, []).append(tuple(note))
    return found


def _decks_of(col: Collection, note_ids: Iterable[int]) -> dict[int, set[int]]:
    """The decks in which notes have cards, filtered decks and home decks alike."""
    decks: dict[int, set[int]] = {note_id: set() for note_id in note_ids}
    if decks:
        for note_id, deck_id, home_id in rows(
            col, f"select nid, did, odid from cards where nid in {ids2str(decks)}"
        ):
            decks[note_id].add(home_id or deck_id)
    return decks


def _checksum(text: str) -> int:
    # As anki.utils.field_checksum, which strips once more and takes a text's way.
    checksum: int = _first_number(sha1(text.encode()).digest())[0]
    return checksum
