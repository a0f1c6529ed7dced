"""Export and import. Contract: schemas/export/."""

from __future__ import annotations

from pathlib import Path

from anki.collection import Collection

from ankiconnect import READ, WRITE, Action, hookimpl
from ankiconnect.context import Context
from ankiconnect.kit import files, packages


@hookimpl
def ankiconnect_actions() -> list[Action]:
    return [
        Action(export_package, READ, prepare=_locate),
        Action(import_package, WRITE, prepare=_locate_package),
    ]


def _locate(
    context: Context, *, deck: str, path: str, includeSched: bool = False
) -> Path:
    return files.locate(context, path)


def export_package(
    col: Collection, file: Path, *, deck: str, path: str, includeSched: bool = False
) -> bool:
    deck_id = col.decks.id_for_name(deck)
    if deck_id is None:
        return False
    with files.writing(path, file):
        packages.check_target(col, path, file)
        packages.write(col, file, deck_id, scheduling=includeSched)
    return True


def _locate_package(context: Context, *, path: str) -> Path:
    file = files.locate(context, path)
    packages.check(path, file)
    return file


def import_package(col: Collection, file: Path, *, path: str) -> bool:
    packages.read(col, path, file)
    return True
