"""Changing notes that are there: fields, files, tags, note type."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ankiconnect.errors import ActionError
from ankiconnect.kit import media, note_media
from ankiconnect.kit.lookup import find_note_type, note_with_id
from ankiconnect.kit.note_parts import field_positions, set_fields, tags_of

if TYPE_CHECKING:
    from anki.collection import Collection
    from anki.notes import Note, NoteId

    from ankiconnect.kit.note_media import NoteFile


def update(
    col: Collection, raw: dict[str, Any], files: Sequence[NoteFile], *, with_tags: bool
) -> None:
    """Update a note by its object on the wire; what that lacks stays."""
    note = note_with_id(col, raw["id"])
    positions = _positions(note)
    set_fields(note.fields, positions, raw.get("fields") or {})
    if with_tags and raw.get("tags") is not None:
        note.tags = tags_of_any(raw["tags"])
    stored = note_media.store(col, note.fields, files, positions)
    try:
        col.update_note(note)
    except Exception:
        media.take_back(col, stored)
        raise


def change_note_type(col: Collection, raw: dict[str, Any]) -> None:
    """Change a note's type as Anki's own window does: its cards keep what they
    learned. Fields of the same name keep their text unless a new one is given."""
    note = note_with_id(col, raw["id"])
    new_type = find_note_type(col, raw["modelName"])
    if new_type is None:
        raise ActionError(f"Model '{raw['modelName']}' not found")
    tags = note.tags if raw.get("tags") is None else tags_of_any(raw["tags"])
    if new_type["id"] != note.mid:
        old = _positions(note)
        request = col.models.change_notetype_info(
            old_notetype_id=note.mid, new_notetype_id=new_type["id"]
        ).input
        request.note_ids.append(note.id)
        # Anki would fill the rest with whatever stands at the same place.
        request.new_fields[:] = [
            old.get(name, -1) for name in field_positions(new_type)
        ]
        col.models.change_notetype_of_notes(request)
        note.load()
    set_fields(note.fields, _positions(note), raw.get("fields") or {})
    note.tags = tags
    col.update_note(note)


def replace_tag(col: Collection, ids: Sequence[NoteId], old: str, new: str) -> None:
    """Replace one tag by another, or by none; not those that begin like it."""
    # Without notes Anki would go through all there are.
    if ids and old:
        col.tags.find_and_replace(
            ids,
            search=f"^{re.escape(stored_tags(old))}$",
            replacement=stored_tags(new.strip()).replace("$", "$$"),
            regex=True,
            match_case=False,
        )


def stored_tags(tags: str) -> str:
    """Tags as Anki stores them; it makes that of them only where it adds some."""
    return unicodedata.normalize("NFC", tags)


def tags_of_any(raw: Any) -> list[str]:
    """A list of tags, or a text of them with spaces between."""
    return tags_of([raw] if isinstance(raw, str) or raw is None else raw)


def _positions(note: Note) -> dict[str, int]:
    note_type = note.note_type()
    assert note_type is not None
    return field_positions(note_type)
