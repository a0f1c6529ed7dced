"""Where the time goes in what is furthest from its floor."""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path
from typing import Any, Callable

import orjson
from scene import Server, open_copy, request
from workloads import asked_notes, query_of_alike

from ankiconnect.kit import adding, note_media
from ankiconnect.kit.candidates import Candidate, Reader
from ankiconnect.kit.duplicates import find_duplicates

TURNS = 30
REQUESTS = 3000


PROCESSOR_TIME = [
    "| server | request | µs of processor time |",
    "| --- | --- | ---: |",
]


def can_add_notes(base: Path) -> list[str]:
    """The stages of canAddNotes, one after another in process."""
    col = open_copy(base)
    asked = asked_notes(1000)
    alike = query_of_alike(asked)
    body = request("canAddNotes", notes=asked)
    reader = Reader(col)

    def read() -> list[Candidate]:
        return [reader.read(note, note_media.named(note)) for note in asked]

    candidates = read()
    none: list[list[Any]] = [[] for _ in asked]
    stages: list[tuple[str, Callable[[], Any]]] = [
        ("the floor: the query", lambda: col.db.all(alike)),
        ("JSON to objects", lambda: orjson.loads(body)),
        ("each note read: type, deck, fields, tags, scope, empty or not", read),
        (
            "checksums, the query, comparing first fields",
            lambda: find_duplicates(col, candidates, among_each_other=False),
        ),
        (
            "all of it but HTTP",
            lambda: adding.check(
                col, orjson.loads(body)["params"]["notes"], none, among_each_other=False
            ),
        ),
    ]
    rows = [
        "| stage of `canAddNotes` of 1,000 | ms |",
        "| --- | ---: |",
        *(f"| {name} | {_median_ms(work):.2f} |" for name, work in stages),
    ]
    col.close()
    return rows


def processor_time(name: str, server: Server) -> list[str]:
    """What one small request costs a server, by one client."""
    rows = []
    for action in ("version", "deckNames"):
        body = request(action)
        before = _processor_seconds(server.process.pid)
        for _ in range(REQUESTS):
            server.client.send(body)
        used = _processor_seconds(server.process.pid) - before
        rows.append(f"| {name} | {action} | {used / REQUESTS * 1e6:.0f} |")
    return rows


def _median_ms(work: Callable[[], Any]) -> float:
    times = []
    for _ in range(TURNS):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return statistics.median(times) * 1000


def _processor_seconds(pid: int) -> float:
    """Of a process and those that it started; Linux tells."""
    folder = Path("/proc", str(pid))
    fields = (folder / "stat").read_text().rpartition(")")[2].split()
    others = (folder / "task" / str(pid) / "children").read_text().split()
    ticks = int(fields[11]) + int(fields[12])
    seconds = ticks / os.sysconf("SC_CLK_TCK")
    return seconds + sum(_processor_seconds(int(child)) for child in others)
