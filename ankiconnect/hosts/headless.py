"""The headless host: a collection by itself, without Anki's window."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Callable

import anki.lang
from anki.collection import Collection
from anki.errors import DBError

from ankiconnect import access
from ankiconnect.action import Kind
from ankiconnect.errors import ActionError
from ankiconnect.hosts import Job, sync
from ankiconnect.hosts.steps import NO_COLLECTION, Steps
from ankiconnect.hosts.worker import Worker
from ankiconnect.kit import texts
from ankiconnect.settings import Settings

log = logging.getLogger(__name__)

COLLECTION = "collection.anki2"
SETTINGS = "ankiconnect.json"
#: The profile that a new base folder gets, as Anki names it.
FIRST_PROFILE = "User 1"

#: In this many seconds what runs has ended, or never will.
_CLOSING_TAKES = 4

#: Origins that the log is told of; a page can have any number of names.
_MOST_TOLD = 100

# Without a language Anki's backend has no texts, and field checksums raise.
anki.lang.set_lang("en_US")


class Headless:
    """Serves one profile of a base folder laid out as Anki's own."""

    kinds = frozenset(Kind) - {Kind.GUI}

    def __init__(self, base: Path, settings: Settings | None = None) -> None:
        self.base = base
        self.settings = settings if settings is not None else stored_settings(base)
        self._col: Collection | None = None
        self._worker = Worker()
        self._asked_for: set[str] = set()

    def open(self, profile: str | None = None) -> None:
        """Open a profile, by default the first, and make it if it is not there."""
        file = self.folder(profile) / COLLECTION
        if self._names() and not file.exists():
            log.warning("there was no profile %s: it is made", file.parent.name)
        self.open_file(file)

    def open_file(self, path: Path) -> None:
        """Open a collection by its file; its folder's name is the profile's."""
        path = Path(os.path.abspath(path))  # noqa: PTH100 (as Anki does)
        if path.name != COLLECTION and not path.exists():
            log.warning("there was no collection %s: it is made", path)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._worker.run("opening a profile", lambda: self._open(path))

    def folder(self, profile: str | None = None) -> Path:
        """A profile's folder, by default the first's."""
        name = profile or next(iter(self._names()), FIRST_PROFILE)
        if Path(name).name != name or name in ("", ".", ".."):
            raise ActionError(f"{name!r} is no name for a profile")
        return self.base / name

    @property
    def collection(self) -> Collection | None:
        """The open collection; for tests, which have it to themselves."""
        return self._col

    def close(self) -> None:
        """Close the collection once what runs on it is done; a sync is ended.

        What does not end is left behind: what it answered is on the disk.
        """
        col = self._col
        if col is not None:
            col.abort_sync()
        holder = self._worker.finish(self._close, _CLOSING_TAKES)
        if holder is not None:
            log.error("%s does not let go of the collection", holder)

    def _open(self, path: Path) -> None:
        if self._col is not None and Path(self._col.path) == path:
            return
        try:
            col = Collection(str(path))
        except DBError as error:
            raise ActionError(f"cannot open {path}: {texts.line(error)}") from None
        self._close()
        self._col = col

    def _close(self) -> None:
        if self._col is not None:
            self._col.close()
            self._col = None

    # What the core asks of a host

    def refused_origins(self) -> frozenset[str]:
        return frozenset()

    def run_jobs(self, jobs: Sequence[Job], steps: Steps) -> None:
        self._worker.run(steps.name, lambda: steps.run(self._col, jobs))

    def run_gui(self, work: Callable[[Any], Any], name: str = "") -> Any:
        raise NotImplementedError("there is no window")

    def explain(self, error: Exception) -> str | None:
        return texts.explain(error)

    def ask_permission(self, origin: str) -> bool:
        told = origin in self._asked_for or len(self._asked_for) >= _MOST_TOLD
        ignored = origin in self.settings["ignoreOriginList"]
        if access.may_ask(origin) and not (told or ignored):
            self._asked_for.add(origin)
            log.warning(
                "%s asks for permission; "
                "to allow it, add it to webCorsOriginList in %s",
                origin,
                self.base / SETTINGS,
            )
        return False

    def profiles(self) -> list[str]:
        return sorted({*self._names(), self.active_profile()} - {""})

    def active_profile(self) -> str:
        col = self._col
        return "" if col is None else Path(col.path).parent.name

    def load_profile(self, name: str) -> bool:
        if name in self._names():
            self.open(name)
            return True
        # A collection file from elsewhere goes by its folder's name.
        return name == self.active_profile() != ""

    def sync(self) -> None:
        def work() -> Collection:
            col, folder = self._synced()
            sync.sync(col, folder)
            return col

        # Media have a lock of their own, so the collection is free meanwhile.
        sync.wait_for_media(self._worker.run("a sync", work))

    def sync_in_full(self, *, upload: bool) -> None:
        """Sync, replacing one of the collections by the other if need be."""

        def work() -> None:
            sync.sync_in_full(*self._synced(), upload=upload)

        self._worker.run("a sync", work)

    def _synced(self) -> tuple[Collection, Path]:
        """The collection, and the folder that has its login."""
        if self._col is None:
            raise ActionError(NO_COLLECTION)
        return self._col, Path(self._col.path).parent

    def reload(self) -> None:
        if self._col is None:
            raise ActionError(NO_COLLECTION)

    def _names(self) -> list[str]:
        return sorted(path.parent.name for path in self.base.glob(f"*/{COLLECTION}"))


def stored_settings(base: Path) -> Settings:
    """The settings of a base folder."""
    path = base / SETTINGS

    def stored() -> dict[str, Any]:
        if not path.exists():
            return {}
        try:
            values = json.loads(path.read_text("utf-8"))
        except ValueError as error:
            raise ActionError(f"{path} is no JSON: {error}") from None
        if not isinstance(values, dict):
            raise ActionError(f"{path} holds no object")
        return values

    def save(changes: dict[str, Any]) -> None:
        text = json.dumps({**stored(), **changes}, indent=4, ensure_ascii=False)
        path.write_text(text + "\n", "utf-8")

    return Settings(stored(), save)
