"""Media files: from a request into the media folder, and never beside it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

from ankiconnect.errors import ActionError

if TYPE_CHECKING:
    from anki.collection import Collection

    from ankiconnect.context import Context

#: Base64 is decoded in pieces: one call for 64 MiB holds the interpreter 150 ms.
_PIECE = 4 * 1024 * 1024
_DOWNLOAD_PIECE = 256 * 1024

_ILLEGAL = re.compile(r'[\[\]<>:"/?*^\\|\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com[1-9]|lpt[1-9])(?=\.|$)")


def fetch(
    context: Context,
    *,
    data: str | None = None,
    path: str | None = None,
    url: str | None = None,
    skip_hash: str | None = None,
) -> bytes | None:
    """The bytes that a request names; None if they are the ones to skip."""
    if data is not None:
        content = decode_base64(data)
    elif path is not None:
        if not context.caller.may_name_files:
            raise ActionError("paths are switched off; allowFilePaths can allow them")
        content = _read_file(context, path)
    elif url is not None:
        content = _download(context, url)
    else:
        raise ActionError('You must provide a "data", "path", or "url" field.')
    if skip_hash is not None:
        digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
        if digest == skip_hash.lower():
            return None
    return content


@dataclass(frozen=True)
class Stored:
    """A file in the media folder."""

    name: str
    #: Whether it was not there before.
    is_new: bool


def store(
    col: Collection, filename: str, content: bytes, *, delete_existing: bool
) -> Stored:
    """Write a file to the media folder, under the name that Anki makes of it."""
    check_name(filename)
    folder = Path(col.media.dir())
    present = {name for name in _names(filename, content) if (folder / name).exists()}
    if delete_existing:
        existing = find(col, filename)
        if existing is not None and existing.read_bytes() != content:
            col.media.trash_files([existing.name])
            present.discard(existing.name)
    name = col.media.write_data(filename, content)
    return Stored(name, name not in present)


def check_name(filename: Any) -> None:
    """Refuse what cannot be a file's name."""
    if not isinstance(filename, str):
        raise ActionError("'filename' must be a string")
    if not _ILLEGAL.sub("", filename).strip(". "):
        raise ActionError(f"{filename!r} is no name for a file")


def find(col: Collection, filename: str) -> Path | None:
    """The media file of that name, or of the name that Anki made of it."""
    folder = Path(col.media.dir())
    for name in _names(filename):
        path = folder / name
        # A link may point anywhere, and Anki makes none.
        if path.is_file() and not path.is_symlink():
            return path
    return None


def decode_base64(text: str) -> bytes:
    """Decode base64, with or without its padding."""
    text = "".join(text.split())
    text += "=" * (-len(text) % 4)
    try:
        return b"".join(
            base64.b64decode(text[start : start + _PIECE], validate=True)
            for start in range(0, len(text), _PIECE)
        )
    except (binascii.Error, ValueError) as error:
        raise ActionError(f"data is no base64: {error}") from None


def encode_base64(content: bytes) -> str:
    """Encode base64."""
    piece = _PIECE // 4 * 3
    return "".join(
        base64.b64encode(content[start : start + piece]).decode("ascii")
        for start in range(0, len(content), piece)
    )


def _names(filename: str, content: bytes | None = None) -> Iterator[str]:
    """The names under which Anki may have stored what was sent as that."""
    if not _ILLEGAL.search(filename):
        yield filename
    last_part = re.split(r"[/\\]", filename)[-1]
    for name in map(_as_anki_stores, (filename, last_part)):
        # Only the newest Anki lower-cases.
        for stored in (name, unicodedata.normalize("NFC", name.lower())):
            yield stored
            if content is not None:
                # Beside a file of that name with another content.
                stem, ending = Path(stored).stem, Path(stored).suffix
                digest = hashlib.sha1(content, usedforsecurity=False).hexdigest()
                yield f"{stem}-{digest}{ending}"


def _as_anki_stores(filename: str) -> str:
    name = _ILLEGAL.sub("", unicodedata.normalize("NFC", filename))
    name = _RESERVED.sub(r"\1_", name)
    # "", "." and ".." become harmless as well.
    return name if name and name[-1] not in ". " else f"{name}_"


def _read_file(context: Context, path: str) -> bytes:
    try:
        return context.host.locate(path).read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no such name"
        raise ActionError(f"{path} cannot be read: {reason}") from None


def _download(context: Context, url: str) -> bytes:
    settings = context.host.settings
    limit = settings["mediaDownloadLimit"]
    try:
        # requests follows redirects to http and https only.
        with requests.get(
            url, timeout=settings["webTimeout"] / 1000, stream=True
        ) as response:
            if response.status_code != requests.codes.ok:
                raise ActionError(
                    f"URL download failed with return code {response.status_code}"
                )
            content = bytearray()
            for piece in response.iter_content(_DOWNLOAD_PIECE):
                content += piece
                if len(content) > limit:
                    raise ActionError(f"URL download is larger than {limit} bytes")
    except (requests.RequestException, ValueError) as error:
        raise ActionError(f"URL download failed: {_reason(error)}") from None
    return bytes(content)


def _reason(error: Any) -> str:
    # The whole text names pools, retries and objects of libraries.
    cause = error
    while getattr(cause, "reason", None) or (
        cause.args and isinstance(cause.args[0], Exception)
    ):
        cause = getattr(cause, "reason", None) or cause.args[0]
    text = re.sub(r"<[^>]*>:? ?", "", str(cause))
    return " ".join(text.split()) or type(error).__name__
