"""What tests share: real servers, headless and in a real Anki."""

from __future__ import annotations

import importlib.util
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from anki import _legacy, collection, models  # noqa: F401 (in this order)

from ankiconnect.hosts.headless import Headless
from ankiconnect.hosts.sync import log_in

pytest_plugins = ["ankiconnect.testing"]

ROOT = Path(__file__).resolve().parent.parent
ADDON = ROOT / "dist" / "ankiconnect.ankiaddon"
#: A folder without our sources, which `python -m` would take before what is installed.
ELSEWHERE = Path(tempfile.gettempdir())

#: No test calls anything but this machine: all else is refused at once.
CLOSED_NETWORK = {
    "http_proxy": "http://127.0.0.1:9",
    "https_proxy": "http://127.0.0.1:9",
    "no_proxy": "127.0.0.1,localhost,::1",
}

#: What Anki prints when something calls what it is about to take away.
DEPRECATED = re.compile(
    r"is deprecated|please use |will go away|will break in the future|bug: "
)


@pytest.fixture(scope="session", autouse=True)
def deprecations_are_errors() -> Iterator[None]:
    """Anki prints its deprecations; here they raise."""

    def refuse(message: str, frame: int = 1) -> None:
        raise DeprecationWarning(message)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_legacy, "print_deprecation_warning", refuse)
        patch.setattr(models, "print_deprecation_warning", refuse)
        yield


@pytest.fixture
def closed_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other machines are refused at once, in this process as in the servers."""
    for name, value in CLOSED_NETWORK.items():
        monkeypatch.setenv(name, value)


class Server:
    """A running server, spoken to over HTTP."""

    def __init__(self, url: str, process: subprocess.Popen[str], kind: str) -> None:
        self.url = url
        self.process = process
        self.kind = kind
        self._session = requests.Session()
        self._session.trust_env = False

    def __call__(self, action: str, /, **params: Any) -> Any:
        """The result of an action, newest version; a failure is a failed test."""
        reply = self.reply({"action": action, "version": 6, "params": params})
        assert set(reply) == {"result", "error"}
        assert reply["error"] is None, f"{action}: {reply['error']}"
        return reply["result"]

    def error(self, action: str, /, **params: Any) -> str:
        """The error's text of an action that has to fail."""
        reply = self.reply({"action": action, "version": 6, "params": params})
        assert reply["result"] is None
        assert isinstance(reply["error"], str)
        return reply["error"]

    def wait_for_reply(self, action: str, result: Any, seconds: float = 20) -> None:
        """Ask until the result is that; errors in between are fine."""
        deadline = time.monotonic() + seconds
        request = {"action": action, "version": 6}
        while (reply := self.reply(request))["result"] != result:
            assert time.monotonic() < deadline, f"{action} is still {reply}"
            time.sleep(0.05)

    def reply(self, request: Any, **headers: str) -> Any:
        """The decoded reply to a request as it stands."""
        return self.post(request, **headers).json()

    def post(self, request: Any, **headers: str) -> requests.Response:
        """The response to a request as it stands; bytes go as they are."""
        body = {"data" if isinstance(request, bytes) else "json": request}
        return self._session.post(self.url, headers=headers, timeout=60, **body)


class Anki(Server):
    """Real Anki with the add-on; `look` runs Python on its main thread."""

    base: Path
    log: Path

    def look(self, code: str) -> Any:
        """The value of a Python expression, or of `result` after statements."""
        try:
            compile(code, "look", "eval")
        except SyntaxError:
            return self("probe", code=code)
        return self("probe", code=f"result = {code}")

    def wait_for(self, expression: str, seconds: float = 10) -> Any:
        """Wait until a Python expression is true in Anki; its value."""
        deadline = time.monotonic() + seconds
        while True:
            value = self.look(expression)
            if value:
                return value
            assert time.monotonic() < deadline, f"never came true: {expression}"
            time.sleep(0.05)


