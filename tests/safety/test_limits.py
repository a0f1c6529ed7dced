"""What is too large, too deep, too many or too slow is answered or closed."""

import base64
import json
import os
import socket
import sys
import threading
import time

import pytest
import requests
from safety import wire
from servers import start_headless, stop_headless

from ankiconnect import connections
from ankiconnect.connections import Channel

VERSION = wire.request("version")
ANSWER = {"result": 6, "error": None}


def body_of(response):
    return json.loads(response.partition(b"\r\n\r\n")[2])


def held(server):
    """The connections that a server has."""
    channels = list(server.server._map.values())
    return [entry for entry in channels if isinstance(entry, Channel)]


def wait_until(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


# The body


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_the_limit_is_refused_with_a_reply(here, chunked):
    here.settings.override("webBodyLimit", 1_000_000)
    fits = VERSION + b" " * (1_000_000 - len(VERSION))
    assert here.post(fits).json() == ANSWER
    # Large enough that the client is still sending when the answer is known.
    large = VERSION + b" " * 20_000_000
    sent = (large[i : i + 65536] for i in range(0, len(large), 65536))
    response = here._session.post(here.url, data=sent if chunked else large, timeout=30)
    assert response.status_code == 413
    assert "1000001" in response.text or "max_body" in response.text
    assert here("version") == 6
    wait_until(lambda: not any(channel.busy for channel in held(here)))


def most_memory(folder, *bodies):
    """The most bytes that a server ever had, once it was sent these."""
    folder.mkdir()
    server = start_headless(folder, "--port", "0")
    for body in bodies:
        assert requests.post(server.url, data=body, timeout=60).json()["error"] is None
    server.process.terminate()
    _, status, usage = os.wait4(server.process.pid, 0)
    server.process.returncode = os.waitstatus_to_exitcode(status)
    server.process.stdout.close()
    assert server.process.returncode == 0
    return usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def test_a_file_takes_at_most_four_times_its_body_in_memory(tmp_path):
    small, large = (
        wire.request(
            "storeMediaFile",
            filename="x.bin",
            data=base64.b64encode(os.urandom(mebibytes << 20)).decode(),
        )
        for mebibytes in (1, 64)
    )
    without = most_memory(tmp_path / "small", small)
    assert most_memory(tmp_path / "large", small, large) < without + 4 * len(large)


def test_a_length_that_is_a_lie_is_refused_at_once(here):
    for length in (b"99999999999999999999", b"-1", b"1e3", b"0x10", b"+5", b"1, 2"):
        data = wire.HEAD + b"Content-Length: " + length + b"\r\n\r\n"
        with wire.connect(here.url) as sock:
            sock.sendall(data)
            assert sock.recv(64)[9:12] in (b"400", b"413")
    both = b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    # Chunks count where both are said, and what follows is no second request.
    assert wire.status(wire.exchange(here.url, wire.post(VERSION))) == 200
    with wire.connect(here.url) as sock:
        sock.sendall(wire.HEAD + b"Connection: close\r\n" + both)
        assert wire.read_all(sock).count(b"HTTP/1.") == 1


@pytest.mark.parametrize(
    "data",
    [
        b"\r\n" * 3 + b"\0\0\0\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET http://[ HTTP/1.1\r\n\r\n",
        b"POST / HTTP/9.9 x\r\n\r\n",
        b"post / HTTP/1.1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost localhost\r\n\r\n",
        b"POST / HTTP/1.1\r\n Host: localhost\r\n\r\n",
        b"POST / HTTP/1.1\nHost: localhost\n\n\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\0b\r\n\r\n",
        wire.HEAD + b"Transfer-Encoding: gzip\r\n\r\n",
        wire.HEAD + b"Transfer-Encoding: chunked\r\n\r\nnonsense\r\n",
        wire.HEAD + b"Transfer-Encoding: chunked\r\n\r\n-5\r\nabc\r\n",
        wire.HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabcdefg\r\n0\r\n\r\n",
        wire.HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 70000 + b"\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused(here, data, caplog):
    with wire.connect(here.url) as sock:
        sock.sendall(data)
        sock.shutdown(socket.SHUT_WR)
        response = wire.read_all(sock)
    assert wire.status(response) in (0, 400, 403, 405, 413, 501)
    assert b"Traceback" not in response
    assert here("version") == 6
    assert "Traceback" not in caplog.text


def test_ten_thousand_headers_are_refused(here):
    lines = [f"X-{number}: 1" for number in range(10_000)]
    assert wire.status(wire.exchange(here.url, wire.post(VERSION, *lines))) == 431
    same = ["X-Same: " + "v"] * 6_000
    begun = time.monotonic()
    response = wire.exchange(here.url, wire.post(VERSION, *same))
    assert wire.status(response) in (200, 431)
    assert time.monotonic() - begun < 2
    long_line = "X: " + "v" * 100_000
    assert wire.status(wire.exchange(here.url, wire.post(VERSION, long_line))) == 431


# Nesting


def nested(depth, kind):
    if kind == "arrays":
        return b"[" * depth + b"]" * depth
    return b'{"a":' * depth + b"1" + b"}" * depth


@pytest.mark.parametrize("kind", ["arrays", "objects"])
@pytest.mark.parametrize("depth", [30, 200, 500, 1000, 1024, 1025, 100_000])
def test_json_may_be_as_deep_as_it_likes(here, caplog, depth, kind):
    deep = nested(depth, kind)
    for request in (
        deep,
        b'{"action": %s}' % deep,
        b'{"action": "version", "version": %s}' % deep,
        b'{"action": "version", "params": %s}' % deep,
        b'{"action": "version", "key": %s, "other": %s}' % (deep, deep),
        b'{"action": "createDeck", "params": {"deck": %s}}' % deep,
        b'{"action": "findNotes", "params": {"query": %s}}' % deep,
        b'{"action": "addNote", "params": {"note": %s}}' % deep,
        b'{"action": "addNote", "params": {"note": {"fields": %s}}}' % deep,
        b'{"action": "multi", "params": {"actions": [%s]}}' % deep,
        b'{"action": "saveDeckConfig", "params": {"config": %s}}' % deep,
    ):
        response = here.post(request)
        assert response.status_code == 200
        reply = response.json()
        if isinstance(reply, list):
            (reply,) = reply
        if reply in (6, False):
            continue
        assert set(reply) == {"result", "error"}
        assert "\n" not in reply["error"]
        assert "failed inside" not in reply["error"]
        assert len(reply["error"]) < 2000
    assert caplog.records == []


def test_batches_may_nest_as_deep_as_json_and_run_no_deeper_than_32(here):
    request = {"action": "createDeck", "params": {"deck": "deep"}}
    for _ in range(300):
        request = {"action": "multi", "params": {"actions": [request]}}
    assert here.post(request).status_code == 200
    assert here("deckNames") == ["Default"]


def test_an_error_is_short_however_long_the_request(here):
    huge = "x" * 5_000_000
    for request in (
        huge,
        {"action": huge},
        {"action": "version", "params": huge},
        {"action": "createDeck", "params": {"deck": [huge]}},
        {"action": "findNotes", "params": {"query": [huge] * 3}},
    ):
        response = here.post(request)
        assert response.status_code == 200
        assert len(response.content) < 2000


# Connections


def test_many_silent_connections_keep_nobody_out(here):
    here.server._listeners[0].adj.connection_limit = 60
    silent = [wire.connect(here.url) for _ in range(150)]
    try:
        for _ in range(5):
            assert here("version") == 6
        assert wire.status(wire.exchange(here.url, wire.post(VERSION))) == 200
        assert len(held(here)) <= 60
    finally:
        for sock in silent:
            sock.close()


def test_half_sent_requests_go_last_and_running_ones_never(here):
    here.server._listeners[0].adj.connection_limit = 30
    half = wire.connect(here.url)
    half.sendall(wire.HEAD)
    wait_until(lambda: any(channel.busy for channel in held(here)))
    silent = [wire.connect(here.url) for _ in range(60)]
    half.sendall(b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(VERSION))
    half.sendall(VERSION)
    assert body_of(wire.read_all(half)) == ANSWER
    for sock in (half, *silent):
        sock.close()


SLOW = {
    "head": [wire.HEAD, *[b"X: y\r\n"] * 200],
    "length": [
        wire.HEAD + b"Content-Length: 1000\r\n\r\n",
        *[b" "] * 200,
    ],
    "chunks": [
        wire.HEAD + b"Transfer-Encoding: chunked\r\n\r\n",
        *[b"1\r\n \r\n"] * 200,
    ],
    "expect": [wire.HEAD + b"Expect: 100-continue\r\nContent-Length: 9\r\n\r\n"],
    "nothing": [],
}


@pytest.fixture
def impatient(monkeypatch):
    for name in ("GRACE", "FIRST_WORD", "IDLE", "LINGER"):
        monkeypatch.setattr(connections, name, 0.5)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("kind", SLOW)
def test_a_request_that_comes_by_drops_is_closed(here, kind):
    with wire.connect(here.url) as sock:
        ended = threading.Event()

        def drip():
            for part in SLOW[kind]:
                try:
                    sock.sendall(part)
                except OSError:
                    return
                if ended.wait(0.05):
                    return

        thread = threading.Thread(target=drip)
        thread.start()
        assert wire.closes_within(sock, 6)
        ended.set()
        thread.join()
    wait_until(lambda: not held(here))


@pytest.mark.usefixtures("impatient")
def test_a_reply_that_nobody_reads_is_given_up_and_holds_no_thread(here, col):
    col.media.write_data("large.bin", bytes(40_000_000))
    request = wire.request("retrieveMediaFile", filename="large.bin")
    body = wire.HEAD + b"Content-Length: %d\r\n\r\n" % len(request) + request
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.connect(wire.address(here.url))
        # Several in one go: the second waits for room in the first one's reply.
        sock.sendall(body * 3)
        wait_until(lambda: any(channel.total_outbufs_len for channel in held(here)))
        wait_until(lambda: not held(here))
    threads = here.server._threads
    wait_until(lambda: threads.active_count == 0)
    assert here("version") == 6


@pytest.mark.usefixtures("impatient")
def test_a_client_that_is_only_slow_gets_its_whole_reply(here, col, monkeypatch):
    monkeypatch.setattr(connections, "GRACE", 2)
    col.media.write_data("large.bin", bytes(3_000_000))
    request = wire.request("retrieveMediaFile", filename="large.bin")
    with wire.connect(here.url) as sock:
        sock.sendall(wire.post(request))
        sock.shutdown(socket.SHUT_WR)
        received = 0
        while part := sock.recv(100_000):
            received += len(part)
            time.sleep(0.02)
    assert received > 4_000_000


def test_whoever_is_slow_holds_nobody_up(here):
    slow = []
    for _ in range(200):
        sock = wire.connect(here.url)
        sock.sendall(wire.HEAD + b"Content-Length: 1000\r\n\r\n{")
        slow.append(sock)
    begun = time.monotonic()
    for _ in range(20):
        assert here("version") == 6
    assert time.monotonic() - begun < 5
    for sock in slow:
        sock.close()


def test_clients_that_go_away_leave_nothing_behind(here):
    here("version")
    for _ in range(100):
        with wire.connect(here.url) as sock:
            sock.sendall(wire.post(wire.request("deckNames")))
            # Closed with a reset, the reply unread.
            linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    wait_until(lambda: len(held(here)) <= 1)
    assert here("version") == 6


def test_pipelined_requests_are_answered_in_their_order(here):
    requests = [
        wire.request("createDeck", deck=str(number)) if number % 2 else VERSION
        for number in range(50)
    ]
    data = b"".join(
        wire.HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body
        for body in requests
    )
    with wire.connect(here.url) as sock:
        sock.sendall(data)
        received = b""
        while received.count(b'"error":null') < len(requests):
            received += sock.recv(65536)
    assert received.count(b"HTTP/1.1 200 OK") == len(requests)


FEW_FILES = """
import resource

from ankiconnect import FREE, Action, hookimpl

NAME, PARAMS = {"const": "fewFiles"}, {"type": "object", "additionalProperties": False}


@hookimpl
def ankiconnect_actions():
    schema = {"properties": {"action": NAME, "params": PARAMS, "result": {}}}
    return [Action(few_files, FREE, schema=schema)]


def few_files(context):
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (40, most))
"""


def test_where_files_run_out_the_useless_connections_give_theirs(base, tmp_path):
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "few.py").write_text(FEW_FILES)
    plugins = str(tmp_path / "plugins")
    server = start_headless(base, "--port", "0", "--plugins", plugins)
    server("fewFiles")
    silent = [wire.connect(server.url) for _ in range(60)]
    for _ in range(5):
        assert wire.status(wire.exchange(server.url, wire.post(VERSION))) == 200
    for sock in silent:
        sock.close()
    wait_until(
        lambda: wire.status(wire.exchange(server.url, wire.post(VERSION))) == 200
    )
    assert wire.exchange(server.url, wire.post(wire.request("deckNames")))
    stop_headless(server)


# The end


def test_what_runs_is_answered_before_the_server_ends(here, host):
    free = threading.Event()
    threading.Thread(target=host._worker.run, args=("the test", free.wait)).start()
    sock = wire.connect(here.url)
    sock.sendall(wire.post(wire.request("createDeck", deck="a")))
    wait_until(lambda: any(channel.requests for channel in held(here)))
    stopping = threading.Thread(target=here.server.stop)
    stopping.start()
    time.sleep(0.2)
    free.set()
    reply = body_of(wire.read_all(sock))
    assert reply["error"] is None
    sock.close()
    stopping.join(5)
    assert not stopping.is_alive()
    with pytest.raises(ConnectionRefusedError):
        wire.connect(here.url)


def test_a_client_that_sends_nothing_does_not_hold_up_the_end(here):
    socks = [wire.connect(here.url) for _ in range(3)]
    socks[0].sendall(wire.HEAD)
    socks[1].sendall(wire.post(VERSION)[:-5])
    begun = time.monotonic()
    here.server.stop()
    assert time.monotonic() - begun < 4
    for sock in socks:
        assert wire.closes_within(sock, 1)
        sock.close()
