"""Writes an archive whole or not at all; of the same files it is the same."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path

#: A file's name in the archive, and what is in it.
File = tuple[str, bytes]

DIST = Path(__file__).resolve().parent.parent / "dist"
DATE = (2020, 1, 1, 0, 0, 0)


def target(arguments: list[str], name: str) -> Path:
    """The path that a command line names, or else a file in dist."""
    return Path(arguments[1]) if len(arguments) > 1 else DIST / name


def write(path: Path, files: Iterable[File]) -> None:
    """Write the archive and say where it is."""
    files = list(files)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    with zipfile.ZipFile(unfinished, "w") as archive:
        for name, content in files:
            info = zipfile.ZipInfo(name, DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)
    unfinished.replace(path)
    print(f"{path} ({path.stat().st_size / 1024:.0f} KiB)")
