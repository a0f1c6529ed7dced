"""Notes. Contract: schemas/notes/."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from anki.collection import Collection

from ankiconnect import READ, WRITE, Action, ActionError, hookimpl
from ankiconnect.context import Context
from ankiconnect.kit import adding, note_media, numbers, select
from ankiconnect.kit.note_media import NoteFile


@hookimpl
def ankiconnect_actions() -> list[Action]:
    return [
        Action(add_note, WRITE, prepare=_fetch_one),
        Action(add_notes, WRITE, prepare=_fetch_many),
        Action(can_add_notes, READ),
        Action(find_notes, READ),
        Action(notes_info, READ),
        Action(delete_notes, WRITE),
    ]


def _fetch_one(context: Context, *, note: dict[str, Any]) -> list[list[NoteFile]]:
    return note_media.fetch_all(context, [note])


def _fetch_many(context: Context, *, notes: list[Any]) -> list[list[NoteFile]]:
    return note_media.fetch_all(context, notes)


def add_note(
    col: Collection, files: list[list[NoteFile]], *, note: dict[str, Any]
) -> int:
    (added,) = adding.add(col, [note], files)
    if isinstance(added, ActionError):
        raise added
    return added


def add_notes(
    col: Collection, files: list[list[NoteFile]], *, notes: list[Any]
) -> list[int | None]:
    """A note that cannot be added is null and does not stop the others."""
    return [
        None if isinstance(added, ActionError) else added
        for added in adding.add(col, notes, files)
    ]


def can_add_notes(col: Collection, *, notes: list[Any]) -> list[bool]:
    """A note that comes earlier in the same question does not count."""
    files = [note_media.named(note) for note in notes]
    checked = adding.check(col, notes, files, among_each_other=False)
    return [not isinstance(candidate, ActionError) for candidate in checked]


def find_notes(col: Collection, *, query: str | None = None) -> Sequence[int]:
    return [] if query is None else list(col.find_notes(query))


def notes_info(
    col: Collection, *, notes: list[int | str] | None = None, query: str | None = None
) -> list[dict[str, Any]]:
    """The query wins where both are given; ``{}`` for a note that is not there."""
    ids: list[Any]
    if query is not None:
        ids = list(col.find_notes(query))
    elif notes is not None:
        ids = numbers(notes)
    else:
        raise ActionError('Must provide either "notes" or a "query"')
    profile = Path(col.path).parent.name
    cards: dict[int, list[int]] = {}
    for note_id, card_id in select(
        col, "select nid, id from cards where nid in {ids} order by nid, ord", ids
    ):
        cards.setdefault(note_id, []).append(card_id)
    note_types: dict[int, tuple[str, list[str]]] = {}
    infos: dict[int, dict[str, Any]] = {}
    for note_id, type_id, mod, tags, values in select(
        col, "select id, mid, mod, tags, flds from notes where id in {ids}", ids
    ):
        if type_id not in note_types:
            note_type = col.models.get(type_id)
            assert note_type is not None
            note_types[type_id] = note_type["name"], col.models.field_names(note_type)
        name, fields = note_types[type_id]
        infos[note_id] = {
            "noteId": note_id,
            "profile": profile,
            "tags": tags.split(),
            "fields": {
                field: {"value": value, "order": order}
                for order, (field, value) in enumerate(
                    zip(fields, values.split("\x1f"))
                )
            },
            "modelName": name,
            "mod": mod,
            "cards": cards.get(note_id, []),
        }
    return [infos.get(note_id, {}) for note_id in ids]


def delete_notes(col: Collection, *, notes: list[int | str]) -> None:
    col.remove_notes(numbers(notes))
