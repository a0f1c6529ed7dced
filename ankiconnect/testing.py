"""A pytest plugin: actions tried on a real collection, without a server.

Load it with ``pytest_plugins = ["ankiconnect.testing"]``.

- ``call("createDeck", deck="a")`` answers like the API, newest version, and
  checks parameters and result against the action's schema;
- ``col`` is the collection that it works on, made anew for each test;
- ``load_plugin("mine.py")`` loads a plugin of your own from beside the test;
- ``served`` is the URL of a server of the same actions and collection.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Callable

import anki.collection
import orjson
import pytest
from anki.errors import AnkiException

from ankiconnect import API_VERSION, READ, ActionError, late
from ankiconnect.access import Caller
from ankiconnect.contract import Contract
from ankiconnect.dispatch import Dispatcher
from ankiconnect.hosts.headless import Headless
from ankiconnect.plugins import LOADED, Plugin, Plugins
from ankiconnect.registry import Registry
from ankiconnect.server import Server
from ankiconnect.settings import Settings
from ankiconnect.web import Application


class Call:
    """Calls actions of a dispatcher."""

    def __init__(self, dispatcher: Dispatcher, host: Headless) -> None:
        self.dispatcher = dispatcher
        self.caller = Caller()
        self._host = host

    def __call__(self, action: str, /, **params: Any) -> Any:
        """The result of an action; raises ActionError with the error's text."""
        request = {"action": action, "version": API_VERSION, "params": params}
        before = self._last_step()
        reply = self.reply(request)
        assert set(reply) == {"result", "error"}
        if reply["error"] is not None:
            raise ActionError(reply["error"])
        contract = self.contract(action)
        contract.check_result(reply["result"])
        if contract.action.kind is READ and before is not None:
            after = self._last_step()
            assert after in (before, None), f"{action} is a READ, but it writes"
        return reply["result"]

    def _last_step(self) -> int | None:
        """The number of the collection's last step of undo, if one is open."""
        col = self._host.collection
        with suppress(AnkiException):  # another thread has closed it
            return None if col is None else col.undo_status().last_step
        return None

    def reply(self, request: Any) -> Any:
        """The whole reply to a request as it stands."""
        return orjson.loads(self.dispatcher.answer(orjson.dumps(request), self.caller))

    def error(self, action: str, /, **params: Any) -> str:
        """The error's text of an action that has to fail."""
        with pytest.raises(ActionError) as caught:
            self(action, **params)
        return str(caught.value)

    def contract(self, action: str) -> Contract:
        """An action's contract."""
        found = self.dispatcher.plugins.registry.find(action, API_VERSION)
        assert found is not None, f"there is no action {action}"
        return found


@pytest.fixture(scope="session")
def master_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base folder with an empty collection, to copy."""
    base = tmp_path_factory.mktemp("master")
    host = Headless(base, Settings())
    host.open()
    host.close()
    return base


@pytest.fixture
def base(master_base: Path, tmp_path: Path) -> Path:
    """A base folder of the test's own."""
    shutil.copytree(master_base, tmp_path / "base")
    return tmp_path / "base"


@pytest.fixture
def host(base: Path) -> Iterator[Headless]:
    """A headless host with its collection open."""
    headless = Headless(base)
    headless.open()
    yield headless
    headless.close()


@pytest.fixture
def col(host: Headless) -> anki.collection.Collection:
    """The host's collection."""
    assert host.collection is not None
    return host.collection


@pytest.fixture
def plugins(host: Headless) -> Iterator[Plugins]:
    """The built-in families, and whatever a test adds."""
    loaded = Plugins(Registry(), host.settings)
    loaded.load_builtin()
    refused = [plugin for plugin in loaded.all.values() if plugin.reason]
    assert not refused, refused
    late.receive(loaded.load_object)
    yield loaded
    late.receive(None)


@pytest.fixture
def load_plugin(
    plugins: Plugins, host: Headless, request: pytest.FixtureRequest
) -> Callable[..., Plugin]:
    """Loads a file, beside the test unless its path is whole; a refusal fails."""

    def load(
        file: str | Path, *, name: str = "", settings: dict[str, Any] | None = None
    ) -> Plugin:
        path = Path(request.path).parent / file
        name = name or path.stem
        own = {**host.settings["pluginSettings"], name: settings or {}}
        host.settings.override("pluginSettings", own)
        plugin = plugins.load_file(name, path)
        assert plugin.state == LOADED, plugin.reason
        return plugin

    return load


@pytest.fixture
def served(call: Call, host: Headless) -> Iterator[str]:
    """The URL of a server that answers over HTTP what ``call`` answers."""
    server = Server(Application(call.dispatcher), "127.0.0.1", 0)
    server.start()
    yield server.url
    server.stop()


@pytest.fixture
def call(
    plugins: Plugins, host: Headless, caplog: pytest.LogCaptureFixture
) -> Iterator[Call]:
    """Calls actions; a traceback in the log, which means a bug, fails the test."""
    yield Call(Dispatcher(plugins, host), host)
    bugs = [
        f"{record.getMessage()}: {record.exc_info[1]!r}"
        for record in caplog.get_records("call")
        if record.exc_info and record.levelno >= logging.ERROR
    ]
    assert not bugs, f"{bugs}; caplog.clear() where that is meant"
