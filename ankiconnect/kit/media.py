"""Media files: into the media folder, out of it, and never beside it."""

from __future__ import annotations

import base64
import binascii
import fnmatch
import hashlib
import io
import os
import re
import stat
from collections.abc import Collection as AnyCollection
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

from ankiconnect.errors import ActionError
from ankiconnect.kit import downloads, files, media_names
from ankiconnect.kit.files import NamedFile

if TYPE_CHECKING:
    from anki.collection import Collection

    from ankiconnect.context import Context

#: Base64 is decoded in pieces: one call for 64 MiB holds the interpreter 150 ms.
_PIECE = 1024 * 1024


#: A file's bytes, or the file of this machine that has them.
Content = Union[bytes, NamedFile]


def fetch(
    context: Context,
    *,
    data: str | None = None,
    path: str | None = None,
    url: str | None = None,
) -> Content:
    """The content that a request names, as far as that needs no collection.

    An empty text counts as none, so that the next of the three is looked at.
    """
    if data:
        return decode_base64(data)
    if path:
        return files.named(context, path)
    if url:
        return downloads.download(url, context.host.settings)
    raise ActionError('You must provide a "data", "path", or "url" field.')


def read(col: Collection, content: Content, skip_hash: str | None) -> bytes | None:
    """The bytes of a content; None if they are the ones to skip."""
    if isinstance(content, NamedFile):
        with content.reading(col) as file:
            content = file.read_bytes()
    if skip_hash is not None:
        digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
        if digest == skip_hash.lower():
            return None
    return content


@dataclass(frozen=True)
class Stored:
    """A file in the media folder, and what was there before."""

    name: str
    is_new: bool
    #: The content that it took the place of.
    replaced: bytes | None = None


def store(
    col: Collection, filename: str, content: bytes, *, delete_existing: bool
) -> Stored:
    """Write a file to the media folder, under the name that Anki makes of it."""
    check_name(filename)
    folder = Path(col.media.dir())
    names = media_names.stored(filename)
    digest = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    beside = {media_names.beside(name, digest): name for name in names}
    absent = {name for name in (*names, *beside) if not os.path.lexists(folder / name)}
    for name in {*names, *beside} - absent:
        if not (folder / name).is_file():
            # Anki would follow a link to nowhere, or read a device for ever.
            raise ActionError(f"{filename!r} is taken by what is no file")
    # Only Anki knows which of the names it takes, so it is not asked to make
    # room before it has said so.
    name = col.media.write_data(filename, content)
    taken = folder / beside.get(name, "")
    # From before Anki made lower case of names; notes show it by that one.
    spelled = folder / names[0]
    if names[0] not in absent and not spelled.samefile(folder / name):
        taken = spelled
    if not (delete_existing and _is_plain_file(taken)):
        return Stored(name, name in absent)
    replaced = taken.read_bytes()
    # Where Anki puts what it deletes; but its own way leaves a moment in which
    # there is no file of that name.
    trash = folder.with_name("media.trash")
    trash.mkdir(exist_ok=True)
    (trash / taken.name).write_bytes(replaced)
    source = folder / name
    if name not in absent:  # that one is somebody else's
        source = trash / name
        source.write_bytes(content)
    source.replace(taken)
    return Stored(taken.name, False, replaced)


def take_back(
    col: Collection, files: Sequence[Stored], *, keep: AnyCollection[str] = ()
) -> None:
    """Undo what ``store`` did, but for the names that others use by now."""
    for file in reversed(files):
        if file.name in keep or not (file.is_new or file.replaced is not None):
            continue
        col.media.trash_files([file.name])
        if file.replaced is not None:
            # Anki's own way might give it another name by now.
            Path(col.media.dir(), file.name).write_bytes(file.replaced)


def check_name(filename: Any) -> None:
    """Refuse what cannot be a file's name."""
    if not isinstance(filename, str):
        raise ActionError("'filename' must be a string")
    if not media_names.legal(filename).strip(". "):
        raise ActionError(f"{filename!r} is no name for a file")


def find(col: Collection, filename: str) -> Path | None:
    """The media file of that name, or of the name that Anki made of it."""
    folder = Path(col.media.dir())
    for name in media_names.sought(filename):
        if _is_plain_file(folder / name):
            return folder / name
    return None


def names(col: Collection, pattern: str) -> list[str]:
    """The names of the media files that a shell would match."""
    # Anki may have made lower case of a name.
    match, match_lower = (
        re.compile(fnmatch.translate(text)).match for text in (pattern, pattern.lower())
    )
    with os.scandir(col.media.dir()) as entries:
        return sorted(
            entry.name
            for entry in entries
            if (match(entry.name) or match_lower(entry.name))
            and (not entry.name.startswith(".") or pattern.startswith("."))
            and entry.is_file(follow_symlinks=False)
            and _is_text(entry.name)
        )


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:  # bytes that are no UTF-8; Anki ignores it as well
        return False
    return True


def _is_plain_file(path: Path) -> bool:
    try:
        # A link may point anywhere, and Anki makes none.
        return stat.S_ISREG(path.lstat().st_mode)
    except (OSError, ValueError):  # a name that is too long among them
        return False


def decode_base64(text: str) -> bytes:
    """Decode base64, with or without its padding."""
    # A list of pieces would be as much memory once more, and a buffer that grows
    # leaves holes of its former sizes.
    content = io.BytesIO()
    content.seek(len(text) // 4 * 3 + 3)
    content.write(b"\0")
    content.seek(0)
    try:
        for piece in _base64_pieces(text):
            content.write(base64.b64decode(piece, validate=True))
    except (binascii.Error, ValueError) as error:
        raise ActionError(f"data is no base64: {error}") from None
    content.truncate()
    return content.getvalue()


def _base64_pieces(text: str) -> Iterator[str]:
    """Pieces that can be decoded each by itself, without white space."""
    rest = ""
    for start in range(0, len(text), _PIECE):
        piece = rest + "".join(text[start : start + _PIECE].split())
        end = len(piece) - len(piece) % 4
        rest = piece[end:]
        yield piece[:end]
    yield rest + "=" * (-len(rest) % 4)


def encode_base64(content: bytes) -> str:
    """Encode base64."""
    piece = _PIECE // 4 * 3
    return "".join(
        base64.b64encode(content[start : start + piece]).decode("ascii")
        for start in range(0, len(content), piece)
    )
