"""Files of this machine that a request names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ankiconnect.errors import ActionError

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
        reason = getattr(error, "strerror", None) or "it is no file"
        raise ActionError(f"{path} cannot be read: {reason}") from None