def result_in(reply: Any, version: int = 6) -> Any:
    """The result in the reply to a request of that version; an error fails."""
    if version > 4:
        assert set(reply) == {"result", "error"}
        assert reply["error"] is None
        return reply["result"]
    assert not (isinstance(reply, dict) and "error" in reply), reply
    return reply


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def start_headless(base: Path, *arguments: str) -> Server:
    """Start `ankiconnect serve` and wait for its ready line."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ankiconnect", "serve", "--base", base, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        cwd=base,
        env={**os.environ, **CLOSED_NETWORK},
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    match = re.fullmatch(r"AnkiConnect v\.6 listening on (http://\S+)\n", line)
    assert match, f"no ready line but {line!r}"
    return Server(match[1], process, "headless")


def stop_headless(server: Server) -> None:
    """End it as an operator would; it has to end cleanly."""
    server.process.terminate()
    assert server.process.wait(10) == 0
    assert server.process.stdout is not None
    server.process.stdout.close()


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


def start_anki(folder: Path, *arguments: str) -> Anki:
    """Start real Anki with the built add-on and wait until it answers."""
    port = free_port()
    log = folder / "anki.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [
                *(sys.executable, ROOT / "packaging" / "run_anki.py"),
                *("--base", folder / "base", "--port", str(port)),
                *("--plugins", ROOT / "tests" / "anki" / "plugins", *arguments),
            ],
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=folder,
            env={**os.environ, **CLOSED_NETWORK, "PYTHONUNBUFFERED": "1"},
        )
    server = Anki(f"http://127.0.0.1:{port}", process, "anki")
    server.base, server.log = folder / "base", log
    deadline = time.monotonic() + 120
    while True:
        try:
            if server.reply({"action": "deckNames", "version": 6})["error"] is None:
                return server
        except requests.ConnectionError:
            pass
        assert process.poll() is None, f"Anki ended:\n{log.read_text()}"
        assert time.monotonic() < deadline, f"no answer:\n{log.read_text()}"
        time.sleep(0.2)


def stop_anki(server: Anki) -> None:
    """Close Anki as a user would; it has to end cleanly, and without complaint."""
    server.look("aqt.qt.QTimer.singleShot(0, mw.close)")
    assert server.process.wait(30) == 0
    text = server.log.read_text()
    # Pages of Anki 23.10 fail by themselves when they are closed while they load.
    ours = [
        trace.partition("\n\n")[0]
        for trace in text.split("Traceback (most recent call last):")[1:]
        if "addons21" in trace.partition("\n\n")[0]
    ]
    assert not ours, ours
    deprecated = [line for line in text.splitlines() if DEPRECATED.search(line)]
    assert not deprecated, deprecated


RESET = """
col = mw.col
stock = globals().setdefault(
    "stock", {kind.id for kind in col.models.all_names_and_ids()}
)
col.remove_notes(col.find_notes(""))
col.decks.remove([deck.id for deck in col.decks.all_names_and_ids() if deck.id != 1])
for kind in list(col.models.all_names_and_ids()):
    if kind.id not in stock:
        col.models.remove(kind.id)
col.media.trash_files([path.name for path in pathlib.Path(col.media.dir()).iterdir()])
"""


#: Anki complains of a page that asks for something when its window has closed.
EDITORS = """
pages, answers = [], []
for _, opened in aqt.dialogs._dialogs.values():
    page = getattr(getattr(opened, "editor", None), "web", None)
    if page:
        pages.append(page)
        page.evalWithCallback("typeof saveNow == 'function'", answers.append)
"""
OVERVIEW = """
pages, answers = [], []
if mw.state == "overview":
    pages.append(mw.web)
    mw.web.evalWithCallback("document.body.innerText.trim()", answers.append)
"""
DISMISS = """
from aqt.qt import QDialog
for dialog in mw.app.topLevelWidgets():
    if isinstance(dialog, QDialog) and dialog.isModal() and dialog.isVisible():
        dialog.reject()
"""
#: What would ask a user who is not there: dialogs, and text in an Add window.
CLOSE = f"""
import pathlib
{DISMISS}
for _, opened in aqt.dialogs._dialogs.values():
    if isinstance(opened, aqt.addcards.AddCards):
        opened.editor.note = None
aqt.dialogs.closeAll(lambda: None)
"""


def wait_for_pages(server: Anki, ask: str) -> None:
    """Ask pages until each answers that it is loaded.

    A page that was left while it fetched something complains in a dialog, and
    pages answer nothing while one of them has a dialog open.
    """
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        server.look(ask)
        again = time.monotonic() + 2
        while not server.look("len(answers) == len(pages)"):
            server.look(DISMISS)
            if time.monotonic() > again:
                break
            time.sleep(0.05)
        else:
            if server.look("all(answers)"):
                return
            time.sleep(0.05)
    raise AssertionError("a page did not load")


def wait_until_loaded(server: Anki) -> None:
    """Wait for the editors of all windows."""
    wait_for_pages(server, EDITORS)


def close_windows(server: Anki) -> None:
    """Close all windows but Anki's own."""
    wait_until_loaded(server)
    server.look(CLOSE)
    server.wait_for("aqt.dialogs.allClosed()")


@pytest.fixture
def anki(anki_session: Anki) -> Anki:
    """Real Anki, its windows closed and its collection emptied."""
    close_windows(anki_session)
    wait_for_pages(anki_session, OVERVIEW)
    anki_session.look("mw.moveToState('deckBrowser')")
    anki_session.look(RESET)
    anki_session.look("mw.reset()")
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


class SyncServer:
    """Anki's own sync server, with one account."""

    user, password = "user", "password"

    def __init__(self, base: Path) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}/"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "anki.syncserver"],
            env={
                **os.environ,
                "SYNC_USER1": f"{self.user}:{self.password}",
                "SYNC_HOST": "127.0.0.1",
                "SYNC_PORT": str(port),
                "SYNC_BASE": str(base),
                "RUST_LOG": "error",
            },
        )
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
            except OSError:
                assert self._process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.02)
            else:
                return

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)


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
