"""Raw sockets against a server, while a client that means well goes on."""

import socket
import statistics
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
import requests
from safety import wire
from servers import start_headless, stop_headless
from soak import figures

VERSION = wire.request("version")
SLOW, SILENT = 200, 500


class Normal:
    """A client that asks for this and that, and takes the time."""

    def __init__(self, url):
        self._url = url
        self._session = requests.Session()
        self._session.trust_env = False

    def median(self, seconds=3.0):
        times, end = [], time.monotonic() + seconds
        while time.monotonic() < end:
            for action in ("version", "deckNames", "findNotes"):
                params = {"query": "deck:*"} if action == "findNotes" else {}
                request = {"action": action, "version": 6, "params": params}
                begun = time.perf_counter()
                reply = self._session.post(self._url, json=request, timeout=30).json()
                times.append(time.perf_counter() - begun)
                assert reply["error"] is None
            time.sleep(0.005)
        return statistics.median(times), max(times)


class Attack:
    """Does something again and again, on some threads."""

    def __init__(self, what, threads=4, pause=0.01):
        self._what, self._pause = what, pause
        self._ended = threading.Event()
        self.count = 0
        self.failed = []
        self._threads = [threading.Thread(target=self._run) for _ in range(threads)]

    def _run(self):
        while not self._ended.wait(self._pause):
            try:
                self._what()
            except OSError:
                pass  # closed on the way, as it should be
            except Exception as error:
                self.failed.append(repr(error))
            self.count += 1

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        for thread in self._threads:
            thread.join()


def refused(url, data, *statuses):
    """Send bytes; the answer has to be one of those, or none."""

    def send():
        with wire.connect(url) as sock:
            with suppress(ConnectionError):
                sock.sendall(data)
                sock.shutdown(socket.SHUT_WR)
            response = wire.read_all(sock)
        assert wire.status(response) in (0, *statuses), response[:200]
        assert b"Traceback" not in response

    return send


def half_read(url):
    """Ask for a lot, read a little, go away."""
    request = wire.request("apiReflect", scopes=["actions", "schemas"])

    def send():
        with socket.socket() as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            sock.settimeout(5)
            sock.connect(wire.address(url))
            sock.sendall(wire.post(request))
            sock.recv(100)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1" + b"\0" * 7)

    return send


def attacks(url):
    headers = [f"X-{number}: {number}" for number in range(10_000)]
    chunked = wire.HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    length = wire.HEAD + b"Content-Length: "
    return {
        "bad request lines": refused(url, b"\0\1\2 / / /\r\n\r\n", 400),
        "TLS to a plain port": refused(url, b"\x16\x03\x01\x02\x00\r\n\r\n", 400),
        "a length too large": refused(url, length + b"9" * 18 + b"\r\n\r\nx", 413),
        "a length too long": refused(url, length + b"1000\r\n\r\nx", 400),
        "a length that is none": refused(url, length + b"-1\r\n\r\nx", 400),
        "chunk errors": refused(url, chunked + b"zz\r\nabc", 400),
        "a chunk without an end": refused(url, chunked + b"f" * 5000, 400),
        "10,000 headers": refused(url, wire.post(VERSION, *headers), 431),
        "deep JSON": refused(url, wire.post(b"[" * 60_000), 200),
        "foreign origins": refused(
            url, wire.post(VERSION, "Origin: https://evil.com"), 403
        ),
        "half-closed replies": half_read(url),
    }


@pytest.fixture
def server(base):
    started = start_headless(base, "--port", "0")
    started(
        "addNotes",
        notes=[
            {
                "deckName": "Default",
                "modelName": "Basic",
                "fields": {"Front": str(number), "Back": ""},
            }
            for number in range(200)
        ],
    )
    yield started
    stop_headless(started)


def test_a_normal_client_keeps_its_time_under_abuse(server):
    normal = Normal(server.url)
    normal.median(1)
    alone, _ = normal.median()
    found = {}
    for name, what in attacks(server.url).items():
        with Attack(what) as attack:
            found[name] = (*normal.median(), attack.count)
        assert attack.failed == [], name

    slow = []
    for number in range(SLOW):
        sock = wire.connect(server.url)
        sock.sendall(wire.HEAD if number % 2 else wire.post(VERSION)[:-5])
        slow.append(sock)
    dripping = iter(range(10**9))

    def drip():
        with suppress(OSError):
            slow[next(dripping) % SLOW].send(b" ")

    with Attack(drip, threads=2, pause=0.002) as attack:
        found[f"{SLOW} slow senders"] = (*normal.median(5), attack.count)
    begun = time.monotonic()
    deadline = begun + 60
    closed = sum(
        wire.closes_within(sock, max(0.2, deadline - time.monotonic())) for sock in slow
    )
    closed_after = time.monotonic() - begun
    for sock in slow:
        sock.close()

    silent = [wire.connect(server.url) for _ in range(SILENT)]
    found[f"{SILENT} silent connections"] = (*normal.median(), SILENT)
    more = [wire.connect(server.url) for _ in range(SILENT)]
    found[f"{2 * SILENT} silent connections"] = (*normal.median(), 2 * SILENT)
    for sock in (*silent, *more):
        sock.close()

    after, _ = normal.median()
    fds = len(list(Path(f"/proc/{server.process.pid}/fd").iterdir()))
    figures.keep(
        "abuse",
        alone_ms=round(alone * 1000, 2),
        after_ms=round(after * 1000, 2),
        times={name: round(row[0] / alone, 2) for name, row in found.items()},
        slowest_ms={name: round(row[1] * 1000) for name, row in found.items()},
        attacks={name: row[2] for name, row in found.items()},
        slow_senders_closed=closed,
        after_seconds=round(closed_after, 1),
        files_after=fds,
    )
    assert closed == SLOW
    assert after < 3 * alone
    assert {name: row for name, row in found.items() if row[0] > 3 * alone} == {}


def test_256_clients_at_the_same_moment(server):
    clients = 256
    ready = threading.Barrier(clients)
    found, failed = {}, []

    def ask(number):
        deck = f"deck {number}"
        body = wire.request("createDeck", deck=deck)
        again = wire.request("deckNamesAndIds")
        try:
            ready.wait(60)
            begun = time.perf_counter()
            with requests.Session() as session:
                session.trust_env = False
                made = session.post(server.url, data=body, timeout=60).json()
                listed = session.post(server.url, data=again, timeout=60).json()
            took = time.perf_counter() - begun
            assert made["error"] is None
            assert listed["result"][deck] == made["result"]
            found[number] = took
        except Exception as error:
            failed.append(repr(error))

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(clients)]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    figures.keep(
        "256 clients",
        answered=len(found),
        failed=len(failed),
        seconds=round(time.monotonic() - begun, 2),
        median_ms=round(statistics.median(found.values()) * 1000),
        slowest_ms=round(max(found.values()) * 1000),
    )
    assert failed == []
    assert len(found) == clients
    assert len(server("deckNames")) == clients + 1
