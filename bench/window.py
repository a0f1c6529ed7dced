"""Whether Anki's window goes on while large requests are answered.

Each workload runs in real Anki while a probe listens to the event loop of its
main thread; what counts is the longest time that the loop was held.
"""

from __future__ import annotations

import base64
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable

from scene import Server, request

#: A download takes so many seconds.
SLOW = 10


def window_rows(server: Server) -> list[str]:
    """The table of longest holds; the server is real Anki with the probe."""
    cards = server.client.call("findCards", query="tag:all")[:10_000]
    rows = [
        "| while | the window was held at most, ms | goal, ms | met |",
        "| --- | ---: | ---: | --- |",
    ]
    with _slow_file() as url:
        for name, goal, work in (
            ("nothing, 3 s", None, lambda: time.sleep(3)),
            ("addNotes of 5,000", 50, _sender(server, "addNotes", notes=_notes(5000))),
            ("cardsInfo of 10,000", 50, _sender(server, "cardsInfo", cards=cards)),
            ("storeMediaFile of 16 MiB", 50, _upload(server, 16)),
            ("storeMediaFile of 64 MiB", 200, _upload(server, 64)),
            (
                f"storeMediaFile by a url that takes {SLOW} s",
                50,
                _sender(server, "storeMediaFile", filename="slow.bin", url=url),
            ),
        ):
            longest = _held(server, work)
            met = "" if goal is None else "yes" if longest <= goal else "NO"
            rows.append(f"| {name} | {longest:.0f} | {goal or ''} | {met} |")
            print(rows[-1], flush=True)
    return rows


def _held(server: Server, work: Callable[[], Any]) -> float:
    time.sleep(1)  # what came before may still be at work
    server.client.call("probeStart")
    time.sleep(0.3)
    work()
    time.sleep(0.5)  # windows refresh after the reply
    longest: float = server.client.call("probeStop")[0]
    return longest


def _sender(server: Server, action: str, **params: Any) -> Callable[[], Any]:
    # Made beforehand: this process has a core to take from Anki, too.
    body = request(action, **params)
    return lambda: server.client.send(body)


def _upload(server: Server, mebibytes: int) -> Callable[[], Any]:
    data = base64.b64encode(os.urandom(mebibytes << 20)).decode()
    return _sender(
        server, "storeMediaFile", filename=f"window{mebibytes}.bin", data=data
    )


def _notes(count: int) -> list[dict[str, Any]]:
    return [
        {
            "deckName": "Deck 1",
            "modelName": "Basic",
            "fields": {"Front": f"window {number}", "Back": "b"},
        }
        for number in range(count)
    ]


@contextmanager
def _slow_file() -> Iterator[str]:
    """The address of a file that takes its time."""

    class Slow(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            for _ in range(SLOW * 10):
                self.wfile.write(b"x" * 10_000)
                time.sleep(0.1)

        def log_message(self, *arguments: Any) -> None:
            pass

    web = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{web.server_port}/slow.bin"
    web.shutdown()
    web.server_close()
