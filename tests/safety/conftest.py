"""A server in this process, so that its clock, settings and threads are at hand."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from ankiconnect.dispatch import Dispatcher
from ankiconnect.server import Server
from ankiconnect.web import Application


class Here:
    """A server of the headless host in this process."""

    def __init__(self, plugins: Any, host: Any, address: str) -> None:
        self.settings = host.settings
        self.settings.override("webBindAddress", address)
        self.dispatcher = Dispatcher(plugins, host)
        self.server = Server(Application(self.dispatcher), address, 0)
        self.server.start()
        self.port = self.server.port
        self.url = f"http://127.0.0.1:{self.port}"
        self._session = requests.Session()
        self._session.trust_env = False

    def post(self, request: Any, *, url: str = "", **headers: str) -> Any:
        """The response to a request as it stands."""
        body = {"data" if isinstance(request, bytes) else "json": request}
        return self._session.post(url or self.url, headers=headers, timeout=30, **body)

    def reply(self, request: Any, **headers: str) -> Any:
        """The decoded reply to a request."""
        return self.post(request, **headers).json()

    def __call__(self, action: str, /, **params: Any) -> Any:
        """The result of an action."""
        reply = self.reply({"action": action, "version": 6, "params": params})
        assert reply["error"] is None, reply
        return reply["result"]

    def error(self, action: str, /, **params: Any) -> Any:
        """The error of an action that has to fail."""
        reply = self.reply({"action": action, "version": 6, "params": params})
        assert reply["result"] is None
        return reply["error"]

    def close(self) -> None:
        self._session.close()
        self.server.stop()


@pytest.fixture
def here(plugins: Any, host: Any) -> Iterator[Here]:
    """A server for this machine."""
    server = Here(plugins, host, "127.0.0.1")
    yield server
    server.close()


@pytest.fixture
def open_here(plugins: Any, host: Any) -> Iterator[Here]:
    """A server for other machines as well."""
    server = Here(plugins, host, "0.0.0.0")
    yield server
    server.close()


@pytest.fixture(scope="session")
def own_address() -> str:
    """An address of this machine that is not loopback: who calls it is elsewhere."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        # Nothing is sent: the system only says what it would send it from.
        sock.connect(("203.0.113.1", 9))
        found: str = sock.getsockname()[0]
    assert not found.startswith("127."), "this machine has no address but loopback"
    return found
