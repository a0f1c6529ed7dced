"""Anki closes, leaves a profile, works and asks while requests run and wait."""

import json
import socket
import subprocess
import sys
import threading
import time

import pytest
import requests
from servers import ADDON, ROOT, free_port, start_anki, stop_anki

#: What a request may be told instead of its result.
TURNED_AWAY = {"collection is not available", "Anki is closing"}


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """An Anki of these tests' own."""
    assert ADDON.is_file()
    server = start_anki(tmp_path_factory.mktemp("life"))
    yield server
    if server.process.poll() is None:
        stop_anki(server)


def ask(server, action, **params):
    """A reply on a connection of its own."""
    with requests.Session() as session:
        session.trust_env = False
        request = {"action": action, "version": 6, "params": params}
        return session.post(server.url, json=request, timeout=30).json()


class Waiting:
    """Requests that wait, each on a thread of its own."""

    def __init__(self, server, *asked):
        self.replies = [None] * len(asked)
        self._threads = [
            threading.Thread(target=self._ask, args=(server, position, *one))
            for position, one in enumerate(asked)
        ]
        for thread in self._threads:
            thread.start()

    def _ask(self, server, position, action, params):
        try:
            self.replies[position] = ask(server, action, **params)
        except requests.RequestException as error:
            self.replies[position] = error

    def end(self, seconds=20):
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
            assert not thread.is_alive(), "a request was never answered"
        return self.replies


MIXED = [
    ("deckNames", {}),
    ("createDeck", {"deck": "mixed"}),
    ("guiDeckBrowser", {}),
    ("version", {}),
    ("getActiveProfile", {}),
    ("multi", {"actions": [{"action": "deckNames"}, {"action": "guiDeckBrowser"}]}),
]

MODAL = """
def show():
    global box
    box = aqt.qt.QMessageBox(mw)
    box.setText("What Anki asks")
    box.exec()
aqt.qt.QTimer.singleShot(0, show)
"""


def test_all_is_answered_while_anki_waits_for_the_user(own):
    own.look(MODAL)
    own.wait_for("mw.app.activeModalWidget() is not None")
    for reply in Waiting(own, *MIXED).end(10):
        assert reply["error"] is None
    assert own.look("mw.app.activeModalWidget() is box")
    own.look("box.done(0)")
    own.wait_for("mw.app.activeModalWidget() is None")


def test_all_waits_while_anki_works_and_is_answered_then(own):
    """As an import and a sync do: in the background, with a progress window."""
    own.look(
        "import time, threading; go = threading.Event(); "
        "mw.taskman.with_progress(lambda: go.wait(20), lambda future: None)"
    )
    waiting = Waiting(own, *[("createDeck", {"deck": f"w{n}"}) for n in range(20)])
    begun = time.monotonic()
    while time.monotonic() < begun + 1:
        assert ask(own, "version") == {"result": 6, "error": None}
        assert ask(own, "apiReflect", scopes=["actions"])["error"] is None
    assert waiting.replies == [None] * 20
    own.look("go.set()")
    assert all(reply["error"] is None for reply in waiting.end())


def test_a_profile_is_left_and_opened_while_requests_come(own):
    own.look("mw.pm.create('Second') if 'Second' not in mw.pm.profiles() else None")
    ended = threading.Event()
    replies = []

    def keep_asking(action, params):
        while not ended.is_set():
            replies.append(ask(own, action, **params))

    threads = [threading.Thread(target=keep_asking, args=one) for one in MIXED]
    for thread in threads:
        thread.start()
    for profile in ("Second", "User 1", "Second", "User 1"):
        begun = time.monotonic()
        while ask(own, "loadProfile", name=profile)["result"] is not True:
            assert time.monotonic() < begun + 15
            time.sleep(0.05)
        own.wait_for_reply("getActiveProfile", profile)
        begun = time.monotonic()
        while ask(own, "deckNames")["error"] is not None:
            assert time.monotonic() < begun + 15
            time.sleep(0.05)
    ended.set()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
    assert len(replies) > 50
    errors = {reply["error"] for reply in replies}
    assert errors <= TURNED_AWAY | {None}
    inner = {
        child["error"]
        for reply in replies
        if isinstance(reply["result"], list)
        for child in reply["result"]
        if isinstance(child, dict)
    }
    assert inner <= TURNED_AWAY | {None}
    assert own.log.read_text().count("Traceback") == 0


def test_anki_closes_at_once_and_answers_who_waits(own):
    own.look(
        "import time, threading; begun = threading.Event(); "
        "mw.taskman.run_in_background(lambda: (begun.set(), time.sleep(1)))"
    )
    own.wait_for("begun.is_set()")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/never"
        download = {"filename": "a", "url": url}
        asked = [("createDeck", {"deck": f"c{n}"}) for n in range(20)]
        asked += [("storeMediaFile", download)] * 3
        picture = [{"filename": "a", "url": url, "fields": ["Front"]}] * 3
        note = {"deckName": "Default", "modelName": "Basic", "picture": picture}
        asked += [("addNote", {"note": {**note, "fields": {"Front": "f"}}})]
        origin_asks = [("requestPermission", {})]
        waiting = Waiting(own, *asked, *origin_asks)
        time.sleep(0.5)
        begun = time.monotonic()
        own.look("aqt.qt.QTimer.singleShot(0, mw.close)")
        assert own.process.wait(20) == 0
        took = time.monotonic() - begun
        replies = waiting.end()
    assert took < 5
    for reply in replies:
        assert isinstance(reply, dict), reply
        error = reply["error"]
        assert error is None or "\n" not in error
    assert "Traceback" not in own.log.read_text()


def test_a_port_that_is_taken_is_said_and_tried_again(tmp_path):
    port = free_port()
    base = tmp_path / "base"
    base.mkdir()
    with socket.create_server(("127.0.0.1", port)), (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [
                *(sys.executable, ROOT / "packaging" / "run_anki.py"),
                *("--base", base, "--port", str(port)),
                *("--plugins", ROOT / "tests" / "safety" / "anki_plugins"),
            ],
            stdout=log,
            stderr=subprocess.STDOUT,
        )

        def told():
            try:
                return json.loads((base / "watch.json").read_text())
            except FileNotFoundError:
                return {"state": None, "messages": []}

        def wait_for(condition):
            deadline = time.monotonic() + 60
            while not condition(told()):
                assert process.poll() is None, (tmp_path / "log").read_text()
                assert time.monotonic() < deadline, told()
                time.sleep(0.05)
            return told()

        # Anki itself is up, and its user can work.
        now = wait_for(
            lambda now: (
                now["state"] == "deckBrowser" and now["messages"] and now["enabled"]
            )
        )
        (message,) = now["messages"]
        assert f"port {port}" in message
        assert "webBindPort" in message
        assert "tries again the next time that a profile is opened" in message
        (base / "watch.json").unlink()
    (base / "reopen").touch()
    deadline = time.monotonic() + 30
    while True:
        try:
            reply = requests.post(
                f"http://127.0.0.1:{port}",
                json={"action": "getActiveProfile", "version": 6},
                timeout=10,
            )
            break
        except requests.ConnectionError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    assert reply.json()["error"] in (None, *TURNED_AWAY)
    (base / "close").touch()
    assert process.wait(20) == 0
    assert "Traceback" not in (tmp_path / "log").read_text()
