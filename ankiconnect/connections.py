"""Connections that can hold nobody up: each has its time, and then it ends.

waitress closes what is idle. What it lets go on for ever is closed here: a
request that comes in drop by drop, a reply that nobody reads; and where there
are too many connections, the one that has been of no use for longest.
"""

from __future__ import annotations

import copy
import errno
import socket
import time
from collections.abc import Mapping
from typing import Any, Callable

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer

#: Seconds that a connection may be silent before its first request, and after.
FIRST_WORD, IDLE = 20, 120
#: A request may take that many seconds to come in, a reply to go out, and more
#: for what of it has moved, at so many bytes a second.
GRACE, SLOWEST = 20, 16 * 1024
#: Seconds for which what a refused client goes on sending is read and dropped.
LINGER = 20
#: Bytes of a body that everybody may send.
SMALL_BODY = 64 * 1024

_NO_MORE_FILES = (errno.EMFILE, errno.ENFILE)

#: From a request's headers and its caller's address to its largest body.
BodyLimit = Callable[[Mapping[str, str], str], int]


class Listener(TcpWSGIServer):
    """Accepts connections, and closes a useless one where there are too many."""

    body_limit: BodyLimit
    trigger: Any
    _map: dict[int, Any]

    def handle_accept(self) -> None:
        if len(self._map) >= self.adj.connection_limit - 1:
            _make_room(self._map)
        super().handle_accept()

    def accept(self) -> Any:
        try:
            return super().accept()
        except OSError as error:
            if error.errno not in _NO_MORE_FILES:
                raise
            _make_room(self._map)
            # Whoever has the files may give some back.
            time.sleep(0.05)
            return None

    def maintenance(self, now: float) -> None:
        """Not here: see ``close_overdue``."""


class Channel(HTTPChannel):
    """One connection."""

    def __init__(self, server: Listener, sock: Any, addr: Any, *args: Any, **kw: Any):
        self.moved_at = time.monotonic()
        self.spoke = False
        self._sent = 0
        self._refused = False
        self._lingers_since: float | None = None
        self._phase: object = None
        self._phase_since, self._phase_moved = 0.0, 0

        def parser(adj: Any) -> _Parser:
            return _Parser(adj, lambda headers: server.body_limit(headers, addr[0]))

        self.parser_class: Any = parser
        super().__init__(server, sock, addr, *args, **kw)

    @property
    def busy(self) -> bool:
        """Whether a request is under way here, or its reply."""
        return bool(self.request or self.requests or self.total_outbufs_len)

    def overdue(self, now: float) -> bool:
        """Whether its time is over."""
        if self._lingers_since is not None:
            return now > self._lingers_since + LINGER
        if self.total_outbufs_len:
            return self._slow("reply", self._sent, now)
        if self.requests:
            self._phase = None  # it is for us to go on
            return False
        if self.request is not None:
            moved = self.request.header_bytes_received
            return self._slow(
                self.request, moved + self.request.body_bytes_received, now
            )
        return now > self.moved_at + (IDLE if self.spoke else FIRST_WORD)

    def _slow(self, phase: object, moved: int, now: float) -> bool:
        if phase is not self._phase:
            self._phase, self._phase_since, self._phase_moved = phase, now, moved
        worth = (moved - self._phase_moved) / SLOWEST
        return now > self._phase_since + GRACE + worth

    # What waitress calls

    def received(self, data: bytes) -> bool:
        self.moved_at = time.monotonic()
        self.spoke = True
        if self._lingers_since is not None:
            return True
        return super().received(data)

    def send(self, data: bytes, do_close: bool = True) -> int:
        sent: int = super().send(data, do_close)
        if sent:
            self.moved_at = time.monotonic()
            self._sent += sent
        return sent

    def service(self) -> None:
        self._refused = bool(self.requests[0].error)
        super().service()

    def handle_close(self) -> None:
        if self._refused and self._lingers_since is None and self.connected:
            # Closed while bytes come in, a connection is reset, and the client
            # might never read why.
            self._lingers_since = time.monotonic()
            self.will_close = False
            try:
                assert self.socket is not None
                self.socket.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # the client is gone
            else:
                return
        super().handle_close()


class _Parser(HTTPRequestParser):
    """Reads one request, as large a one as its caller may send."""

    def __init__(self, adj: Any, limit: Callable[[Mapping[str, str]], int]) -> None:
        super().__init__(adj)
        self._limit = limit

    def parse_header(self, header_plus: bytes) -> None:
        try:
            super().parse_header(header_plus)
        except ValueError as error:  # an address that is none
            raise ParsingError(str(error)) from None
        if self.chunked or self.content_length > SMALL_BODY:
            self.adj = copy.copy(self.adj)
            self.adj.max_request_body_size = self._limit(self.headers) + 1


def close_overdue(connections: Mapping[int, Any]) -> None:
    """Close what had its time."""
    now = time.monotonic()
    for channel in _channels(connections):
        if channel.overdue(now):
            close(channel)


def close(channel: Channel) -> None:
    """Close a connection, whatever is under way there."""
    # waitress' own way waits for a client that may never read again.
    HTTPChannel.handle_close(channel)


def any_waiting(connections: Mapping[int, Any]) -> bool:
    """Whether anybody who sent a whole request has not the whole reply."""
    return any(
        channel.requests or channel.total_outbufs_len
        for channel in _channels(connections)
    )


def _make_room(connections: Mapping[int, Any]) -> None:
    idle = [
        channel
        for channel in _channels(connections)
        if not (channel.requests or channel.total_outbufs_len)
    ]
    if idle:
        # Those first that never said a word, those last that are half way.
        close(min(idle, key=lambda one: (one.busy, one.spoke, one.moved_at)))


def _channels(connections: Mapping[int, Any]) -> list[Channel]:
    return [entry for entry in connections.values() if isinstance(entry, Channel)]


def run(connections: dict[int, Any], seconds: float, *, use_poll: bool) -> None:
    """Do what there is to do on all connections, or wait for it that long."""
    wasyncore.loop(timeout=seconds, map=connections, use_poll=use_poll, count=1)


def stop_listening(listener: Listener) -> None:
    """Take no more connections in; its trigger stays, since threads pull it."""
    if listener.accepting:
        wasyncore.dispatcher.close(listener)


def close_all(connections: Mapping[int, Any]) -> None:
    """Close every connection."""
    for channel in _channels(connections):
        close(channel)
