"""Packages of decks, written and read by Anki's own code."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anki.collection import DeckIdLimit, ImportAnkiPackageRequest
from anki.decks import DeckId
from anki.errors import BackendIOError, DBError

from ankiconnect.errors import ActionError
from ankiconnect.kit.texts import line

if TYPE_CHECKING:
    from anki.collection import Collection

    from ankiconnect.kit.files import NamedFile

#: The collection in a package, from the oldest format to the newest.
_COLLECTIONS = {"collection.anki2", "collection.anki21", "collection.anki21b"}
_SUFFIXES = (".apkg", ".colpkg")
#: Where Anki keeps the user's choice, and how it is called on importing.
_OPTIONS = {"withScheduling": "with_scheduling", "withDeckConfigs": "with_deck_configs"}


def _check_target(col: Collection, path: str, file: Path) -> None:
    """Refuse to write over anything but a package, or among the collection's files."""
    target, collection = file.resolve(), Path(col.path).resolve()
    # The databases, and what SQLite keeps beside them while they are open.
    if target.name.lower().startswith(f"{collection.stem}.".lower()):
        if target.parent.samefile(collection.parent):
            raise ActionError(f"{path} cannot be written: it is the collection's own")
    # Whoever names it so means a package, even where what is there is broken.
    if target.suffix.lower() in _SUFFIXES or not file.exists():
        return
    if file.stat().st_size and not _is_package(file):
        raise ActionError(f"{path} cannot be written: it is there, and no package")


def _is_package(file: Path) -> bool:
    try:
        with zipfile.ZipFile(file) as package:
            return not _COLLECTIONS.isdisjoint(package.namelist())
    except zipfile.BadZipFile:
        return False


def read(col: Collection, named: NamedFile) -> None:
    """Import a package with all that it holds.

    Where a note is there already, what the user last chose in Anki's import
    window decides. Scheduling is left to whoever wrote the package, who could
    leave it out, and a caller could not ask for it here.
    """
    with named.reading(col) as file:
        # Anki would find out as well, but forget on the way what it can undo.
        if not _is_package(file):
            raise ActionError(f"{named.path} is no package that Anki has written")
    request = ImportAnkiPackageRequest(package_path=str(file))
    chosen = col._backend.get_import_anki_package_presets()
    request.options.CopyFrom(chosen)
    for option in _OPTIONS.values():
        # In Anki 23.10 the decks' options come with the scheduling.
        if option in chosen.DESCRIPTOR.fields_by_name:
            setattr(request.options, option, True)
    try:
        col.import_anki_package(request)
    except BackendIOError as error:
        raise ActionError(f"{named.path} cannot be read: {line(error)}") from None
    except DBError as error:
        if "NotADatabase" not in str(error):
            raise
        raise ActionError(
            f"{named.path} cannot be read: its collection is none"
        ) from None
    for key, option in _OPTIONS.items():
        # Anki takes what it was told for the user's choice.
        if getattr(chosen, option, True) is False:
            col.set_config(key, False, undoable=True)


def write(
    col: Collection, named: NamedFile, deck_id: DeckId, *, scheduling: bool
) -> None:
    """Export a deck in the format that every Anki can read."""
    options: dict[str, Any] = {"with_scheduling": scheduling, "with_media": True}
    try:
        from anki.collection import ExportAnkiPackageOptions
    except ImportError:
        # Anki 23.10 takes them one by one.
        options["legacy_support"] = True
    else:
        options = {
            "options": ExportAnkiPackageOptions(
                with_deck_configs=scheduling, legacy=True, **options
            )
        }
    with named.writing(col) as file:
        _check_target(col, named.path, file)
        col.export_anki_package(
            out_path=str(file), limit=DeckIdLimit(deck_id), **options
        )
