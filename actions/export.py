"""Export and import. Contract: schemas/export/."""

from __future__ import annotations

from anki.collection import Collection

from ankiconnect import READ, WRITE, Action, hookimpl
from ankiconnect.context import Context
from ankiconnect.kit import files, packages
from ankiconnect.kit.files import NamedFile


@hookimpl
def ankiconnect_actions() -> list[Action]:
    return [
        Action(export_package, READ, prepare=_name),
        Action(import_package, WRITE, prepare=_name),
    ]


def _name(context: Context, *, path: str, **_: object) -> NamedFile:
    return files.named(context, path)


def export_package(
    col: Collection,
    file: NamedFile,
    *,
    deck: str,
    path: str,
    includeSched: bool = False,
) -> bool:
    deck_id = col.decks.id_for_name(deck)
    if deck_id is None:
        return False
    packages.write(col, file, deck_id, scheduling=includeSched)
    return True


def import_package(col: Collection, file: NamedFile, *, path: str) -> bool:
    packages.read(col, file)
    return True
