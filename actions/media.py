"""Media files. Contract: schemas/media/.

Media stand outside of Anki's undo, so what changes them is no WRITE.
"""

from __future__ import annotations

from anki.collection import Collection

from ankiconnect import READ, Action, hookimpl
from ankiconnect.context import Context
from ankiconnect.kit import media


@hookimpl
def ankiconnect_actions() -> list[Action]:
    return [
        Action(store_media_file, READ, prepare=_fetch),
        Action(retrieve_media_file, READ),
    ]


def _fetch(
    context: Context,
    *,
    filename: str,
    data: str | None = None,
    path: str | None = None,
    url: str | None = None,
    skipHash: str | None = None,
    deleteExisting: bool = True,
) -> bytes | None:
    return media.fetch(context, data=data, path=path, url=url, skip_hash=skipHash)


def store_media_file(
    col: Collection,
    content: bytes | None,
    *,
    filename: str,
    data: str | None = None,
    path: str | None = None,
    url: str | None = None,
    skipHash: str | None = None,
    deleteExisting: bool = True,
) -> str | None:
    if content is None:
        return None
    stored = media.store(col, filename, content, delete_existing=deleteExisting)
    return stored.name


def retrieve_media_file(col: Collection, *, filename: str) -> str | bool:
    file = media.find(col, filename)
    return media.encode_base64(file.read_bytes()) if file is not None else False
