"""Notes that a client wants to add: read, checked, looked up as duplicates."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Union

from anki.config import Config
from anki.consts import MODEL_CLOZE
from anki.utils import checksum, ids2str, split_fields, strip_html_media

from ankiconnect.errors import ActionError
from ankiconnect.kit import note_media
from ankiconnect.kit.lookup import deck_id_named, note_type_named, rows

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

    __slots__ = ("_bare", "deck_id", "fields", "files", "kind", "scope", "tags")

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
        self._bare = fields
        if files:
            # With the files' tags, by the names that were sent.
            self.fields = list(fields)
            note_media.expect(self.fields, files, kind.positions)

    def first_field(self) -> str:
        """The first field as Anki compares it."""
        return _strip(self.fields[0])

    def store_files(self, col: Collection) -> tuple[list[Stored], bool]:
        """Store the files; what was stored, and whether the first field is
        another than it was expected to be."""
        expected = self.fields[0]
        self.fields = list(self._bare)
        stored = note_media.store(col, self.fields, self.files, self.kind.positions)
        return stored, self.fields[0] != expected

    def make_note(self, col: Collection) -> Note:
        """The note that Anki adds."""
        note = col.new_note(self.kind.note_type)
        note.fields, note.tags = list(self.fields), list(self.tags)
        return note


Checked = Union[Candidate, ActionError]


class Kind:
    """A note type, as far as candidates need it."""

    __slots__ = ("id", "note_type", "positions", "size")

    def __init__(self, note_type: dict[str, Any]) -> None:
        self.note_type = note_type
        self.id = note_type["id"]
        self.positions = field_positions(note_type)
        self.size = len(note_type["flds"])


class Reader:
    """Reads candidates from the wire; looks each name up once."""

    def __init__(self, col: Collection) -> None:
        self.col = col
        self._normalizes = col.get_config_bool(Config.Bool.NORMALIZE_NOTE_TEXT)
        self._kinds: dict[str, Kind] = {}
        self._decks: dict[str, DeckId] = {}

    def read(self, raw: Any, files: Sequence[NoteFile]) -> Candidate:
        """Make a candidate of one note's object, or say what is wrong with it."""
        raw = _expect(raw, dict, "note", "an object")
        name, deck = raw.get("modelName"), raw.get("deckName")
        # A thousand at a time ask for the same few.
        kind = self._kinds.get(name) if type(name) is str else None
        if kind is None:
            kind = self._kind(_expect(name, str, "modelName", "a string"))
        deck_id = self._decks.get(deck) if type(deck) is str else None
        if deck_id is None:
            deck_id = self._deck(_expect(deck, str, "deckName", "a string"))
        note_media.check(raw)
        fields = [""] * kind.size
        set_fields(fields, kind.positions, raw.get("fields"), name)
        if self._normalizes and not all(map(str.isascii, fields)):
            # As Anki does when it stores them, and by that they are compared.
            fields = [unicodedata.normalize("NFC", text) for text in fields]
        tags, options = raw.get("tags"), raw.get("options")
        candidate = Candidate(
            kind,
            deck_id,
            fields,
            tags_of(tags) if tags is not None else [],
            self._scope(options, deck_id) if options is not None else ANYWHERE,
            files,
        )
        self._refuse_empty(candidate)
        return candidate

    def _refuse_empty(self, candidate: Candidate) -> None:
        note_type = candidate.kind.note_type
        if not candidate.first_field().strip():
            first = note_type["flds"][0]["name"]
            raise ActionError(f"{EMPTY}: its first field, {first}, has no text")
        if note_type["type"] == MODEL_CLOZE:
            if not candidate.make_note(self.col).cloze_numbers_in_fields():
                raise ActionError(f"{EMPTY}: it has no cloze, such as {{{{c1::text}}}}")

    def _kind(self, name: str) -> Kind:
        return self._kinds.setdefault(name, Kind(note_type_named(self.col, name)))

    def _deck(self, name: str) -> DeckId:
        if name not in self._decks:
            deck_id = deck_id_named(self.col, name)
            if self.col.decks.is_filtered(deck_id):
                raise ActionError(f"notes cannot be added to a filtered deck: {name}")
            self._decks[name] = deck_id
        return self._decks[name]

    def _scope(self, raw: Any, deck_id: DeckId) -> Scope | None:
        options = _expect(raw, dict, "options", "an object")
        allow = options.get("allowDuplicate")
        if allow is not None and not isinstance(allow, bool):
            raise ActionError('option parameter "allowDuplicate" must be boolean')
        if allow:
            return None
        more = options.get("duplicateScopeOptions") or {}
        more = _expect(more, dict, "duplicateScopeOptions", "an object")
        deck_ids = None
        if options.get("duplicateScope") == "deck":
            deck_ids = self._scope_decks(
                more.get("deckName"), deck_id, more.get("checkChildren") is True
            )
        return Scope(deck_ids, more.get("checkAllModels") is True)

    def _scope_decks(
        self, name: Any, deck_id: DeckId | None, with_children: bool
    ) -> frozenset[int]:
        if name is not None:
            deck_id = self.col.decks.id_for_name(
                _expect(name, str, "duplicateScopeOptions.deckName", "a string")
            )
        if deck_id is None:  # nothing is in a deck that does not exist
            return frozenset()
        if with_children:
            return frozenset(self.col.decks.deck_and_child_ids(deck_id))
        return frozenset((deck_id,))


