"""Downloads: what is allowed, so much, so long, and beside the collection."""

import contextlib
import socket
import threading
import time

import pytest

from ankiconnect.kit import downloads

MEDIA = "storeMediaFile"


class Site:
    """A web server that does to each connection what a test says."""

    def __init__(self, serve):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/x"
        self._serve = serve
        self.ended = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        with self._listener:
            self._listener.settimeout(0.05)
            while not self.ended.is_set():
                try:
                    sock, _ = self._listener.accept()
                except OSError:
                    continue
                threading.Thread(target=self._one, args=(sock,)).start()

    def _one(self, sock):
        with sock, contextlib.suppress(OSError):
            sock.recv(65536)
            self._serve(self, sock)

    def drip(self, sock, data, pause=0.02):
        """Send a byte at a time, as long as somebody listens."""
        for position in range(len(data)):
            if self.ended.is_set():
                return
            sock.sendall(data[position : position + 1])
            time.sleep(pause)

    def close(self):
        self.ended.set()
        self._thread.join()


@pytest.fixture
def site():
    sites = []

    def start(serve):
        sites.append(Site(serve))
        return sites[-1]

    yield start
    for one in sites:
        one.close()


def sending(*parts):
    return lambda site, sock: [sock.sendall(part) for part in parts]


def answer(body, length=None, extra=""):
    length = len(body) if length is None else length
    return f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n{extra}\r\n".encode() + body


def redirect(where):
    head = f"HTTP/1.1 302 Found\r\nLocation: {where}\r\nConnection: close\r\n"
    return f"{head}Content-Length: 0\r\n\r\n".encode()


@pytest.mark.parametrize(
    "where",
    [
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "ftp://127.0.0.1/x",
        "gopher://127.0.0.1/x",
        "data:text/plain,x",
        "unix:///run/x",
        "//",
        "http://",
    ],
)
def test_a_redirect_leads_nowhere_but_to_http(call, col, site, where):
    url = site(sending(redirect(where))).url
    error = call.error(MEDIA, filename="a", url=url)
    assert error.startswith("URL download failed: ")
    assert "passwd" not in error or "No connection adapters" in error
    assert call("getMediaFilesNames") == []


@pytest.mark.parametrize("url", ["file:///etc/passwd", "FTP://127.0.0.1/x", "//x", "x"])
def test_only_http_is_begun_with(call, url):
    error = call.error(MEDIA, filename="a", url=url)
    assert error == "URL download failed: http and https alone are allowed"


def test_a_redirect_in_a_circle_ends(call, site):
    url = site(lambda site, sock: sock.sendall(redirect(site.url))).url
    assert "30 redirects" in call.error(MEDIA, filename="a", url=url)


TOO_LARGE = "URL download is larger than 1000 bytes"


@pytest.mark.parametrize(
    ("parts", "error"),
    [
        ([answer(b"x" * 1000)], None),
        ([answer(b"x" * 1001)], TOO_LARGE),
        # It says more than it sends, and less than it sends.
        ([answer(b"", length=10**12)], TOO_LARGE),
        ([answer(b"x" * 500, length=900)], "URL download failed: "),
        ([b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 5000], TOO_LARGE),
        (
            [
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                b"5dc\r\n" + b"x" * 1500 + b"\r\n0\r\n\r\n",
            ],
            TOO_LARGE,
        ),
        ([answer(b"x", extra="Content-Encoding: gzip, gzip\r\n")], "URL download fail"),
        ([answer(b"x" * 100, extra="Content-Encoding: gzip\r\n")], "URL download fail"),
        ([b"\0" * 100], "URL download failed: "),
        ([b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 5000 + b"\r\n"], "URL download fail"),
        ([], "URL download failed: "),
    ],
)
def test_a_size_is_a_size_whatever_the_server_says(call, host, site, parts, error):
    host.settings.override("mediaDownloadLimit", 1000)
    url = site(sending(*parts)).url
    if error is None:
        assert call(MEDIA, filename="a", url=url) == "a"
        return
    message = call.error(MEDIA, filename="a", url=url)
    assert message.startswith(error)
    assert "\n" not in message
    assert call("getMediaFilesNames") == []


def test_a_bomb_is_not_unpacked_beyond_the_limit(call, host, site):
    import gzip
    import tracemalloc

    host.settings.override("mediaDownloadLimit", 1_000_000)
    bomb = gzip.compress(b"\0" * 300_000_000)
    url = site(sending(answer(bomb, extra="Content-Encoding: gzip\r\n"))).url
    tracemalloc.start()
    error = call.error(MEDIA, filename="a", url=url)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert error == "URL download is larger than 1000000 bytes"
    assert peak < 100_000_000


@pytest.mark.parametrize(
    "serve",
    [
        lambda site, sock: site.drip(sock, b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 1000),
        lambda site, sock: site.drip(sock, answer(b"x" * 5000)),
        lambda site, sock: site.ended.wait(30),
    ],
    ids=["head", "body", "silence"],
)
def test_a_drop_at_a_time_ends_it(call, host, site, serve):
    host.settings.override("webTimeout", 300)
    begun = time.monotonic()
    error = call.error(MEDIA, filename="a", url=site(serve).url)
    assert time.monotonic() - begun < 5
    assert error.startswith("URL download failed: ")
    assert not downloads._running


def test_the_collection_is_free_meanwhile(call, site):
    held = site(lambda site, sock: site.ended.wait(30))
    threads = [
        threading.Thread(target=call.reply, args=({"action": MEDIA, "params": params},))
        for params in [{"filename": "a", "url": held.url}] * 4
    ]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 5
    while len(downloads._running) < 4:
        assert time.monotonic() < deadline
    assert call("createDeck", deck="a")
    assert call("deckNames") == ["a", "Default"]
    held.ended.set()
    for thread in threads:
        thread.join()


def test_whoever_closes_ends_all_downloads(call, site, monkeypatch):
    monkeypatch.setattr(downloads, "_ended", False)
    held = site(lambda site, sock: site.ended.wait(30))
    errors = []
    thread = threading.Thread(
        target=lambda: errors.append(call.error(MEDIA, filename="a", url=held.url))
    )
    thread.start()
    deadline = time.monotonic() + 5
    while not any(one._sockets for one in list(downloads._running)):
        assert time.monotonic() < deadline
    downloads.end_all()
    thread.join(5)
    errors.append(call.error(MEDIA, filename="a", url=held.url))
    assert errors == ["URL download failed: this program is closing"] * 2
