"""Sockets and threads: waitress around the application."""

from __future__ import annotations

import errno
import logging
import os
import select
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

from waitress.adjustments import Adjustments
from waitress.task import ThreadedTaskDispatcher

from ankiconnect import connections
from ankiconnect.connections import Channel, Listener
from ankiconnect.dispatch import MAX_WAITING

if TYPE_CHECKING:
    from ankiconnect.web import Application

log = logging.getLogger(__name__)

#: Threads that are there from the start, that may idle, and that there may be.
#: Of the last, MAX_WAITING may wait for Anki; the rest answers what needs none.
THREADS, IDLE_THREADS, MAX_THREADS = 4, 16, MAX_WAITING + 32

#: Connections at once. Each costs all others some time. In Anki the files of all
#: count, and from 1,024 on its own media server fails; on Windows there are no
#: more than 512 to select from.
_CONNECTIONS, _FEWEST = 400, 64
_FILES, _FILES_OF_OTHERS = 1024, 200
_HEAD_LIMIT = 64 * 1024
#: waitress looks after all connections between two reads of 8 KiB.
_READ_AT_ONCE = 256 * 1024
#: Seconds between two looks at whose time is over.
_LOOK_EVERY = 1.0
#: Seconds for replies to go out, and for threads to end, when we stop.
STOP_TAKES, _THREADS_END = 2.0, 0.5

_LOOPBACK_6 = "::1"
#: Address → what is served beside it, if this machine has it.
_COMPANIONS = {
    "127.0.0.1": _LOOPBACK_6,
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

    def __init__(self, application: Application, host: str, port: int) -> None:
        """Bind; raises OSError, for one when the port is taken."""
        sockets = _bind(host, port)
        self.port: int = sockets[0].getsockname()[1]
        name = f"[{host}]" if ":" in host else host
        self.url = f"http://{name}:{self.port}"
        self._map: dict[int, Any] = {}
        self._threads = Threads()
        self._threads.set_thread_count(THREADS)
        self._use_poll = hasattr(select, "poll")
        settings = Adjustments(
            sockets=sockets,
            ident="AnkiConnect",
            max_request_header_size=_HEAD_LIMIT,
            connection_limit=_connection_limit(),
            backlog=1024,
            recv_bytes=_READ_AT_ONCE,
            clear_untrusted_proxy_headers=False,
        )
        self._listeners = [
            _listen(application, sock, settings, self._threads, self._map)
            for sock in sockets
        ]
        self._loop: threading.Thread | None = None
        self._stop_at: float | None = None
        self._stopped = False

    def start(self) -> None:
        """Serve on a thread of its own."""
        self._loop = threading.Thread(
            target=self._serve, name="ankiconnect", daemon=True
        )
        self._loop.start()

    def stop(self, seconds: float = STOP_TAKES) -> None:
        """Take nothing new in, let replies go out for that long, and end."""
        if self._stopped:
            return
        self._stopped = True
        if self._loop is None:
            self._close_all()
        else:
            # The loop sleeps until its trigger wakes it, and the map is its own.
            self._listeners[0].trigger.pull_trigger(lambda: self._end_by(seconds))
            self._loop.join()
        self._threads.shutdown(timeout=_THREADS_END)  # type: ignore[arg-type]
        if not self._threads.threads:
            # Whoever still runs may pull it, and its number not be another's.
            for listener in self._listeners:
                listener.trigger.close()

    def _serve(self) -> None:
        look_at = 0.0
        while not self._over():
            try:
                seconds = _LOOK_EVERY if self._stop_at is None else 0.02
                connections.run(self._map, seconds, use_poll=self._use_poll)
                if time.monotonic() >= look_at:
                    look_at = time.monotonic() + _LOOK_EVERY
                    connections.close_overdue(self._map)
            except Exception:  # one connection's fault is not to end all others
                log.exception("a connection failed")
                time.sleep(0.05)
        self._close_all()

    def _over(self) -> bool:
        return self._stop_at is not None and (
            time.monotonic() >= self._stop_at or not connections.any_waiting(self._map)
        )

    def _end_by(self, seconds: float) -> None:
        self._stop_at = time.monotonic() + seconds
        self._close_listeners()

    def _close_listeners(self) -> None:
        for listener in self._listeners:
            connections.stop_listening(listener)

    def _close_all(self) -> None:
        self._close_listeners()
        connections.close_all(self._map)


def _listen(
    application: Application,
    sock: socket.socket,
    settings: Adjustments,
    threads: Threads,
    map: dict[int, Any],
) -> Listener:
    listener = Listener(
        application,
        map,
        _sock=sock,
        dispatcher=threads,
        adj=settings,
        bind_socket=False,
        sockinfo=(sock.family, sock.type, sock.proto, sock.getsockname()),
    )
    listener.channel_class = Channel
    listener.body_limit = application.body_limit
    return listener


def _bind(host: str, port: int) -> list[socket.socket]:
    first = _listen_on(host, port)
    address, bound = first.getsockname()[:2]
    companion = _COMPANIONS.get(address)
    if companion is None:
        return [first]
    try:
        # Port 0 is a free port for the first, and has to be the same for both.
        return [first, _listen_on(companion, bound)]
    except OSError as error:
        if error.errno == errno.EADDRINUSE and port == 0:
            first.close()
            return _bind(host, port)
        log.info("not served on %s: %s", companion, error)
        return [first]


def _listen_on(host: str, port: int) -> socket.socket:
    if not 0 <= port <= 0xFFFF:
        # getaddrinfo would take the rest of a division by 65536.
        raise OSError(errno.EINVAL, "there is no such port")
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
        return _CONNECTIONS
    import resource

    files, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    # macOS lets a program have 256 unless it asks for more.
    if files < _FILES and (most == resource.RLIM_INFINITY or files < most):
        wanted = _FILES if most == resource.RLIM_INFINITY else min(_FILES, most)
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
        except (OSError, ValueError) as error:
            log.info("no more than %s files: %s", files, error)
        else:
            files = wanted
    return max(_FEWEST, min(_CONNECTIONS, files - _FILES_OF_OTHERS))