def find_duplicates(
    col: Collection, candidates: Sequence[Candidate], *, among_each_other: bool
) -> list[bool]:
    """Which candidates' first fields are taken, in one query for all.

    ``among_each_other``: a candidate that comes earlier, and is none itself,
    counts as a note.
    """
    texts = [candidate.first_field() for candidate in candidates]
    checksums = {
        text: _checksum(text)
        for text, candidate in zip(texts, candidates)
        if candidate.scope
    }
    present = _notes_with(col, checksums.values())
    decks = _decks_of(
        col,
        (
            note_id
            for text, candidate in zip(texts, candidates)
            if candidate.scope and candidate.scope.deck_ids is not None
            for note_id, _ in present.get(text, ())
        ),
    )
    added: dict[str, list[tuple[int, int]]] = {}
    answers = []
    for text, candidate in zip(texts, candidates):
        taken = candidate.scope is not None and (
            (text in present and _taken(candidate, present[text], decks))
            or (text in added and _taken_by_earlier(candidate, added[text]))
        )
        if among_each_other and not taken:
            added.setdefault(text, []).append((candidate.deck_id, candidate.kind.id))
        answers.append(taken)
    return answers


def _taken(
    candidate: Candidate, notes: list[tuple[int, int]], decks: dict[int, set[int]]
) -> bool:
    """Whether one of these notes, with their types, counts as the same."""
    scope, kind_id = candidate.scope, candidate.kind.id
    return scope is not None and any(
        (scope.all_note_types or type_id == kind_id)
        and (scope.deck_ids is None or not scope.deck_ids.isdisjoint(decks[note_id]))
        for note_id, type_id in notes
    )


def _taken_by_earlier(candidate: Candidate, earlier: list[tuple[int, int]]) -> bool:
    """The same for candidates, which have a deck each instead of cards."""
    scope, kind_id = candidate.scope, candidate.kind.id
    return scope is not None and any(
        (scope.all_note_types or type_id == kind_id)
        and (scope.deck_ids is None or deck_id in scope.deck_ids)
        for deck_id, type_id in earlier
    )


def field_positions(note_type: dict[str, Any]) -> dict[str, int]:
    """Where each field stands, by its name in lower case."""
    return {field["name"].lower(): field["ord"] for field in note_type["flds"]}


def set_fields(
    fields: list[str], positions: dict[str, int], raw: Any, type_name: str | None = None
) -> None:
    """Fill in a note's fields by their names in any case.

    Without the note type's name, fields that it does not have are ignored.
    """
    for name, value in _expect(raw, dict, "fields", "an object").items():
        position = positions.get(name.lower())
        if position is None:
            if type_name is None:
                continue
            raise ActionError(f"field was not found in {type_name}: {name}")
        if type(value) is str:
            fields[position] = value
        elif value is not None:
            _expect(value, str, f"fields.{name}", "a string")


def tags_of(raw: Any) -> list[str]:
    """A list of tags as it came, without empty ones."""
    if raw is None:
        return []
    try:
        # A tag with a space in it would be two.
        joined = " ".join(raw) if isinstance(raw, list) else None
    except TypeError:
        joined = None
    if joined is None:
        raise ActionError("Must provide tags as a list of strings")
    return [tag for tag in joined.replace("\u3000", " ").split(" ") if tag]


def _notes_with(
    col: Collection, checksums: Iterable[int]
) -> dict[str, list[tuple[int, int]]]:
    """The notes whose first field has such a checksum: text → (id, note type)."""
    found: dict[str, list[tuple[int, int]]] = {}
    wanted = ids2str(set(checksums))
    if wanted == "()":
        return found
    for note_id, type_id, fields in rows(
        col, f"select id, mid, flds from notes where csum in {wanted}"
    ):
        text = _strip(split_fields(fields)[0])
        found.setdefault(text, []).append((note_id, type_id))
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


def _strip(text: str) -> str:
    # Anki's own costs ten times as much where there is nothing to strip.
    return strip_html_media(text) if "<" in text or "&" in text else text


def _checksum(stripped: str) -> int:
    return int(checksum(stripped)[:8], 16)


def _expect(value: Any, kind: type, name: str, wanted: str) -> Any:
    if not isinstance(value, kind):
        raise ActionError(f"'{name}' must be {wanted}")
    return value
