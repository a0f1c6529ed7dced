"""Notes that a client wants to add: read and checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Union

from anki.config import Config
from anki.consts import MODEL_CLOZE

from ankiconnect.errors import ActionError
from ankiconnect.kit import note_media
from ankiconnect.kit.lookup import deck_id_named, note_type_named
from ankiconnect.kit.note_parts import (
    bare,
    expect,
    field_positions,
    set_fields,
    stored_text,
    tags_of,
)
from ankiconnect.kit.templates import cloze_fields

if TYPE_CHECKING:
    from anki.collection import Collection
    from anki.decks import DeckId
    from anki.notes import Note

    from ankiconnect.kit.media import Stored
    from ankiconnect.kit.note_media import NoteFile

EMPTY = "cannot create note because it is empty"
DUPLICATE = "cannot create note because it is a duplicate"


@dataclass(frozen=True)
class Scope:
    """Among which notes a first field has to be the only one of its kind."""

    #: None: in the whole collection.
    deck_ids: frozenset[int] | None
    all_note_types: bool


#: Where a note that says nothing else has to be the only one.
ANYWHERE = Scope(None, False)


class Candidate:
    """A note that can be added, as far as it alone tells.

    Anki makes a note of it only when it is added: that takes longer than all
    the questions about it.
    """

    __slots__ = (
        "_sent",
        "deck_id",
        "fields",
        "files",
        "first",
        "kind",
        "scope",
        "tags",
    )

    def __init__(
        self,
        kind: Kind,
        deck_id: DeckId,
        fields: list[str],
        tags: list[str],
        scope: Scope | None,
        files: Sequence[NoteFile],
    ) -> None:
        self.kind = kind
        self.deck_id = deck_id
        self.fields = fields
        self.tags = tags
        #: None: duplicates are welcome.
        self.scope = scope
        self.files = files
        self._sent = fields
        if files:
            # With the files' tags, by the names that were sent.
            self.fields = list(fields)
            note_media.expect(self.fields, files, kind.positions)
        #: The first field as Anki compares it.
        self.first = bare(self.fields[0])

    def store_files(self, col: Collection) -> tuple[list[Stored], bool]:
        """Store the files; what was stored, and whether the fields are others
        than they were expected to be."""
        expected = self.fields
        self.fields = list(self._sent)
        stored = note_media.store(col, self.fields, self.files, self.kind.positions)
        self.first = bare(self.fields[0])
        return stored, self.fields != expected

    def refuse_empty(self, col: Collection) -> None:
        """Raise if Anki would make no card of it."""
        first, kind = self.first, self.kind
        if not first or first.isspace():
            raise ActionError(f"{EMPTY}: its first field, {kind.first}, has no text")
        if kind.is_cloze and not self._has_cloze(col):
            raise ActionError(f"{EMPTY}: it has no cloze, such as {{{{c1::text}}}}")

    def _has_cloze(self, col: Collection) -> bool:
        """Whether one of the fields that are shown as cloze has one."""
        note = col.new_note(self.kind.note_type)
        shown = cloze_fields(self.kind.note_type)
        for position, name in enumerate(note.keys()):
            note.fields[position] = self.fields[position] if name in shown else ""
        return bool(note.cloze_numbers_in_fields())

    def make_note(self, col: Collection) -> Note:
        """The note that Anki adds."""
        note = col.new_note(self.kind.note_type)
        note.fields, note.tags = list(self.fields), list(self.tags)
        return note


Checked = Union[Candidate, ActionError]


class Kind:
    """A note type, as far as candidates need it."""

    __slots__ = ("first", "id", "is_cloze", "name", "note_type", "positions", "size")

    def __init__(self, note_type: dict[str, Any]) -> None:
        self.note_type = note_type
        self.id, self.name = note_type["id"], note_type["name"]
        self.is_cloze = note_type["type"] == MODEL_CLOZE
        self.first = note_type["flds"][0]["name"]
        self.positions = field_positions(note_type)
        self.size = len(note_type["flds"])


class Reader:
    """Reads candidates from the wire; looks a type and a deck up once together."""

    def __init__(self, col: Collection) -> None:
        self.col = col
        self._normalizes = col.get_config_bool(Config.Bool.NORMALIZE_NOTE_TEXT)
        self._known: dict[tuple[str, str], tuple[Kind, DeckId]] = {}

    def read(self, raw: Any, files: Sequence[NoteFile]) -> Candidate:
        """Make a candidate of one note's object, or say what is wrong with it."""
        try:
            # A thousand at a time ask for the same few.
            kind, deck_id = self._known[raw["modelName"], raw["deckName"]]
        except (KeyError, TypeError):
            kind, deck_id = self._look_up(raw)
        note_media.check(raw)
        fields = [""] * kind.size
        set_fields(fields, kind.positions, raw.get("fields"), kind.name)
        text = "".join(fields)
        if not (text.isascii() and text.isprintable()):
            fields = [stored_text(text, normalize=self._normalizes) for text in fields]
        tags, options = raw.get("tags"), raw.get("options")
        candidate = Candidate(
            kind,
            deck_id,
            fields,
            tags_of(tags) if tags is not None else [],
            self._scope(options, deck_id) if options is not None else ANYWHERE,
            files,
        )
        candidate.refuse_empty(self.col)
        return candidate

    def _look_up(self, raw: Any) -> tuple[Kind, DeckId]:
        """The note type and the deck that are asked for."""
        expect(raw, dict, "note", "an object")
        model = expect(raw.get("modelName"), str, "modelName", "a string")
        kind = Kind(note_type_named(self.col, model))
        deck = expect(raw.get("deckName"), str, "deckName", "a string")
        deck_id = deck_id_named(self.col, deck)
        if self.col.decks.is_filtered(deck_id):
            raise ActionError(f"notes cannot be added to a filtered deck: {deck}")
        return self._known.setdefault((model, deck), (kind, deck_id))

    def _scope(self, raw: Any, deck_id: DeckId) -> Scope | None:
        options = expect(raw, dict, "options", "an object")
        allow = options.get("allowDuplicate")
        if allow is not None and not isinstance(allow, bool):
            raise ActionError('option parameter "allowDuplicate" must be boolean')
        if allow:
            return None
        name = "duplicateScopeOptions"
        more = options.get(name)
        more = expect({} if more is None else more, dict, name, "an object")
        flags = [more.get("checkChildren"), more.get("checkAllModels")]
        for flag in flags:
            if flag is not None:
                expect(flag, bool, f"the options of {name}", "booleans")
        with_children, all_note_types = map(bool, flags)
        deck_ids = None
        if options.get("duplicateScope") == "deck":
            deck_ids = self._scope_decks(more.get("deckName"), deck_id, with_children)
        return Scope(deck_ids, all_note_types)

    def _scope_decks(
        self, name: Any, deck_id: DeckId | None, with_children: bool
    ) -> frozenset[int]:
        if name is not None:
            deck_id = self.col.decks.id_for_name(
                expect(name, str, "duplicateScopeOptions.deckName", "a string")
            )
        if deck_id is None:  # nothing is in a deck that does not exist
            return frozenset()
        if with_children:
            return frozenset(self.col.decks.deck_and_child_ids(deck_id))
        return frozenset((deck_id,))
