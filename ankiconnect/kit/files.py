"""Files of this machine that a request names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from anki.errors import BackendIOError

from ankiconnect.errors import ActionError
from ankiconnect.kit.texts import line

if TYPE_CHECKING:
    from ankiconnect.context import Context


def locate(context: Context, path: str) -> Path:
    """A file by its path, relative to the media folder, if the caller may."""
    if not context.caller.may_name_files:
        raise ActionError("paths are switched off; allowFilePaths can allow them")
    return context.host.locate(path)


@contextmanager
def reading(path: str, file: Path) -> Iterator[None]:
    """Say in one line why a file cannot be read."""
    try:
        if file.exists() and not file.is_file():
            # A pipe or a device might never end.
            raise ValueError(path)
        yield
    except (OSError, ValueError) as error:
        raise ActionError(f"{path} cannot be read: {_reason(error)}") from None


@contextmanager
def writing(path: str, file: Path) -> Iterator[None]:
    """Say in one line why Anki cannot write a file."""
    try:
        if "\0" in path:
            raise ValueError(path)
        if not file.parent.is_dir():
            raise ActionError(f"{path} cannot be written: there is no such folder")
        if file.exists() and not file.is_file():
            raise ValueError(path)
        yield
    except (OSError, ValueError) as error:
        raise ActionError(f"{path} cannot be written: {_reason(error)}") from None
    except BackendIOError as error:
        raise ActionError(f"{path} cannot be written: {line(error)}") from None


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or "it is no file"
