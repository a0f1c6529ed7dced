"""Sounds, videos and pictures that come with a note."""

from __future__ import annotations

import html
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from anki.errors import AnkiException

from ankiconnect.errors import ActionError
from ankiconnect.kit import media
from ankiconnect.kit.note_parts import find_position

if TYPE_CHECKING:
    from anki.collection import Collection

    from ankiconnect.context import Context
    from ankiconnect.kit.media import Content, Stored

_SOUND, _IMAGE = "[sound:{}]", '<img src="{}">'
#: A note's member → what plays or shows it in a field.
MEMBERS = {"audio": _SOUND, "video": _SOUND, "picture": _IMAGE}
_NAMES = frozenset(MEMBERS)

_DOWNLOADS_AT_ONCE = 6


@dataclass(frozen=True)
class NoteFile:
    """One file of a note, fetched; or why it could not be."""

    tag: str
    filename: str
    fields: tuple[str, ...]
    delete_existing: bool
    skip_hash: str | None
    #: None: it could not be fetched.
    content: Content | None
    error: str | None


def fetch_all(context: Context, notes: Iterable[Any]) -> list[list[NoteFile]]:
    """Fetch the files of several notes, some at a time."""
    items = [list(_items(note)) for note in notes]
    flat = [item for of_note in items for item in of_note]
    if not flat:
        return [[] for _ in items]
    if len(flat) > 1:
        with ThreadPoolExecutor(_DOWNLOADS_AT_ONCE) as pool:
            fetched = iter(list(pool.map(lambda item: _fetch(context, *item), flat)))
    else:
        fetched = iter([_fetch(context, *item) for item in flat])
    return [[next(fetched) for _ in of_note] for of_note in items]


def check(note: dict[str, Any]) -> None:
    """Refuse a note whose files are no objects."""
    if _NAMES.isdisjoint(note):
        return
    for member in MEMBERS:
        given = note.get(member)
        items = given if isinstance(given, list) else [given] if given else []
        if not all(isinstance(item, dict) for item in items):
            raise ActionError(f"'{member}' must be an object or a list of objects")


def named(note: Any) -> list[NoteFile]:
    """The files of a note by their names alone, for a question about it."""
    if isinstance(note, dict) and _NAMES.isdisjoint(note):
        return []
    return [_read(tag, item, None) for tag, item in _items(note)]


def expect(
    fields: list[str], files: Iterable[NoteFile], positions: dict[str, int]
) -> None:
    """Put the tags of files in the fields as if Anki took the names as sent."""
    for file in files:
        _append(fields, file, positions, file.filename)


def store(
    col: Collection,
    fields: list[str],
    files: Iterable[NoteFile],
    positions: dict[str, int],
) -> list[Stored]:
    """Store files and put their tags in the fields."""
    stored = []
    for file in files:
        name: str | None = None
        try:
            written = _store(col, file)
        except (ActionError, AnkiException, OSError) as error:
            file = replace(file, error=str(error))
        else:
            if written is not None:
                name = written.name
                stored.append(written)
        _append(fields, file, positions, name)
    return stored


def _store(col: Collection, file: NoteFile) -> Stored | None:
    """Store one file, unless there is none, or it is one to skip."""
    if file.content is None:
        return None
    content = media.read(col, file.content, file.skip_hash)
    if content is None:
        return None
    return media.store(
        col, file.filename, content, delete_existing=file.delete_existing
    )


def _append(
    fields: list[str], file: NoteFile, positions: dict[str, int], name: str | None
) -> None:
    if file.error is not None:
        _append_text(fields, file, positions, html.escape(file.error))
    elif name is not None:
        shown = html.escape(name) if file.tag == _IMAGE else name
        _append_text(fields, file, positions, file.tag.format(shown))


def _append_text(
    fields: list[str], file: NoteFile, positions: dict[str, int], text: str
) -> None:
    for field in file.fields:
        position = find_position(positions, field)
        if position is not None:
            fields[position] += text


def _items(note: Any) -> Iterable[tuple[str, dict[str, Any]]]:
    if not isinstance(note, dict) or _NAMES.isdisjoint(note):
        return  # whoever reads the note says what it is
    for member, tag in MEMBERS.items():
        given = note.get(member)
        for item in given if isinstance(given, list) else [given]:
            if isinstance(item, dict):
                yield tag, item


def _fetch(context: Context, tag: str, item: dict[str, Any]) -> NoteFile:
    return _read(tag, item, context)


def _read(tag: str, item: dict[str, Any], context: Context | None) -> NoteFile:
    """Read one file's object, and with a context fetch what it names.

    Whatever is wrong with a file is said in the note's fields, and the note is
    added all the same.
    """
    given = item.get("fields")
    fields = tuple(
        field
        for field in (given if isinstance(given, list) else [given])
        if isinstance(field, str)
    )
    filename = item.get("filename")
    skip_hash: str | None = None
    content: Content | None = b""
    error = None
    try:
        media.check_name(filename)
        if context is not None:
            skip_hash = _text(item, "skipHash")
            content = media.fetch(
                context,
                data=_text(item, "data"),
                path=_text(item, "path"),
                url=_text(item, "url"),
            )
    except ActionError as caught:
        error = str(caught)
    return NoteFile(
        tag,
        str(filename),
        fields,
        item.get("deleteExisting") is True,
        skip_hash,
        None if error else content,
        error,
    )


def _text(item: dict[str, Any], name: str) -> str | None:
    value = item.get(name)
    if value is None or isinstance(value, str):
        return value
    raise ActionError(f"'{name}' must be a string")
