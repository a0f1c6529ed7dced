"""Notes. Contract: schemas/notes/."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from anki.collection import Collection, SearchNode

from ankiconnect import READ, WRITE, Action, ActionError, hookimpl
from ankiconnect.context import Context
from ankiconnect.kit import (
    adding,
    distinct,
    note_changes,
    note_info,
    note_media,
    note_with_id,
    numbers,
    select,
)
from ankiconnect.kit.note_media import NoteFile


@hookimpl
def ankiconnect_actions() -> list[Action]:
    return [
        Action(add_note, WRITE, prepare=_fetch_one),
        Action(add_notes, WRITE, prepare=_fetch_many),
        Action(can_add_note, READ),
        Action(can_add_notes, READ),
        Action(can_add_note_with_error_detail, READ),
        Action(can_add_notes_with_error_detail, READ),
        Action(update_note_fields, WRITE, prepare=_fetch_one),
        Action(update_note, WRITE, prepare=_fetch_one),
        Action(update_note_model, WRITE),
        Action(update_note_tags, WRITE),
        Action(get_note_tags, READ),
        Action(add_tags, WRITE),
        Action(remove_tags, WRITE),
        Action(get_tags, READ),
        Action(clear_unused_tags, WRITE),
        Action(replace_tags, WRITE),
        Action(replace_tags_in_all_notes, WRITE),
        Action(find_notes, READ),
        Action(notes_info, READ),
        Action(notes_mod_time, READ),
        Action(delete_notes, WRITE),
        Action(remove_empty_notes, WRITE),
    ]


Files = list[list[NoteFile]]


def _fetch_one(context: Context, *, note: dict[str, Any]) -> Files:
    return note_media.fetch_all(context, [note])


def _fetch_many(context: Context, *, notes: list[Any]) -> Files:
    return note_media.fetch_all(context, notes)


def add_note(col: Collection, files: Files, *, note: dict[str, Any]) -> int:
    (added,) = adding.add(col, [note], files)
    if isinstance(added, ActionError):
        raise added
    return added


def add_notes(col: Collection, files: Files, *, notes: list[Any]) -> list[int | None]:
    """A note that cannot be added is null and does not stop the others."""
    return [
        None if isinstance(added, ActionError) else added
        for added in adding.add(col, notes, files)
    ]


def can_add_note(col: Collection, *, note: Any) -> bool:
    (can_add,) = can_add_notes(col, notes=[note])
    return can_add


def can_add_notes(col: Collection, *, notes: list[Any]) -> list[bool]:
    """A note that comes earlier in the same question does not count."""
    return [reason is None for reason in _refusals(col, notes)]


def can_add_note_with_error_detail(col: Collection, *, note: Any) -> dict[str, Any]:
    (detail,) = can_add_notes_with_error_detail(col, notes=[note])
    return detail


def can_add_notes_with_error_detail(
    col: Collection, *, notes: list[Any]
) -> list[dict[str, Any]]:
    return [
        {"canAdd": True} if reason is None else {"canAdd": False, "error": reason}
        for reason in _refusals(col, notes)
    ]


def _refusals(col: Collection, notes: list[Any]) -> list[str | None]:
    """Why each note cannot be added; None for one that can."""
    files = [note_media.named(note) for note in notes]
    checked = adding.check(col, notes, files, among_each_other=False)
    return [str(entry) if isinstance(entry, ActionError) else None for entry in checked]


def update_note_fields(col: Collection, files: Files, *, note: dict[str, Any]) -> None:
    note_changes.update(col, note, files[0], with_tags=False)


def update_note(col: Collection, files: Files, *, note: dict[str, Any]) -> None:
    if note.get("fields") is None and note.get("tags") is None:
        raise ActionError('Must provide a "fields" or "tags" property.')
    note_changes.update(col, note, files[0], with_tags=True)


def update_note_model(col: Collection, *, note: dict[str, Any]) -> None:
    note_changes.change_note_type(col, note)


def update_note_tags(col: Collection, *, note: int | str, tags: Any) -> None:
    found = note_with_id(col, note)
    found.tags = note_changes.tags_of_any(tags)
    col.update_note(found)


def get_note_tags(col: Collection, *, note: int | str) -> list[str]:
    return note_with_id(col, note).tags


def add_tags(
    col: Collection, *, notes: list[int | str], tags: str, add: bool = True
) -> None:
    """With ``add: false`` this is removeTags."""
    change = col.tags.bulk_add if add else col.tags.bulk_remove
    found = select(col, "select id from notes where id in {ids}", distinct(notes))
    ids: list[Any] = [note_id for (note_id,) in found]
    # Anki would remember a tag that it is to add to no note.
    if ids and tags.split():
        change(ids, note_changes.stored_tags(tags))


def remove_tags(col: Collection, *, notes: list[int | str], tags: str) -> None:
    add_tags(col, notes=notes, tags=tags, add=False)


def get_tags(col: Collection) -> list[str]:
    return col.tags.all()


def clear_unused_tags(col: Collection) -> None:
    col.tags.clear_unused_tags()


def replace_tags(
    col: Collection,
    *,
    notes: list[int | str],
    tag_to_replace: str,
    replace_with_tag: str,
) -> None:
    note_changes.replace_tag(col, distinct(notes), tag_to_replace, replace_with_tag)


def replace_tags_in_all_notes(
    col: Collection, *, tag_to_replace: str, replace_with_tag: str
) -> None:
    query = col.build_search_string(SearchNode(tag=tag_to_replace))
    ids = col.find_notes(query) if tag_to_replace else []
    note_changes.replace_tag(col, ids, tag_to_replace, replace_with_tag)


def find_notes(col: Collection, *, query: str | None = None) -> Sequence[int]:
    return [] if query is None else list(col.find_notes(query))


def notes_info(
    col: Collection, *, notes: list[int | str] | None = None, query: str | None = None
) -> list[dict[str, Any]]:
    """The query wins where both are given."""
    if query is not None:
        return note_info.infos(col, col.find_notes(query))
    if notes is not None:
        return note_info.infos(col, numbers(notes))
    raise ActionError('Must provide either "notes" or a "query"')


def notes_mod_time(col: Collection, *, notes: list[int | str]) -> list[dict[str, int]]:
    ids = numbers(notes)
    times = dict(select(col, "select id, mod from notes where id in {ids}", ids))
    return [
        {"noteId": note_id, "mod": times[note_id]} if note_id in times else {}
        for note_id in ids
    ]


def delete_notes(col: Collection, *, notes: list[int | str]) -> None:
    col.remove_notes(numbers(notes))


def remove_empty_notes(col: Collection) -> None:
    """Removes notes all of whose cards are empty."""
    report = col.get_empty_cards()
    empty: Any = [note.note_id for note in report.notes if note.will_delete_note]
    if empty:
        col.remove_notes(empty)
