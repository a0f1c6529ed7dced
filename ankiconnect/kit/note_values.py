"""What a client wants a note in the Add window to have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ankiconnect.errors import ActionError
from ankiconnect.kit import note_media
from ankiconnect.kit.lookup import deck_id_named, note_type_named
from ankiconnect.kit.note_parts import (
    field_positions,
    find_position,
    set_fields,
    tags_of,
)

if TYPE_CHECKING:
    from anki.collection import Collection
    from anki.decks import DeckId
    from anki.models import NotetypeDict
    from anki.notes import Note

    from ankiconnect.kit.note_media import NoteFile


class NoteValues:
    """A note's object from the wire, all of it checked and nothing done yet.

    ``shown``: the note type that it is for where it names none.
    """

    def __init__(
        self,
        col: Collection,
        raw: dict[str, Any],
        files: Sequence[NoteFile],
        shown: NotetypeDict | None = None,
    ) -> None:
        self.deck_id: DeckId | None = None
        if shown is None or raw.get("deckName") is not None:
            self.deck_id = deck_id_named(col, raw["deckName"])
            if col.decks.is_filtered(self.deck_id):
                raise ActionError(
                    f"notes cannot be added to a filtered deck: {raw['deckName']}"
                )
        self.type_id: Any = None
        note_type = shown
        if note_type is None or raw.get("modelName") is not None:
            note_type = note_type_named(col, raw["modelName"])
            self.type_id = note_type["id"]
        note_media.check(raw)
        self._positions = field_positions(note_type)
        self._fields = raw.get("fields") or {}
        self._tags = None if raw.get("tags") is None else tags_of(raw["tags"])
        self._files = files
        # Fields that the note type lacks are ignored: the documentation's own
        # sample names one.
        self._draft = col.new_note(note_type)

    def make(self) -> tuple[Note, DeckId]:
        """A new note, and the deck for it."""
        assert self.deck_id is not None
        self.put_in(self._draft, append=False)
        return self._draft, self.deck_id

    def put_in(self, note: Note, *, append: bool) -> None:
        """Set a note's values, or append to those that it has; store the files."""
        before = list(note.fields)
        set_fields(note.fields, self._positions, self._fields)
        if append:
            for name, value in self._fields.items():
                position = find_position(self._positions, name)
                if value is not None and position is not None:
                    note.fields[position] = before[position] + value
        if self._tags is not None:
            kept = note.tags if append else []
            note.tags = list(dict.fromkeys([*kept, *self._tags]))
        note_media.store(note.col, note.fields, self._files, self._positions)
