"""Real servers: ours, headless and in a real Anki, and Anki's own to sync with."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import requests

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
#: What comes by npm does come from elsewhere.
OPEN_NETWORK = dict(os.environ)

#: What Anki prints when something calls what it is about to take away.
DEPRECATED = re.compile(
    r"is deprecated|please use |will go away|will break in the future|bug: "
)


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
        assert set(reply) == {"result", "error"}, reply
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
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
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
