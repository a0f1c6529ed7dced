"""Files of this machine that a request names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from anki.errors import BackendIOError

from ankiconnect.errors import ActionError
from ankiconnect.kit.texts import line

if TYPE_CHECKING:
    from anki.collection import Collection

    from ankiconnect.context import Context


@dataclass(frozen=True)
class NamedFile:
    """A file that a caller may name.

    It is looked for when the collection is there, and not before: what comes
    earlier in a batch may write it, or open another profile.
    """

    path: str

    def locate(self, col: Collection) -> Path:
        """Where it is; a relative path starts at the media folder."""
        return Path(col.media.dir(), self.path)

    @contextmanager
    def reading(self, col: Collection) -> Iterator[Path]:
        """Where it is; says in one line why it cannot be read."""
        file = self.locate(col)
        try:
            if file.exists() and not file.is_file():
                # A pipe or a device might never end.
                raise ValueError(self.path)
            yield file
        except (OSError, ValueError) as error:
            raise ActionError(f"{self.path} cannot be read: {_reason(error)}") from None

    @contextmanager
    def writing(self, col: Collection) -> Iterator[Path]:
        """Where it is; says in one line why Anki cannot write it."""
        file, failed = self.locate(col), f"{self.path} cannot be written"
        try:
            if "\0" in self.path:
                raise ValueError(self.path)
            if not file.parent.is_dir():
                raise ActionError(f"{failed}: there is no such folder")
            if file.exists() and not file.is_file():
                raise ValueError(self.path)
            yield file
        except (OSError, ValueError) as error:
            raise ActionError(f"{failed}: {_reason(error)}") from None
        except BackendIOError as error:
            raise ActionError(f"{failed}: {line(error)}") from None


def named(context: Context, path: str) -> NamedFile:
    """The file of that path, if the caller may name one."""
    if not context.caller.may_name_files:
        raise ActionError("paths are switched off; allowFilePaths can allow them")
    return NamedFile(path)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or "it is no file"
