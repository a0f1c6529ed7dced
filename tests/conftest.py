"""What tests share: real servers, headless and in a real Anki."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from anki import _legacy, collection, models  # noqa: F401 (in this order)
from servers import (
    ADDON,
    CLOSED_NETWORK,
    Anki,
    Server,
    SyncServer,
    start_anki,
    start_headless,
    stop_anki,
    stop_headless,
)
from windows import close_windows, start_over

from ankiconnect.hosts.headless import Headless
from ankiconnect.hosts.sync import log_in

pytest_plugins = ["ankiconnect.testing"]


@pytest.fixture(scope="session", autouse=True)
def deprecations_are_errors() -> Iterator[None]:
    """Anki prints its deprecations; here they raise."""

    def refuse(message: str, frame: int = 1) -> None:
        raise DeprecationWarning(message)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_legacy, "print_deprecation_warning", refuse)
        patch.setattr(models, "print_deprecation_warning", refuse)
        yield


@pytest.fixture(scope="session", autouse=True)
def closed_network() -> Iterator[None]:
    """Other machines are refused at once, in this process as in those it starts.

    For the whole session: Anki reads this once.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name, value in CLOSED_NETWORK.items():
            patch.setenv(name, value)
        yield


@pytest.fixture
def headless(base: Path) -> Iterator[Server]:
    """A headless server in a process of its own."""
    server = start_headless(base, "--port", "0")
    yield server
    stop_headless(server)


@pytest.fixture(scope="session")
def anki_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Anki]:
    if importlib.util.find_spec("aqt") is None:
        pytest.fail("aqt is not installed: the tests need real Anki", pytrace=False)
    assert ADDON.is_file(), f"{ADDON} is not there: python packaging/build_addon.py"
    folder = tmp_path_factory.mktemp("anki")
    server = start_anki(folder)
    yield server
    close_windows(server)
    stop_anki(server)


@pytest.fixture
def anki(anki_session: Anki) -> Anki:
    """Real Anki, its windows closed and its collection emptied."""
    start_over(anki_session)
    return anki_session


@pytest.fixture(params=["headless", "anki"])
def server(request: pytest.FixtureRequest) -> Server:
    """Each host in turn."""
    found: Server = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def files(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder, and the address of the web server that serves it."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            pass

    folder = tmp_path / "served"
    folder.mkdir()
    web = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=web.serve_forever, args=(0.01,))
    thread.start()
    yield folder, f"http://127.0.0.1:{web.server_port}"
    web.shutdown()
    thread.join()
    web.server_close()


@pytest.fixture
def sync_server(tmp_path: Path) -> Iterator[SyncServer]:
    """A sync server of the test's own."""
    server = SyncServer(tmp_path / "sync server")
    yield server
    server.stop()


@pytest.fixture
def logged_in(host: Headless, sync_server: SyncServer) -> SyncServer:
    """The server that the host's collection is synced with."""
    log_in(host.folder(), sync_server.user, sync_server.password, sync_server.url)
    col = host.collection
    assert col is not None
    # Two collections without a card are alike to Anki, whatever else they have.
    note = col.new_note(col.models.by_name("Basic"))
    note.fields[0] = "not empty"
    col.add_note(note, 1)
    host.sync_in_full(upload=True)
    col.remove_notes([note.id])
    host.sync()
    return sync_server
