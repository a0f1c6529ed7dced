"""Builds dist/ankiconnect.ankiaddon.

The package is the wheel's; the two libraries that Anki lacks go in unchanged,
under the package's own name.
"""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Iterator
from pathlib import Path

import archive

ROOT = Path(__file__).resolve().parent.parent
#: The newest that run on Python 3.9.
VENDORED = {"fastjsonschema": "2.21.2", "pluggy": "1.6.0"}
LAYOUT = {
    "ankiconnect": "ankiconnect",
    "actions": "ankiconnect/actions",
    "schemas": "ankiconnect/schemas",
    "packaging/addon": "",
}
FILES = ("manifest.json", "config.json", "config.md", "LICENSE")
USER_FILES = b"""\
Plugins for AnkiConnect go into a folder 'plugins' here, one Python
file each. What lies here survives updates.
"""


def contents() -> Iterator[archive.File]:
    """All files of the add-on."""
    for source, place in LAYOUT.items():
        for path in sorted((ROOT / source).rglob("*")):
            if path.suffix in (".py", ".json", ".typed"):
                name = path.relative_to(ROOT / source).as_posix()
                yield f"{place}/{name}".lstrip("/"), path.read_bytes()
    for name in FILES:
        yield name, (ROOT / name).read_bytes()
    yield "ankiconnect/_vendor/__init__.py", b""
    for library, version in VENDORED.items():
        yield from _vendored(library, version)
    yield "user_files/README.txt", USER_FILES


def _vendored(library: str, version: str) -> Iterator[archive.File]:
    try:
        found = importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        found = "none"
    if found != version:
        sys.exit(f"it takes {library} {version}, not {found}: use 'tox -e addon'")
    for file in importlib.metadata.files(library) or ():
        part = file.parts[0]
        if "__pycache__" in file.parts or not part.startswith(library):
            continue
        if part == library and file.suffix == ".py":
            name = file.as_posix()
        elif "LICEN" in file.name.upper():
            name = f"{library}/LICENSE"
        else:
            continue
        yield f"ankiconnect/_vendor/{name}", Path(str(file.locate())).read_bytes()


if __name__ == "__main__":
    archive.write(archive.target(sys.argv, "ankiconnect.ankiaddon"), contents())
