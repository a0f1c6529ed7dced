"""Builds dist/ankiconnect.ankiaddon.

The package is the wheel's; the two libraries that Anki lacks go in unchanged,
under the package's own name.
"""

from __future__ import annotations

import importlib.metadata
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDORED = ("fastjsonschema", "pluggy")
LAYOUT = {
    "ankiconnect": "ankiconnect",
    "actions": "ankiconnect/actions",
    "schemas": "ankiconnect/schemas",
    "packaging/addon": "",
}
FILES = ("manifest.json", "config.json", "config.md", "LICENSE")
# An archive of the same files is the same archive.
DATE = (2020, 1, 1, 0, 0, 0)


def main(target: Path) -> None:
    """Write the add-on's archive."""
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(".part")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
        for source, place in LAYOUT.items():
            for path in sorted((ROOT / source).rglob("*")):
                if path.suffix in (".py", ".json", ".typed"):
                    name = path.relative_to(ROOT / source).as_posix()
                    _write(archive, f"{place}/{name}".lstrip("/"), path.read_bytes())
        for name in FILES:
            _write(archive, name, (ROOT / name).read_bytes())
        _write(archive, "ankiconnect/_vendor/__init__.py", b"")
        for library in VENDORED:
            _vendor(archive, library)
        _write(
            archive,
            "user_files/README.txt",
            b"Plugins for AnkiConnect go into a folder 'plugins' here, one Python\n"
            b"file each. What lies here survives updates.\n",
        )
    unfinished.replace(target)
    print(f"{target} ({target.stat().st_size / 1024:.0f} KiB)")


def _vendor(archive: zipfile.ZipFile, library: str) -> None:
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
        content = Path(str(file.locate())).read_bytes()
        _write(archive, f"ankiconnect/_vendor/{name}", content)


def _write(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    archive.writestr(info, content)


if __name__ == "__main__":
    main(
        Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist/ankiconnect.ankiaddon"
    )
