"""The host in Anki: its window, its collection, its threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TakesLong
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, TypeVar

from aqt import gui_hooks
from aqt.operations import QueryOp, on_op_finished
from aqt.qt import QObject, Qt, pyqtSignal

from ankiconnect import access
from ankiconnect.action import Kind
from ankiconnect.errors import ActionError
from ankiconnect.hosts import Job, windows, words
from ankiconnect.hosts.questions import Questions
from ankiconnect.hosts.steps import NO_COLLECTION, Steps
from ankiconnect.hosts.sync_in_anki import start_sync
from ankiconnect.hosts.watch import Watch
from ankiconnect.settings import Settings

if TYPE_CHECKING:
    from anki.collection import Collection, OpChanges
    from aqt.main import AnkiQt

T = TypeVar("T")

CLOSING = "Anki is closing"
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
        self._main = _MainThread()
        self._lock = threading.Lock()
        self._waiting: set[Future[Any]] = set()
        self._closing = False
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
        with self._lock:
            self._closing = True
            waiting, self._waiting = self._waiting, set()
        for future in waiting:
            _settle(future, error=ActionError(CLOSING))

    # What the core asks of a host

    def refused_origins(self) -> frozenset[str]:
        # Card templates run at the origin of Anki's own media server, and a
        # shared deck's script is not to drive Anki.
        port = self.mw.mediaServer.getPort()
        return frozenset(
            f"http://{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")
        )

    def run_jobs(self, jobs: Sequence[Job], steps: Steps) -> None:
        try:
            self._await(lambda done: self._start(jobs, steps, done))
        except Exception as error:
            for job in jobs:
                job.fail(error)

    def run_gui(self, work: Callable[[Any], Any], name: str = "") -> Any:
        watch = Watch(name)
        # Windows are to show what this client was told before.
        told, deadline = self._told, time.monotonic() + _SHOWING_TAKES

        def start(done: Future[Any]) -> None:
            if self._shown < told and time.monotonic() < deadline:
                self._main.send(lambda: start(done))
                return
            self._open_collection()
            with watch:
                result = work(self.mw)
            if isinstance(result, Future):
                result.add_done_callback(lambda later: _pass_on(later, done))
            else:
                _settle(done, result)

        return self._await(start, watch)

    def explain(self, error: Exception) -> str | None:
        return words.explain(error)

    def ask_permission(self, origin: str) -> bool:
        if (
            not access.may_ask(origin)
            or origin.lower() in self.refused_origins()
            or origin in self.settings["ignoreOriginList"]
            or not self._questions.begin()
        ):
            return False

        def ask(done: Future[bool]) -> None:
            answered = partial(_settle, done)
            windows.ask_permission(self.mw, self.settings, origin, answered)

        allowed = False
        try:
            allowed = self._await(ask)
        finally:
            self._questions.end(allowed)
        return allowed

    def locate(self, path: str) -> Path:
        if self.mw.col is None:
            raise ActionError(NO_COLLECTION)
        return Path(self.mw.col.media.dir(), path)

    def profiles(self) -> list[str]:
        return self._on_main(self.mw.pm.profiles)

    def active_profile(self) -> str:
        return self.mw.pm.name or ""

    def load_profile(self, name: str) -> bool:
        return self._on_main(lambda: self._switch_to(name))

    def sync(self) -> None:
        def start(done: Future[None]) -> None:
            col = self._open_collection()
            start_sync(self.mw, col, lambda error: _settle(done, error=error))

        self._await(start)

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

    def _start(self, jobs: Sequence[Job], steps: Steps, done: Future[None]) -> None:
        """On the main thread: hand jobs to the collection's executor."""
        mw = self.mw
        try:
            col = self._open_collection()
        except ActionError:
            steps.run(None, jobs)
            _settle(done)
            return

        writes = any(job.writes for job in jobs)

        # Not on what may be open by then: that is another profile's.
        def run(_: Any) -> None:
            try:
                steps.run(col, jobs)
            finally:
                self._told += writes
                # The reply need not wait for the main thread to come round.
                _settle(done)

        def refresh(_: None) -> None:
            self._shown += 1
            if mw.col is col:
                self._steps.add(steps.name)
                on_op_finished(mw, steps.changes, self)

        if writes:
            # CollectionOp would open a progress window for what is none of the
            # user's own doing.
            QueryOp(parent=mw, op=run, success=refresh).run_in_background()
        else:
            # QueryOp would draw an open browser anew after each, and there
            # are clients that ask every second.
            mw.taskman.run_in_background(lambda: run(None))

    def _on_operation(self, changes: OpChanges, handler: object) -> None:
        """Have the browser show what a request did, and its undo and redo."""
        if self.mw.col is None:
            return
        status = self.mw.col.undo_status()
        if handler is self or {status.undo, status.redo} & self._steps:
            windows.refresh_browser(changes)

    def _on_main(self, work: Callable[[], T]) -> T:
        return self._await(lambda done: _settle(done, work()))

    def _await(
        self, start: Callable[[Future[T]], None], watch: Watch | None = None
    ) -> T:
        """Start something on the main thread and wait until it is settled.

        What it raises settles it as well.
        """
        done: Future[T] = Future()
        with self._lock:
            if self._closing:
                raise ActionError(CLOSING)
            self._waiting.add(done)

        def begin() -> None:
            try:
                start(done)
            except Exception as error:
                _settle(done, error=error)

        self._main.send(begin)
        try:
            while True:
                try:
                    return done.result(watch.look() if watch else None)
                except TakesLong:
                    if done.done():
                        return done.result()
        finally:
            with self._lock:
                self._waiting.discard(done)


class _MainThread(QObject):
    """Runs on the main thread what it is sent, one by one.

    Anki's own way runs all in one go that waits: while one shows a dialog,
    the others wait for the user.
    """

    _sent = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        # Later, also for what the main thread itself sends.
        queued = Qt.ConnectionType.QueuedConnection
        self._sent.connect(self._run, queued)  # type: ignore[call-arg]

    def send(self, work: Callable[[], None]) -> None:
        self._sent.emit(work)

    def _run(self, work: Callable[[], None]) -> None:
        work()


def _settle(
    future: Future[Any], result: Any = None, error: Exception | None = None
) -> None:
    # Anki may close in the meantime, and what comes second is of no use.
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)


def _pass_on(later: Future[Any], done: Future[Any]) -> None:
    try:
        _settle(done, later.result())
    except Exception as error:
        _settle(done, error=error)
