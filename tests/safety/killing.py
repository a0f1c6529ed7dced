"""Kills a server under a stream of writes, and looks at what is left."""

from __future__ import annotations

import base64
import random
import threading
import time
from pathlib import Path
from typing import Any

import requests
from servers import start_headless

from ankiconnect.hosts.headless import Headless

#: One name that is stored over and over, beside those that are new each time.
SAME = "same.bin"


class Stream:
    """What was answered to one server, and what was sent but may not be."""

    def __init__(self, url: str, seed: int) -> None:
        self.url = url
        self.seed = seed
        self.notes: dict[int, str] = {}
        self.updates: dict[int, list[str]] = {}
        self.doubtful: set[str] = set()
        self.media: dict[str, bytes] = {}
        self.same: list[bytes] = []
        self.same_answered = -1
        self.unexpected: list[Any] = []

    def run(self) -> list[threading.Thread]:
        """Start writing, on four threads, until nobody answers."""
        works = (self._add_note, self._add_notes, self._update, self._store)
        threads = [threading.Thread(target=self._work, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        return threads

    def _work(self, work: Any) -> None:
        random_ = random.Random(f"{self.seed} {work.__name__}")
        number = 0
        with requests.Session() as session:
            session.trust_env = False

            def call(action: str, **params: Any) -> Any:
                body = {"action": action, "version": 6, "params": params}
                reply = session.post(self.url, json=body, timeout=30).json()
                if reply["error"] is not None:
                    self.unexpected.append((action, reply["error"]))
                return reply["result"]

            try:
                while True:
                    number += 1
                    work(call, f"{self.seed} {number}", random_)
            except requests.RequestException:
                return  # the server is dead

    def _add_note(self, call: Any, name: str, _: random.Random) -> None:
        front = f"one {name}"
        self.notes[call("addNote", note=_note(front))] = front

    def _add_notes(self, call: Any, name: str, _: random.Random) -> None:
        fronts = [f"many {name} {index}" for index in range(20)]
        ids = call("addNotes", notes=[_note(front) for front in fronts])
        self.notes.update(zip(ids, fronts))

    def _update(self, call: Any, name: str, random_: random.Random) -> None:
        known = list(self.notes)
        if not known:
            call("version")
            return
        note = random_.choice(known)
        # From here on it may be stored; once it is answered it has to be.
        values = self.updates.setdefault(note, [])
        values.append(name)
        self.doubtful.add(name)
        call("updateNoteFields", note={"id": note, "fields": {"Back": name}})
        values[:] = [name]
        self.doubtful.discard(name)

    def _store(self, call: Any, name: str, random_: random.Random) -> None:
        content = random_.randbytes(random_.choice([10, 1000, 300_000]))
        data = base64.b64encode(content).decode()
        filename = f"{name.replace(' ', '_')}.bin"
        self.media[call("storeMediaFile", filename=filename, data=data)] = content
        self.same.append(content)
        call("storeMediaFile", filename=SAME, data=data)
        self.same_answered = len(self.same) - 1


def _note(front: str) -> dict[str, Any]:
    fields = {"Front": front, "Back": ""}
    return {"deckName": "Default", "modelName": "Basic", "fields": fields}


def kill_under_load(base: Path, seed: int, seconds: float) -> dict[str, int]:
    """Kill a server after that time; what was answered has to be there."""
    server = start_headless(base, "--port", "0")
    stream = Stream(server.url, seed)
    threads = stream.run()
    time.sleep(seconds)
    server.process.kill()
    server.process.wait()
    assert server.process.stdout is not None
    server.process.stdout.close()
    for thread in threads:
        thread.join(30)
    assert stream.unexpected == []
    return _look(base, stream)


def _look(base: Path, stream: Stream) -> dict[str, int]:
    host = Headless(base)
    host.open()
    col = host.collection
    assert col is not None
    try:
        report, fine = col.fix_integrity()
        assert fine, report
        lines = [line for line in report.splitlines() if line]
        assert lines == ["Database rebuilt and optimized."], report
        rows = col.db.execute("select id, flds from notes")
        fields = {note: text.split("\x1f") for note, text in rows}
        lost = {
            note: front
            for note, front in stream.notes.items()
            if fields.get(note, [None])[0] != front
        }
        assert not lost, lost
        for note, values in stream.updates.items():
            # Nothing was answered yet where the first is still in doubt.
            empty = {""} if values[0] in stream.doubtful else set()
            assert fields[note][1] in {*values, *empty}, (fields[note], values)
        folder = Path(col.media.dir())
        for name, content in stream.media.items():
            assert (folder / name).read_bytes() == content, name
        if stream.same_answered >= 0:
            last = stream.same[stream.same_answered :]
            assert (folder / SAME).read_bytes() in last
        assert not list(folder.glob("*.part"))
        # What was half done can be undone, or was never begun.
        if col.undo_status().undo:
            col.undo()
        assert col.db.scalar("pragma integrity_check") == "ok"
        assert not col.db.list(
            "select id from cards where nid not in (select id from notes)"
        )
    finally:
        host.close()
    return {
        "notes": len(stream.notes),
        "updates": len(stream.updates),
        "media": len(stream.media) + stream.same_answered + 1,
    }
