"""Times over HTTP beside the least that they could be.

    tox -e bench [-- --anki] [--sizes 1000,20000,100000] [--quick]

Every row is measured in turns: the request, then its floor, so that a machine
that slows down slows both. Medians, in milliseconds.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import tempfile
import threading
import time
from datetime import date
from pathlib import Path
from typing import Any, Callable

import anki.buildinfo
import stages
from scene import (
    Client,
    Server,
    make_base,
    open_copy,
    request,
    serve_anki,
    serve_constant,
    serve_headless,
)
from window import window_rows
from workloads import workloads

RESULTS = Path(__file__).with_name("RESULTS.md")
#: Why a goal is not met; what it says stands in the stages that are measured.
WHY = Path(__file__).with_name("WHY.md")
SMALL_TURNS = 1000
CLIENTS, SECONDS = 8, 3.0

IN_ANKI = "in Anki"
#: The collection that the goals are for, and with which the window is watched.
GOALS_AT = 20_000


def main() -> None:
    """Measure and write RESULTS.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--anki", action="store_true", help="in real Anki as well")
    parser.add_argument("--sizes", default="1000,20000,100000")
    parser.add_argument("--quick", action="store_true", help="the small requests only")
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    if options.quick:
        sizes = sizes[:1]

    lines = [
        "# Times",
        "",
        f"{date.today()}, Anki {anki.buildinfo.version}, Python "
        f"{platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}. "
        "Median milliseconds; the floor is the same work done in process in the same "
        "run. Made by `tox -e bench -- --anki`.",
    ]
    hosts = {"headless": serve_headless}
    if options.anki:
        hosts[IN_ANKI] = serve_anki
    constant = serve_constant()
    costs = ["", "## Stages", "", *stages.PROCESSOR_TIME]
    costs += stages.processor_time("a constant", constant)
    growth = Growth(sizes)
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            base = make_base(Path(folder), size)
            for name, serve in hosts.items():
                server = serve(base)
                lines += ["", f"## {size:,} notes, {name}", ""]
                if size == sizes[0]:
                    lines += _small(server, constant, name)
                    costs += stages.processor_time(name, server)
                if not options.quick:
                    lines += _large(server, base, size, growth.of(name, size))
                if name == IN_ANKI and size == GOALS_AT and not options.quick:
                    lines += ["", "### The window", "", *window_rows(server)]
                server.stop()
            if not options.quick and size == GOALS_AT:
                costs += ["", *stages.can_add_notes(base)]
    constant.stop()
    if not options.quick:
        lines += ["", "## Growth", "", *growth.rows()]
    lines += [*costs, "", WHY.read_text("utf-8").strip()]
    RESULTS.write_text("\n".join(lines) + "\n", "utf-8")
    print("\n".join(lines))


class Growth:
    """What one item of each workload takes, by the size of the collection."""

    def __init__(self, sizes: list[int]) -> None:
        self._sizes = sizes
        self._times: dict[tuple[str, str], dict[int, float]] = {}

    def of(self, host: str, size: int) -> Callable[[str, int, float], None]:
        """What is told of each workload, its items and its milliseconds."""

        def keep(label: str, items: int, milliseconds: float) -> None:
            times = self._times.setdefault((label, host), {})
            times[size] = milliseconds / items * 1000

        return keep

    def rows(self) -> list[str]:
        """The table."""
        sizes = " | ".join(f"{size:,} notes" for size in self._sizes)
        return [
            "Microseconds for one item: a note, a card, an id, a MiB, a search.",
            "",
            f"| workload | host | {sizes} |",
            f"| --- | --- |{' ---: |' * len(self._sizes)}",
            *(
                f"| {label} | {host} | "
                + " | ".join(f"{times[size]:.1f}" for size in self._sizes)
                + " |"
                for (label, host), times in self._times.items()
            ),
        ]


def _small(server: Server, constant: Server, host: str) -> list[str]:
    """The smallest requests, against an application that returns a constant."""
    rows = []
    for action, goal in (("version", 1.5), ("deckNames", 3.0)):
        body = request(action)
        ours, floor = _in_turns(
            lambda turn, body=body: server.client.send(body),
            lambda turn, body=body: constant.client.send(body),
            SMALL_TURNS,
        )
        rows.append(_row(action, "constant application", ours, floor, goal))
    body = request("deckNames")
    ours, floor = _throughput(server, body), _throughput(constant, body)
    met = "yes" if ours >= floor / 2 else "NO"
    return [
        "| request | floor | ms | floor ms | ratio | goal | met |",
        "| --- | --- | ---: | ---: | ---: | ---: | --- |",
        *rows,
        "",
        f"{CLIENTS} clients, `deckNames`: {ours:,.0f} requests a second; the constant "
        f"application {floor:,.0f}, so {ours / floor:.2f} of it (goal 0.5, met: "
        f"{met}).",
        "",
    ]


def _large(
    server: Server, base: Path, size: int, keep: Callable[[str, int, float], None]
) -> list[str]:
    col = open_copy(base)
    lines = [
        "| workload | floor | ms | floor ms | ratio | goal | met |",
        "| --- | --- | ---: | ---: | ---: | ---: | --- |",
    ]
    for work in workloads(col):
        server.client.send(work.body(-1), decode=True)  # and raise if it fails
        work.floor(col, -1)
        bodies = [work.body(turn) for turn in range(work.turns)]
        ours, floor = _in_turns(
            lambda turn, bodies=bodies: server.client.send(bodies[turn]),
            lambda turn, work=work: work.floor(col, turn),
            work.turns,
        )
        keep(work.label, work.items, ours)
        goal = work.goal if size == GOALS_AT else None
        lines.append(_row(work.name, work.floor_name, ours, floor, goal))
        print(lines[-1], flush=True)
    col.close()
    return lines


def _in_turns(
    ours: Callable[[int], Any], floor: Callable[[int], Any], turns: int
) -> tuple[float, float]:
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(turns):
        for kept, work in zip(times, (ours, floor)):
            begin = time.perf_counter()
            work(turn)
            kept.append(time.perf_counter() - begin)
    return statistics.median(times[0]) * 1000, statistics.median(times[1]) * 1000


def _throughput(server: Server, body: bytes) -> float:
    """Requests a second of some clients at once."""
    counts = [0] * CLIENTS
    end = time.perf_counter() + SECONDS

    def ask(index: int) -> None:
        client = Client(server.port)
        while time.perf_counter() < end:
            client.send(body)
            counts[index] += 1
        client.close()

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / SECONDS


def _row(
    name: str, floor_name: str, ours: float, floor: float, goal: float | None
) -> str:
    ratio = ours / floor
    met = "" if goal is None else "yes" if ratio <= goal else "NO"
    return (
        f"| {name} | {floor_name} | {ours:.2f} | {floor:.2f} | {ratio:.2f} "
        f"| {'' if goal is None else format(goal, 'g')} | {met} |"
    )


if __name__ == "__main__":
    main()
