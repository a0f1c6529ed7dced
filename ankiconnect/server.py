"""Sockets and threads: waitress around the application."""

from __future__ import annotations

import errno
import logging
import os
import select
import socket
import threading
from typing import Any, Callable

from waitress import wasyncore
from waitress.server import create_server
from waitress.task import ThreadedTaskDispatcher

from ankiconnect.dispatch import MAX_WAITING

log = logging.getLogger(__name__)

#: Threads that are there from the start, that may idle, and that there may be.
#: Of the last, MAX_WAITING may wait for Anki; the rest answers what needs none.
THREADS, IDLE_THREADS, MAX_THREADS = 4, 16, MAX_WAITING + 32

#: Where every descriptor counts against select's 512, as on Windows.
_WITHOUT_POLL = 400
_CONNECTIONS = 2000

_LOOPBACK_6 = "::1"
#: Address → what is served beside it, if this machine has it.
_COMPANIONS = {
    "127.0.0.1": _LOOPBACK_6,
    "localhost": _LOOPBACK_6,
    "0.0.0.0": _LOOPBACK_6,
    _LOOPBACK_6: "127.0.0.1",
    "::": "0.0.0.0",
}


class Threads(ThreadedTaskDispatcher):
    """Has one more thread whenever all are busy, and fewer when many idle.

    A call that waits for Anki holds its thread, which must not keep another
    from being answered.
    """

    def add_task(self, task: Any) -> None:
        with self.lock:
            self.queue.append(task)
            self.queue_cv.notify()
            count = len(self.threads) - self.stop_count
            idle = count - self.active_count - len(self.queue)
        if idle < 0 and count < MAX_THREADS:
            self.set_thread_count(count + 1)
        elif idle > IDLE_THREADS:
            self.set_thread_count(count - 1)


class Server:
    """Serves an application until it is stopped."""

    def __init__(
        self,
        application: Callable[..., Any],
        host: str,
        port: int,
        body_limit: int,
    ) -> None:
        """Bind; raises OSError, for one when the port is taken."""
        sockets = _bind(host, port)
        self.port: int = sockets[0].getsockname()[1]
        name = f"[{host}]" if ":" in host else host
        self.url = f"http://{name}:{self.port}"
        self._map: dict[int, Any] = {}
        self._threads = Threads()
        self._threads.set_thread_count(THREADS)
        create_server(
            application,
            map=self._map,
            _dispatcher=self._threads,
            sockets=sockets,
            ident="AnkiConnect",
            max_request_body_size=body_limit,
            connection_limit=_connection_limit(),
            backlog=1024,
            asyncore_use_poll=hasattr(select, "poll"),
            clear_untrusted_proxy_headers=False,
        )
        self._servers = [
            entry for entry in self._map.values() if hasattr(entry, "task_dispatcher")
        ]
        self._loop: threading.Thread | None = None

    def start(self) -> None:
        """Serve on a thread of its own."""
        self._loop = threading.Thread(
            target=self._serve, name="ankiconnect", daemon=True
        )
        self._loop.start()

    def stop(self) -> None:
        """Close all connections and wait for the threads."""
        # The loop sleeps in poll; its trigger wakes it, and the map is its own.
        self._servers[0].trigger.pull_trigger(
            lambda: wasyncore.close_all(self._map, ignore_all=True)
        )
        if self._loop is not None:
            self._loop.join()
        self._threads.shutdown()

    def _serve(self) -> None:
        adj = self._servers[0].adj
        wasyncore.loop(
            timeout=adj.asyncore_loop_timeout,
            map=self._map,
            use_poll=adj.asyncore_use_poll,
        )


def _bind(host: str, port: int) -> list[socket.socket]:
    first = _listen_on(host, port)
    companion = _COMPANIONS.get(host.lower())
    if companion is None:
        return [first]
    try:
        # Port 0 is a free port for the first, and has to be the same for both.
        return [first, _listen_on(companion, first.getsockname()[1])]
    except OSError as error:
        if error.errno == errno.EADDRINUSE and port == 0:
            first.close()
            return _bind(host, port)
        log.info("not served on %s: %s", companion, error)
        return [first]


def _listen_on(host: str, port: int) -> socket.socket:
    family, kind, proto, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    sock = socket.socket(family, kind, proto)
    try:
        if os.name == "posix":
            # Elsewhere this lets two servers have the same port.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        else:
            sock.setsockopt(
                socket.SOL_SOCKET, getattr(socket, "SO_EXCLUSIVEADDRUSE", 4), 1
            )
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind(address)
    except OSError:
        sock.close()
        raise
    return sock


def _connection_limit() -> int:
    if os.name != "posix":
        return _WITHOUT_POLL
    import resource

    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return max(100, min(_CONNECTIONS, files - 100))
