"""The host in Anki: its window, its collection, its threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any, Callable, NamedTuple

from aqt import gui_hooks
from aqt.operations import QueryOp, on_op_finished

from ankiconnect import access
from ankiconnect.action import Kind
from ankiconnect.errors import ActionError
from ankiconnect.hosts import Job, windows
from ankiconnect.hosts.futures import pass_on, settle
from ankiconnect.hosts.main_thread import MainThread
from ankiconnect.hosts.questions import Questions
from ankiconnect.hosts.steps import NO_COLLECTION, Steps
from ankiconnect.hosts.sync_in_anki import start_sync
from ankiconnect.hosts.watch import Watch
from ankiconnect.kit import texts
from ankiconnect.settings import Settings

if TYPE_CHECKING:
    from anki.collection import Collection, OpChanges
    from aqt.main import AnkiQt

#: In this many seconds the open windows have closed, or the user keeps one.
_LEAVING_TAKES = 10
#: In this many seconds windows show a change, unless an error kept them from it.
_SHOWING_TAKES = 1


class Anki:
    """Serves the profile that is open in Anki's window."""

    kinds = frozenset(Kind)

    def __init__(self, mw: AnkiQt, settings: Settings) -> None:
        self.mw = mw
        self.settings = settings
        self._main = MainThread()
        self._lock = threading.Lock()
        #: Reads that the main thread has not come to yet.
        self._reads: list[_Handed] = []
        self._questions = Questions()
        #: Until then the profile that is open is being left for another.
        self._leaving_until = 0.0
        #: How many changes were replied to, and how many of them windows show.
        self._told = self._shown = 0
        #: Names of the steps that requests left for Anki's undo.
        self._steps: set[str] = set()
        gui_hooks.operation_did_execute.append(self._on_operation)

    def close(self) -> None:
        """Answer all who wait for the main thread, which will not come back."""
        self._main.close()

    # What the core asks of a host

    def refused_origins(self) -> frozenset[str]:
        # Card templates run at the origin of Anki's own media server, and a
        # shared deck's script is not to drive Anki.
        port = self.mw.mediaServer.getPort()
        return frozenset(
            f"http://{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")
        )

    def run_jobs(self, jobs: Sequence[Job], steps: Steps) -> None:
        watch = Watch(steps.name, "the collection")

        def handed(done: Future[None]) -> _Handed:
            return _Handed(jobs, steps, done, watch)

        try:
            if any(job.writes for job in jobs):
                self._main.wait_for(lambda done: self._write(handed(done)), watch)
            else:
                self._main.wait(lambda done: self._read(handed(done)), watch)
        except Exception as error:
            for job in jobs:
                job.fail(error)

    def run_gui(self, work: Callable[[Any], Any], name: str = "") -> Any:
        watch = Watch(name, "Anki's main thread")
        # Windows are to show what this client was told before.
        told, deadline = self._told, time.monotonic() + _SHOWING_TAKES

        def start(done: Future[Any]) -> None:
            if self._shown < told and time.monotonic() < deadline:
                self._main.begin(start, done)
                return
            self._shown = max(self._shown, told)
            self._open_collection()
            with watch:
                result = work(self.mw)
            if isinstance(result, Future):
                # By a way of our own: Anki does in one go what others send, and
                # stops there for a dialog, and for good when an add-on fails.
                result.add_done_callback(
                    lambda later: self._main.send(lambda: pass_on(later, done))
                )
            else:
                settle(done, result)

        return self._main.wait_for(start, watch)

    def explain(self, error: Exception) -> str | None:
        return texts.explain(error)

    def ask_permission(self, origin: str) -> bool:
        if (
            not access.may_ask(origin)
            or origin.lower() in self.refused_origins()
            or origin in self.settings["ignoreOriginList"]
            or not self._questions.begin()
        ):
            return False

        def ask(done: Future[bool]) -> None:
            answered = partial(settle, done)
            windows.ask_permission(self.mw, self.settings, origin, answered)

        allowed = False
        try:
            allowed = self._main.wait_for(ask)
        finally:
            self._questions.end(allowed)
        return allowed

    def profiles(self) -> list[str]:
        return self._main.ask(self.mw.pm.profiles)

    def active_profile(self) -> str:
        return self.mw.pm.name or ""

    def load_profile(self, name: str) -> bool:
        return self._main.ask(lambda: self._switch_to(name))

    def sync(self) -> None:
        def start(done: Future[None]) -> None:
            col = self._open_collection()
            start_sync(self.mw, col, lambda error: settle(done, error=error))

        self._main.wait_for(start)

    def reload(self) -> None:
        self.run_gui(lambda mw: mw.reset())

    # On the main thread

    def _open_collection(self) -> Collection:
        mw = self.mw
        # Anki disables its window from when it begins to close a collection
        # (before it syncs, if it does) to when one is open.
        if not mw.isEnabled() or self._leaving or mw.col is None or mw.col.db is None:
            raise ActionError(NO_COLLECTION)
        return mw.col

    @property
    def _leaving(self) -> bool:
        return time.monotonic() < self._leaving_until

    def _switch_to(self, name: str) -> bool:
        mw = self.mw
        if name not in mw.pm.profiles():
            return False
        if mw.state != "profileManager" or self._leaving:
            self._open_collection()
            if mw.pm.name == name:
                return True

        def switched() -> None:
            self._leaving_until = 0

        # Not before what works on the collection now is done; what comes from
        # now on is not for this collection any more.
        self._leaving_until = time.monotonic() + _LEAVING_TAKES
        mw.taskman.run_in_background(
            lambda: None, lambda _: windows.switch_profile(mw, name, switched)
        )
        return True

    # Between a request's thread and Anki's

    def _read(self, handed: _Handed) -> None:
        """Have reads run; those that wait for the main thread go on together."""
        with self._lock:
            self._reads.append(handed)
            first = len(self._reads) == 1
        if first:
            self._main.send(self._start_reads)

    def _start_reads(self) -> None:
        with self._lock:
            waiting, self._reads = self._reads, []

        def run(col: Collection | None) -> None:
            for handed in waiting:
                handed.run(col)

        try:
            # Not on what may be open by then: that is another profile's.
            col = self._open_collection()
            # QueryOp would draw an open browser anew after each, and there
            # are clients that ask every second.
            self.mw.taskman.run_in_background(lambda: run(col))
        except ActionError:
            run(None)
        except Exception as error:
            for handed in waiting:
                settle(handed.done, error=error)

    def _write(self, handed: _Handed) -> None:
        mw = self.mw
        try:
            col = self._open_collection()
        except ActionError:
            handed.run(None)
            return

        def run(_: Any) -> int:
            handed.run(col, self._note_told)
            return self._told

        def refresh(told: int) -> None:
            self._shown = max(self._shown, told)
            if mw.col is col:
                self._steps.add(handed.steps.name)
                on_op_finished(mw, handed.steps.changes, self)

        # CollectionOp would open a progress window for what is none of the
        # user's own doing.
        QueryOp(parent=mw, op=run, success=refresh).run_in_background()

    def _note_told(self) -> None:
        self._told += 1

    def _on_operation(self, changes: OpChanges, handler: object) -> None:
        """Have the browser show what a request did, and its undo and redo."""
        if self.mw.col is None:
            return
        status = self.mw.col.undo_status()
        if handler is self or {status.undo, status.redo} & self._steps:
            windows.refresh_browser(changes)


class _Handed(NamedTuple):
    """Jobs on their way to the collection's executor."""

    jobs: Sequence[Job]
    steps: Steps
    done: Future[None]
    watch: Watch

    def run(
        self, col: Collection | None, before_reply: Callable[[], None] | None = None
    ) -> None:
        try:
            with self.watch:
                self.steps.run(col, self.jobs)
        finally:
            if before_reply is not None:
                before_reply()
            # The reply need not wait for the main thread to come round.
            settle(self.done)
