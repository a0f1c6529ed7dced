"""Anki's main thread, as the threads of requests see it: send and wait."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import Any, Callable, TypeVar

from aqt.qt import QObject, Qt, pyqtSignal

from ankiconnect.errors import ActionError
from ankiconnect.hosts.futures import settle, wait_for
from ankiconnect.hosts.watch import Watch

T = TypeVar("T")

CLOSING = "Anki is closing"


class MainThread(QObject):
    """Runs on the main thread what it is sent, one by one.

    Anki's own way runs all in one go that waits: while one shows a dialog,
    the others wait for the user.
    """

    _sent = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._waiting: set[Future[Any]] = set()
        self._closing = False
        # Later, also for what the main thread itself sends.
        queued = Qt.ConnectionType.QueuedConnection
        self._sent.connect(self._run, queued)  # type: ignore[call-arg]

    def send(self, work: Callable[[], None]) -> None:
        """Have work done, and wait for nothing."""
        self._sent.emit(work)

    def _run(self, work: Callable[[], None]) -> None:
        work()

    def ask(self, work: Callable[[], T]) -> T:
        """Have work done and wait for its result."""
        return self.wait_for(lambda done: settle(done, work()))

    def wait_for(
        self, start: Callable[[Future[T]], None], watch: Watch | None = None
    ) -> T:
        """Start something on the main thread and wait until it is settled."""
        return self.wait(lambda done: self.begin(start, done), watch)

    def begin(self, start: Callable[[Future[T]], None], done: Future[T]) -> None:
        """Start what is to settle a future; what it raises settles it as well."""

        def begin() -> None:
            try:
                start(done)
            except Exception as error:
                settle(done, error=error)

        self.send(begin)

    def wait(self, send: Callable[[Future[T]], None], watch: Watch | None = None) -> T:
        """Send something that is to be settled, and wait until it is."""
        done: Future[T] = Future()
        with self._lock:
            if self._closing:
                raise ActionError(CLOSING)
            self._waiting.add(done)
        try:
            send(done)
            return wait_for(done, watch.look if watch else None)
        finally:
            with self._lock:
                self._waiting.discard(done)

    def close(self) -> None:
        """Answer all who wait for the main thread, which will not come back."""
        with self._lock:
            self._closing = True
            waiting, self._waiting = self._waiting, set()
        for future in waiting:
            settle(future, error=ActionError(CLOSING))
