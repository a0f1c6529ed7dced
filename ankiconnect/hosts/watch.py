"""Names a handler in the log that keeps what all others need for long."""

from __future__ import annotations

import logging
import time

log = logging.getLogger(__name__)

#: In this many seconds a handler has long been done, unless it blocks.
TAKES_LONG = 10


class Watch:
    """Entered by the handler's thread, and looked at by those that wait for it."""

    def __init__(self, name: str, what: str) -> None:
        """``what``: that which it keeps."""
        self.name, self._what = name, what
        self._began: float | None = None
        self._over = self._told = False

    def __enter__(self) -> None:
        self._began = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self._over = True

    def look(self) -> float | None:
        """Seconds until the next look; None when there is nothing more to see."""
        if self._over or self._told:
            return None
        if self._began is None:  # others keep the thread
            return TAKES_LONG
        left = self._began + TAKES_LONG - time.monotonic()
        if left > 0:
            return left
        self._told = True
        log.warning("%s has kept %s for %d seconds", self.name, self._what, TAKES_LONG)
        return None
