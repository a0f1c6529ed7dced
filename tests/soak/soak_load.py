"""Ten minutes of mixed load in real Anki while its user works."""

import base64
import os
import random
import statistics
import threading
import time
from pathlib import Path

import requests
from servers import start_anki, stop_anki
from soak import figures

SECONDS = float(os.environ.get("SOAK_SECONDS", "600"))
CLIENTS, NOTES = int(os.environ.get("SOAK_CLIENTS", "16")), 2000
#: Without it nobody clicks, which tells whose the memory is.
CLICKS = os.environ.get("SOAK_CLICKS", "1") == "1"
#: Until then caches fill, and it is no leak.
WARM_UP = SECONDS * 0.4


class Client(threading.Thread):
    """One program that uses Anki as programs do."""

    def __init__(self, url, notes, ended, number):
        super().__init__()
        self._url, self._notes, self._ended = url, notes, ended
        self._random = random.Random(number)
        self._number = number
        self.count = 0
        self.errors = []
        self.times = []

    def run(self):
        with requests.Session() as session:
            session.trust_env = False
            self._session = session
            while not self._ended.is_set():
                try:
                    self._step()
                except Exception as error:
                    self.errors.append(repr(error))

    def _call(self, action, **params):
        begun = time.perf_counter()
        body = {"action": action, "version": 6, "params": params}
        reply = self._session.post(self._url, json=body, timeout=60).json()
        self.times.append(time.perf_counter() - begun)
        self.count += 1
        if reply["error"] is not None:
            self.errors.append(f"{action}: {reply['error']}")
        return reply["result"]

    def _step(self):
        roll = self._random.random()
        some = self._random.sample(self._notes, 20)
        name = f"client {self._number} {self.count}"
        if roll < 0.25:
            self._call("notesInfo", notes=some)
        elif roll < 0.35:
            self._call("findNotes", query=f"back{self._random.randrange(10)}")
        elif roll < 0.45:
            cards = self._call("findCards", query=f"nid:{some[0]}")
            self._call("cardsInfo", cards=cards)
        elif roll < 0.6:
            note = {"id": some[0], "fields": {"Back": name}}
            self._call("updateNoteFields", note=note)
        elif roll < 0.7:
            fields = {"Front": name, "Back": name}
            note = {"deckName": "Default", "modelName": "Basic", "fields": fields}
            added = self._call("addNote", note={**note, "tags": ["added"]})
            self._call("deleteNotes", notes=[added])
        elif roll < 0.75:
            self._call("addTags", notes=some, tags="seen")
            self._call("removeTags", notes=some, tags="seen")
        elif roll < 0.82:
            data = base64.b64encode(self._random.randbytes(20_000)).decode()
            filename = f"media {self._number}.bin"
            self._call("storeMediaFile", filename=filename, data=data)
            self._call("retrieveMediaFile", filename=filename)
        elif roll < 0.92:
            self._call("deckNamesAndIds")
            self._call("getNumCardsReviewedToday")
            self._call("version")
        elif roll < 0.96:
            children = [
                {"action": "findNotes", "params": {"query": "deck:Default"}},
                {"action": "modelNamesAndIds"},
                {"action": "guiCurrentCard"},
            ]
            self._call("multi", actions=children)
        else:
            self._call("guiSelectedNotes")


class User(threading.Thread):
    """Reviews, browses and undoes, a click after the other."""

    # It may still be closing from the time before.
    _BROWSER = "aqt.dialogs._dialogs['Browser'][1]"
    CLICKS = (
        "mw.moveToState('deckBrowser')",
        "mw.moveToState('overview')",
        "mw.moveToState('review')",
        "mw.reviewer.card and mw.reviewer._showAnswer()",
        "mw.reviewer.card and mw.reviewer.state == 'answer' "
        "and mw.reviewer._answerCard(3)",
        "mw.reviewer.card and mw.reviewer._showAnswer()",
        "mw.reviewer.card and mw.reviewer.state == 'answer' "
        "and mw.reviewer._answerCard(1)",
        "mw.undo()",
        "aqt.dialogs.open('Browser', mw, search=('deck:Default',)) and None",
        f"{_BROWSER} and {_BROWSER}.onNextCard()",
        f"{_BROWSER} and {_BROWSER}.table.select_all()",
        "mw.undo()",
        "aqt.dialogs.closeAll(lambda: None)",
    )

    def __init__(self, server, ended):
        super().__init__()
        self._server, self._ended = server, ended
        self.clicks = 0
        self.errors = []

    def run(self):
        while not self._ended.is_set():
            for click in self.CLICKS:
                try:
                    self._server.look(f"({click}) and None")
                except Exception as error:
                    self.errors.append(f"{click}: {error!r}")
                self.clicks += 1
                if self._ended.wait(0.4):
                    return


