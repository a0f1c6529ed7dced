"""Names a handler in the log that keeps Anki's main thread for long."""

from __future__ import annotations

import logging
import time

log = logging.getLogger(__name__)

#: In this many seconds a handler has long been done, unless it blocks.
TAKES_LONG = 10


class Watch:
    """Entered by the handler's thread, and looked at by the one that waits for it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._began: float | None = None
        self._over = False

    def __enter__(self) -> None:
        self._began = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self._over = True

    def look(self) -> float | None:
        """Seconds until the next look; None when there is nothing more to see."""
        if self._over:
            return None
        if self._began is None:  # others keep the thread
            return TAKES_LONG
        left = self._began + TAKES_LONG - time.monotonic()
        if left > 0:
            return left
        log.warning(
            "%s has kept Anki's main thread for %d seconds", self._name, TAKES_LONG
        )
        return None
