"""Bare connections, as no client that means well would use them."""

from __future__ import annotations

import json
import socket
import time
from contextlib import suppress
from urllib.parse import urlsplit

HEAD = b"POST / HTTP/1.1\r\nHost: localhost\r\n"


def address(url: str) -> tuple[str, int]:
    """Where a server listens."""
    parts = urlsplit(url)
    return str(parts.hostname), int(parts.port or 80)


def connect(url: str, timeout: float = 10) -> socket.socket:
    """A connection to a server."""
    sock = socket.create_connection(address(url), timeout=timeout)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def read_all(sock: socket.socket) -> bytes:
    """What comes until the other side closes; a reset counts as that."""
    received = b""
    with suppress(ConnectionError):
        while part := sock.recv(65536):
            received += part
    return received


def exchange(url: str, data: bytes, timeout: float = 10) -> bytes:
    """What comes back for bytes; b"" if the connection is just closed."""
    with connect(url, timeout) as sock:
        with suppress(ConnectionError):
            sock.sendall(data)
        return read_all(sock)


def status(response: bytes) -> int:
    """The status of a response; 0 for none."""
    if not response:
        return 0
    line = response.split(b"\r\n", 1)[0].split(b" ", 2)
    assert line[0] in (b"HTTP/1.0", b"HTTP/1.1"), response[:100]
    return int(line[1])


def post(body: bytes, *headers: str) -> bytes:
    """A request by bytes."""
    lines = "".join(f"{header}\r\n" for header in headers)
    return (
        HEAD
        + lines.encode()
        + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
        + body
    )


def closes_within(sock: socket.socket, seconds: float) -> bool:
    """Whether the other side closes in that time; what it sends is dropped."""
    deadline = time.monotonic() + seconds
    sock.settimeout(0.1)
    while time.monotonic() < deadline:
        try:
            if not sock.recv(65536):
                return True
        except socket.timeout:
            continue
        except OSError:
            return True
    return False


def request(action: str, **params: object) -> bytes:
    """A request's body."""
    return json.dumps({"action": action, "version": 6, "params": params}).encode()
