"""Work on a collection: one piece at a time, in the order in which it comes."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TakesLong
from typing import Any, Callable, TypeVar

from ankiconnect.hosts.futures import settle, wait_for
from ankiconnect.hosts.watch import TAKES_LONG, Watch

T = TypeVar("T")


class Worker:
    """Does what it is given: at once, or, if there is work already, after that.

    A lock would do as well, but then the collection idles each time that it goes
    from a thread that is done to one that has yet to wake up. So what waits is all
    done by one thread, and wakes its own only when its result is there.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._busy = False
        self._waiting: deque[_Task] = deque()
        #: Of what is done now, or was done last.
        self._watch = Watch("nobody", "")

    def run(self, name: str, work: Callable[[], T]) -> T:
        """Do it, or have it done, and give its result.

        ``name`` is what the log calls it, should it take long.
        """
        task = _Task(name, work)
        if self._comes_first(task):
            self._do(task)
            self._go_on()
        result: T = wait_for(task.done, self._look)
        return result

    def _look(self) -> float:
        """Those who wait see who has it for long."""
        return self._watch.look() or TAKES_LONG

    def finish(self, work: Callable[[], None], seconds: float) -> str | None:
        """Have it done after all that waits, within so many seconds.

        Gives the name of what does not let go until then.
        """
        task = _Task("the end", work)
        if self._comes_first(task):
            self._do(task)
            self._go_on()
        try:
            task.done.result(seconds)
        except TakesLong:
            return self._watch.name
        return None

    def _comes_first(self, task: _Task) -> bool:
        with self._lock:
            first, self._busy = not self._busy, True
            if not first:
                self._waiting.append(task)
        return first

    def _go_on(self) -> None:
        """Leave what came meanwhile to another thread, which nobody waits for."""
        task = self._next()
        if task is None:
            return
        try:
            threading.Thread(target=self._do_all, args=(task,), daemon=True).start()
        except RuntimeError:  # the system has no more threads
            self._do_all(task)

    def _do_all(self, task: _Task | None) -> None:
        while task is not None:
            self._do(task)
            task = self._next()

    def _next(self) -> _Task | None:
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._busy = False
            return None

    def _do(self, task: _Task) -> None:
        self._watch = task.watch
        with task.watch:
            task.do()


class _Task:
    """One piece of work, and its result."""

    def __init__(self, name: str, work: Callable[[], Any]) -> None:
        self.watch = Watch(name, "the collection")
        self.done: Future[Any] = Future()
        self._work = work

    def do(self) -> None:
        try:
            settle(self.done, self._work())
        except BaseException as error:
            settle(self.done, error=error)
