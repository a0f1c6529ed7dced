"""What is measured: a collection, servers, and a client that costs little."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import anki.lang
import orjson
from anki.collection import AddNoteRequest, Collection

anki.lang.set_lang("en_US")

ROOT = Path(__file__).resolve().parent.parent
PROFILE = "User 1"
#: Of the notes, so many in a hundred were reviewed, and have a row in the log.
REVIEWED = 50

_CONSTANT = """
import logging, waitress
# Its warnings of a full queue would cost it time.
logging.getLogger("waitress.queue").setLevel(logging.ERROR)
def constant(environ, start):
    start("200 OK", [("Content-Type", "application/json"), ("Content-Length", "25")])
    return [b'{"result":6,"error":null}']
server = waitress.create_server(constant, host="127.0.0.1", port=0)
print(f"http://127.0.0.1:{server.effective_port}", flush=True)
server.run()
"""


def make_base(folder: Path, notes: int) -> Path:
    """A base folder whose one profile has so many notes, each with one card."""
    base = folder / f"base-{notes}"
    profile = base / PROFILE
    profile.mkdir(parents=True)
    col = Collection(str(profile / "collection.anki2"))
    basic = col.models.by_name("Basic")
    assert basic is not None
    decks = [col.decks.add_normal_deck_with_name(f"Deck {n}").id for n in range(20)]
    requests = []
    for number in range(notes):
        note = col.new_note(basic)
        note.fields = [f"front {number}", f"the back of number {number} " * 4]
        note.tags = [f"tag{number % 50}", "all"]
        requests.append(AddNoteRequest(note, decks[number % len(decks)]))
    col.add_notes(requests)
    cards = col.db.list("select id from cards")
    reviewed = cards[: len(cards) * REVIEWED // 100]
    col.db.executemany(
        "update cards set type = 2, queue = 2, due = 5, ivl = 3, factor = 2500,"
        " reps = 1 where id = ?",
        [(card,) for card in reviewed],
    )
    start = int(time.time() * 1000) - len(reviewed)
    col.db.executemany(
        "insert into revlog values (?, ?, -1, 3, 3, -600, 2500, 4000, 0)",
        [(start + number, card) for number, card in enumerate(reviewed)],
    )
    col.close()
    return base


class Server:
    """A server in a process of its own, and one connection to it."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process = process
        self.port = int(url.rpartition(":")[2])
        self.client = Client(self.port)

    def stop(self) -> None:
        """End it."""
        self.client.close()
        self.process.terminate()
        self.process.wait()


def serve_constant() -> Server:
    """A waitress application that returns a constant."""
    return _started([sys.executable, "-c", _CONSTANT])


def serve_headless(base: Path) -> Server:
    """The headless server on a copy of a base folder."""
    copy = _copied(base, "headless")
    command = [sys.executable, "-m", "ankiconnect", "serve", "--port", "0"]
    return _started([*command, "--base", str(copy)])


def serve_anki(base: Path) -> Server:
    """Real Anki with the add-on on a copy of a base folder."""
    copy = _copied(base, "anki")
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    process = subprocess.Popen(
        [
            *(sys.executable, ROOT / "packaging" / "run_anki.py"),
            *("--base", copy, "--port", str(port)),
            *("--plugins", ROOT / "bench" / "plugins"),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    url = f"http://127.0.0.1:{port}"
    while True:
        try:
            server = Server(process, url)
            if server.client.call("deckNames"):
                return server
        except (OSError, RuntimeError):
            if process.poll() is not None:
                raise
            time.sleep(0.2)


def open_copy(base: Path) -> Collection:
    """The same collection in this process, for the floor."""
    copy = _copied(base, "floor")
    return Collection(str(copy / PROFILE / "collection.anki2"))


def _copied(base: Path, name: str) -> Path:
    copy = Path(tempfile.mkdtemp(prefix=f"{base.name}-{name}-", dir=base.parent))
    return Path(shutil.copytree(base, copy, dirs_exist_ok=True))


def _started(command: list[str]) -> Server:
    # Not from here, where `python -m` would find our sources, not what is installed.
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=tempfile.gettempdir()
    )
    assert process.stdout is not None
    return Server(process, process.stdout.readline().strip().rpartition(" ")[2])


class Client:
    """HTTP with keep-alive, and no more of it than the measurement needs."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def call(self, action: str, **params: Any) -> Any:
        """The result of an action; raises RuntimeError with its error."""
        return self.send(request(action, **params), decode=True)

    def send(self, body: bytes, decode: bool = False) -> Any:
        """Send a body and read the reply whole."""
        head = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
        self._socket.sendall(head % len(body) + body)
        received = bytearray()
        while b"\r\n\r\n" not in received:
            received += self._receive()
        head, _, rest = bytes(received).partition(b"\r\n\r\n")
        length = next(
            int(line.partition(b":")[2])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        )
        parts, missing = [rest], length - len(rest)
        while missing > 0:
            part = self._receive()
            parts.append(part)
            missing -= len(part)
        if not decode:
            return None
        reply = orjson.loads(b"".join(parts))
        if reply["error"] is not None:
            raise RuntimeError(reply["error"])
        return reply["result"]

    def _receive(self) -> bytes:
        part = self._socket.recv(1 << 20)
        if not part:
            raise OSError("the server hung up")
        return part


def request(action: str, **params: Any) -> bytes:
    """A request's body."""
    return orjson.dumps({"action": action, "version": 6, "params": params})
