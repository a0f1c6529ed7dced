"""Media files. Contract: schemas/media/.

Media stand outside of Anki's undo, so what changes them is no WRITE.
"""

from __future__ import annotations

from pathlib import Path

from anki.collection import Collection

from ankiconnect import READ, Action, hookimpl
from ankiconnect.context import Context
from ankiconnect.kit import media
from ankiconnect.kit.media import Content


@hookimpl
def ankiconnect_actions() -> list[Action]:
    return [
        Action(store_media_file, READ, prepare=_fetch, spent=("data",)),
        Action(retrieve_media_file, READ),
        Action(get_media_files_names, READ),
        Action(get_media_dir_path, READ),
        Action(delete_media_file, READ),
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
) -> Content:
    media.check_name(filename)
    return media.fetch(context, data=data, path=path, url=url)


def store_media_file(
    col: Collection,
    content: Content,
    *,
    filename: str,
    data: str | None = None,
    path: str | None = None,
    url: str | None = None,
    skipHash: str | None = None,
    deleteExisting: bool = True,
) -> str | None:
    found = media.read(col, content, skipHash)
    if found is None:
        return None
    return media.store(col, filename, found, delete_existing=deleteExisting).name


def retrieve_media_file(col: Collection, *, filename: str) -> str | bool:
    file = media.find(col, filename)
    return media.encode_base64(file.read_bytes()) if file is not None else False


def get_media_files_names(col: Collection, *, pattern: str = "*") -> list[str]:
    return media.names(col, pattern)


def get_media_dir_path(col: Collection) -> str:
    return str(Path(col.media.dir()).absolute())


def delete_media_file(col: Collection, *, filename: str) -> None:
    """A file that is not there is no error."""
    file = media.find(col, filename)
    if file is not None:
        col.media.trash_files([file.name])
