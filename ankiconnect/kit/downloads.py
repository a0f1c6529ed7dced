"""Downloads: http and https only, so large, so long, and never for ever."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Callable

import requests
import requests.adapters
from anki.buildinfo import version
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from ankiconnect.errors import ActionError

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Anki's own; there are servers that turn libraries away.
_HEADERS = {"User-Agent": f"Anki {version}", "Accept-Encoding": "identity"}
#: Unpacked, a piece may be a thousand times as large.
_PIECE = 16 * 1024
#: So many bytes buy another webTimeout, up to so many seconds for all.
_WORTH, _LONGEST = 256 * 1024, 600.0
_ALLOWED = "http and https alone are allowed"


def download(url: str, settings: Mapping[str, Any]) -> bytes:
    """The bytes at a URL."""
    timeout, limit = settings["webTimeout"] / 1000, settings["mediaDownloadLimit"]
    if not re.match(r"(?i)https?://", url):
        raise ActionError(f"URL download failed: {_ALLOWED}")
    with _Download(timeout) as running, running.reporting(), requests.Session() as http:
        adapter = _Adapter(running)
        # No adapter, no way: a redirect to ftp or file finds none.
        http.adapters.clear()
        http.mount("https://", adapter)
        http.mount("http://", adapter)
        with http.get(url, headers=_HEADERS, timeout=timeout, stream=True) as response:
            if response.status_code != requests.codes.ok:
                raise ActionError(
                    f"URL download failed with return code {response.status_code}"
                )
            return _read(response, running, limit)


def _read(response: requests.Response, running: _Download, limit: int) -> bytes:
    too_large = ActionError(f"URL download is larger than {limit} bytes")
    promised = response.headers.get("Content-Length", "")
    packed = response.headers.get("Content-Encoding", "identity").lower()
    if promised.isdigit() and int(promised) > limit:
        raise too_large
    if "," in packed:
        raise ActionError("URL download failed: it is packed more than once")
    content = bytearray()
    for piece in response.iter_content(_PIECE):
        content += piece
        running.received = len(content)
        if len(content) > limit:
            raise too_large
    running.check()
    # What a library makes of a body that ends early depends on its version.
    if promised.isdigit() and packed == "identity" and len(content) < int(promised):
        raise ActionError("URL download failed: it ended early")
    return bytes(content)


def end_all() -> None:
    """End what runs, and what would follow."""
    global _ended
    _ended = True
    for running in list(_running):
        running.end(CLOSING)


CLOSING = "this program is closing"
_ended = False
_running: set[_Download] = set()


class _Download:
    """One download under way, its connections, and the time that it has.

    A timeout alone is for one silence, and a byte now and then is none.
    """

    def __init__(self, timeout: float) -> None:
        self.received = 0
        self._timeout = timeout
        self._began = time.monotonic()
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._why: str | None = None

    def __enter__(self) -> _Download:
        _running.add(self)
        threading.Thread(target=self._watch, daemon=True).start()
        if _ended:
            self.end(CLOSING)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        _running.discard(self)
        with self._lock:
            for sock in self._sockets:
                sock.close()
            self._sockets = []

    @contextmanager
    def reporting(self) -> Iterator[None]:
        """Say in one line what went wrong."""
        try:
            yield
        except (requests.RequestException, OSError, ValueError) as error:
            reason = self._why or _reason(error)
            raise ActionError(f"URL download failed: {reason}") from None

    def take(self, sock: socket.socket) -> None:
        """Have a connection that is to end with this."""
        # Of its own number, so that it can be ended whatever holds the other.
        with self._lock:
            if self._why is None:
                self._sockets.append(sock.dup())
                return
        sock.close()
        self.check()

    def check(self) -> None:
        """Raise if this was ended."""
        if self._why is not None:
            raise ActionError(f"URL download failed: {self._why}")

    def end(self, why: str) -> None:
        """End it; whoever waits for bytes gets none."""
        with self._lock:
            self._why = self._why or why
            for sock in self._sockets:
                _shut(sock)

    def _watch(self) -> None:
        while (left := self._time_left()) > 0:
            if self._over.wait(left):
                return
        self.end("it is too slow")

    def _time_left(self) -> float:
        allowed = self._timeout * (1 + self.received / _WORTH)
        return self._began + min(allowed, _LONGEST) - time.monotonic()


def _shut(sock: socket.socket) -> None:
    with suppress(OSError):  # it is not connected, or not any more
        sock.shutdown(socket.SHUT_RDWR)


class _Adapter(requests.adapters.HTTPAdapter):
    """Connects so that a download can be ended."""

    def __init__(self, running: _Download) -> None:
        self._running = running
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pools(self._running.take)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = _pools(self._running.take)
        return manager


def _pools(take: Callable[[Any], None]) -> dict[str, Any]:
    class Plain(HTTPConnection):
        def _new_conn(self) -> Any:
            sock = super()._new_conn()
            take(sock)
            return sock

    class Secure(HTTPSConnection):
        def _new_conn(self) -> Any:
            sock = super()._new_conn()
            take(sock)
            return sock

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def _reason(error: Any) -> str:
    # The whole text names pools, retries and objects of libraries.
    cause = error
    while getattr(cause, "reason", None) or (
        cause.args and isinstance(cause.args[0], Exception)
    ):
        cause = getattr(cause, "reason", None) or cause.args[0]
    text = re.sub(r"<[^>]*>:? ?|^\w+\([^)]*\): ", "", str(cause))
    return " ".join(text.split()) or type(error).__name__
