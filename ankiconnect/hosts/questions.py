"""When a website may have the user asked: not all at once, and not for ever."""

from __future__ import annotations

import threading
import time
from typing import Callable

#: After that many a No in a row nothing is asked for so many seconds, which
#: double with each No that follows.
FREE_REFUSALS, QUIET, LONGEST_QUIET = 2, 30.0, 3600.0


class Questions:
    """One at a time, and fewer the more often the answer was No.

    A page can ask as often as it likes and under any number of names, so what
    counts is how often the user was asked, whoever it was.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._open = False
        self._refusals = 0
        self._quiet_until = 0.0

    def begin(self) -> bool:
        """Whether to ask now; who may has to ``end`` it."""
        with self._lock:
            if self._open or self._clock() < self._quiet_until:
                return False
            if self._clock() > self._quiet_until + LONGEST_QUIET:
                self._refusals = 0
            self._open = True
            return True

    def end(self, allowed: bool) -> None:
        """The user has answered."""
        with self._lock:
            self._open = False
            self._refusals = 0 if allowed else self._refusals + 1
            surplus = self._refusals - FREE_REFUSALS
            quiet = 0.0 if surplus < 0 else QUIET * 2.0 ** min(surplus, 10)
            self._quiet_until = self._clock() + min(quiet, LONGEST_QUIET)
