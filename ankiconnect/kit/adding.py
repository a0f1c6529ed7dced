"""Adding notes: many at once, each for itself."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Union

from anki.collection import AddNoteRequest
from anki.errors import AnkiException

from ankiconnect.errors import ActionError
from ankiconnect.kit import media
from ankiconnect.kit.candidates import DUPLICATE, Candidate, Checked, Reader
from ankiconnect.kit.duplicates import find_duplicates
from ankiconnect.kit.note_media import NoteFile
from ankiconnect.kit.steps import MERGE_EVERY, merge_step
from ankiconnect.kit.texts import plain

if TYPE_CHECKING:
    from anki.collection import Collection

    from ankiconnect.kit.media import Stored

log = logging.getLogger(__name__)

Added = Union[int, ActionError]
Files = Sequence[Sequence[NoteFile]]


def check(
    col: Collection, notes: Sequence[Any], files: Files, *, among_each_other: bool
) -> list[Checked]:
    """What each note would become, or why it cannot be added."""
    reader = Reader(col)
    checked: list[Checked] = []
    for raw, of_note in zip(notes, files):
        try:
            checked.append(reader.read(raw, of_note))
        except ActionError as error:
            checked.append(error)
    candidates = [entry for entry in checked if isinstance(entry, Candidate)]
    taken = iter(find_duplicates(col, candidates, among_each_other=among_each_other))
    return [
        ActionError(DUPLICATE)
        if isinstance(entry, Candidate) and next(taken)
        else entry
        for entry in checked
    ]


def add(col: Collection, notes: Sequence[Any], files: Files) -> list[Added]:
    """Add notes; the id of each, or why it was refused."""
    entries = check(col, notes, files, among_each_other=True)
    stored: list[list[Stored]] = [[] for _ in entries]
    any_changed = False
    for index, entry in enumerate(entries):
        if not isinstance(entry, Candidate):
            continue
        changed = False
        if entry.files:
            stored[index], changed = entry.store_files(col)
        any_changed = any_changed or changed
        if any_changed:
            entries[index] = _check_again(col, entry, entries[:index], changed=changed)
    added = _add_all(col, entries)
    _take_back_files(col, added, stored)
    return added


def _check_again(
    col: Collection, candidate: Candidate, earlier: Sequence[Checked], *, changed: bool
) -> Checked:
    """What becomes of a candidate, now that all fields have what they will have."""
    alike = [
        other
        for other in earlier
        if isinstance(other, Candidate) and other.first == candidate.first
    ]
    if not (changed or alike):
        return candidate
    try:
        candidate.refuse_empty(col)
    except ActionError as error:
        return error
    if find_duplicates(col, [*alike, candidate], among_each_other=True)[-1]:
        return ActionError(DUPLICATE)
    return candidate


def _take_back_files(
    col: Collection, added: list[Added], stored: list[list[Stored]]
) -> None:
    """Leave no files of notes that were refused, unless others have them too."""
    kept: set[str] = set()
    refused: list[Stored] = []
    for result, files in zip(added, stored):
        if isinstance(result, ActionError):
            refused += files
        else:
            kept.update(file.name for file in files)
    media.take_back(col, refused, keep=kept)


def _add_all(col: Collection, entries: list[Checked]) -> list[Added]:
    """Add in one go or, if one cannot be, each by itself."""
    requests = [
        AddNoteRequest(entry.make_note(col), entry.deck_id)
        for entry in entries
        if isinstance(entry, Candidate)
    ]
    if not requests:
        return [entry for entry in entries if isinstance(entry, ActionError)]
    try:
        col.add_notes(requests)
    except Exception:
        # Anki, or an add-on that has a say in it, refused one, and with it all.
        return _add_each(col, entries)
    ids = iter([int(request.note.id) for request in requests])
    return [entry if isinstance(entry, ActionError) else next(ids) for entry in entries]


def _add_each(col: Collection, entries: list[Checked]) -> list[Added]:
    added: list[Added] = []
    for index, entry in enumerate(entries):
        if isinstance(entry, ActionError):
            added.append(entry)
            continue
        note = entry.make_note(col)
        try:
            col.add_note(note, entry.deck_id)
            added.append(int(note.id))
        except AnkiException as error:
            added.append(ActionError(plain(str(error))))
        except Exception as error:
            log.exception("a note could not be added")
            added.append(ActionError(f"the note was refused: {error}"))
        if index % MERGE_EVERY == 0:
            merge_step(col)
    return added