def used(pid):
    """Resident KiB, threads and open files of a process."""
    status = dict(
        line.split(":", 1)
        for line in Path(f"/proc/{pid}/status").read_text().splitlines()
    )
    files = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return int(status["VmRSS"].split()[0]), int(status["Threads"]), files


def test_mixed_load_while_the_user_works(tmp_path):
    server = start_anki(tmp_path)
    fields = [{"Front": f"front {n}", "Back": f"back{n % 10}"} for n in range(NOTES)]
    notes = server(
        "addNotes",
        notes=[
            {"deckName": "Default", "modelName": "Basic", "fields": one}
            for one in fields
        ],
    )
    # Undo is not to reach what the clients count on.
    server.look("mw.col.db.execute('update cards set flags = 0')")
    server.look(
        "conf = mw.col.decks.get_config(1); conf['new']['perDay'] = 9999; "
        "conf['rev']['perDay'] = 9999; mw.col.decks.update_config(conf)"
    )
    ended = threading.Event()
    clients = [Client(server.url, notes, ended, n) for n in range(CLIENTS)]
    user = User(server, ended)
    pid = server.process.pid
    begun = time.monotonic()
    samples = []
    threads_of_all = [*clients, user] if CLICKS else clients
    for thread in threads_of_all:
        thread.start()
    while time.monotonic() < begun + SECONDS:
        time.sleep(2)
        samples.append((time.monotonic() - begun, *used(pid)))
    ended.set()
    for thread in threads_of_all:
        thread.join(60)
        assert not thread.is_alive()
    took = time.monotonic() - begun

    warm = [rss for at, rss, _, _ in samples if WARM_UP <= at < WARM_UP + SECONDS / 10]
    last = [rss for at, rss, _, _ in samples if at >= SECONDS * 0.9]
    before, after = statistics.median(warm), statistics.median(last)
    # Idle threads go with the requests that come, one each.
    server.look("aqt.dialogs.closeAll(lambda: None); mw.moveToState('deckBrowser')")
    for _ in range(600):
        server("version")
    time.sleep(2)
    _, threads, files = used(pid)
    sockets = [
        path
        for path in Path(f"/proc/{pid}/fd").iterdir()
        if path.is_symlink() and str(path.readlink()).startswith("socket:")
    ]
    times = sorted(one for client in clients for one in client.times) or [0.0]
    errors = [error for client in clients for error in client.errors]
    report, fine = server.look("mw.col.fix_integrity()")
    figures.keep(
        "load",
        clients=CLIENTS,
        seconds=round(took),
        requests=sum(client.count for client in clients),
        clicks=user.clicks,
        errors=len(errors) + len(user.errors),
        median_ms=round(statistics.median(times) * 1000, 1),
        p99_ms=round(times[int(len(times) * 0.99)] * 1000, 1),
        slowest_ms=round(times[-1] * 1000),
        memory_mib_warm=round(before / 1024, 1),
        memory_mib_last=round(after / 1024, 1),
        threads_at_most=max(sample[2] for sample in samples),
        threads_after=threads,
        files_at_most=max(sample[3] for sample in samples),
        files_after=files,
        sockets_after=len(sockets),
        memory=[round(rss / 1024) for _, rss, _, _ in samples[::15]],
    )
    log = server.log.read_text()
    stop_anki(server)
    print(errors[:10], user.errors[:10], sep="\n", flush=True)
    assert errors == []
    assert user.errors == []
    assert fine, report
    assert "Traceback" not in log
    assert after < before * 1.1
