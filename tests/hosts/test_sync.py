"""Syncing with Anki's own sync server, from both hosts."""

import base64
import os
import select
import socket
import stat
import threading
import time
from contextlib import contextmanager

import pytest
import requests

from ankiconnect.dispatch import Dispatcher
from ankiconnect.hosts.headless import Headless
from ankiconnect.hosts.sync import LOGIN, log_in, log_out
from ankiconnect.testing import Call

FULL = "a full sync is needed; "
#: What Anki says when nobody answers: 26.09 and 23.10.
GONE = ("A network error occurred.", "Please check your internet connection.")


def note(front):
    fields = {"Front": front, "Back": ""}
    return {"deckName": "Default", "modelName": "Basic", "fields": fields}


def log_in_host(host, server):
    log_in(host.folder(), server.user, server.password, server.url)


@pytest.fixture
def other(tmp_path, sync_server):
    """A host on another machine of the same account, so to speak."""
    headless = Headless(tmp_path / "other")
    headless.open()
    log_in_host(headless, sync_server)
    yield headless
    headless.close()


@pytest.fixture
def call_other(plugins, other):
    return Call(Dispatcher(plugins, other), other)


@contextmanager
def silent_server():
    """A server that takes what it is sent and says nothing; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken = []
        ended = threading.Event()

        def take():
            while not ended.is_set():
                if select.select([listener], [], [], 0.1)[0]:
                    taken.append(listener.accept()[0])

        thread = threading.Thread(target=take)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/", taken
        finally:
            ended.set()
            thread.join()
            for connection in taken:
                connection.close()


# Headless


def test_a_note_and_its_media_go_from_one_profile_to_the_other_and_back(
    call, logged_in, other, call_other
):
    other.sync_in_full(upload=False)
    added = call("addNote", note=note("from here"))
    data = base64.b64encode(b"sound" * 1000).decode()
    call("storeMediaFile", filename="here.mp3", data=data)
    assert call("sync") is None
    assert call_other("sync") is None
    assert call_other("findNotes", query="here") == [added]
    # The answer comes after the media, so that they are there at once.
    assert call_other("retrieveMediaFile", filename="here.mp3") == data

    call_other("deleteNotes", notes=[added])
    call_other("storeMediaFile", filename="there.png", data=data)
    call_other("sync")
    call("sync")
    assert call("notesInfo", notes=[added]) == [{}]
    assert call("retrieveMediaFile", filename="there.png") == data


def test_what_a_sync_brings_is_not_hidden_by_what_is_remembered(
    call, col, logged_in, other, call_other
):
    other.sync_in_full(upload=False)
    call_other("sync")
    assert "purple" not in other.collection.models.by_name("Basic")["css"]
    basic = dict(col.models.by_name("Basic"), css="p { color: purple; }")
    col.models.update_dict(basic)
    call("sync")
    call_other("sync")
    assert other.collection.models.by_name("Basic")["css"] == basic["css"]


def test_sync_without_a_login_says_how_to_log_in(call):
    assert call.error("sync") == (
        "sync: auth not configured; log in with 'ankiconnect login'"
    )


def test_sync_without_a_collection_says_so(call, host):
    host.close()
    assert call.error("sync") == "collection is not available"


def test_sync_with_a_server_that_is_gone_is_one_line_of_ankis(call, logged_in):
    logged_in.stop()
    error = call.error("sync")
    assert error.startswith(GONE)
    assert "\n" not in error
    assert "\u2068" not in error


def test_sync_that_would_replace_a_collection_says_where_to_do_that(
    logged_in, call_other
):
    error = call_other.error("sync")
    assert error.startswith("Sync status ")
    assert FULL in error
    assert "'ankiconnect sync --upload'" in error
    assert "'ankiconnect sync --download'" in error


def test_sync_in_full_takes_the_side_that_is_said(call, logged_in, other, call_other):
    call("createDeck", deck="Here")
    call("sync")
    other.collection.decks.add_normal_deck_with_name("There")
    call_other.error("sync")
    other.sync_in_full(upload=True)
    assert FULL in call.error("sync")
    assert call_other("deckNames") == ["Default", "There"]
    assert call_other("sync") is None
    assert "There" in call_other("deckNames")


def test_a_key_that_the_server_does_not_take_is_forgotten(call, host, logged_in):
    path = host.folder() / LOGIN
    path.write_text(path.read_text().replace('"key": "', '"key": "x'))
    error = call.error("sync")
    assert "password was incorrect" in error
    assert call.error("sync").startswith("sync: auth not configured")
    assert not path.exists()


def test_a_login_belongs_to_its_profile(call, host, logged_in):
    host.open("Second")
    assert call.error("sync").startswith("sync: auth not configured")
    call("loadProfile", name="User 1")
    assert call("sync") is None


def test_a_login_is_kept_for_its_owner_only(host, sync_server):
    path = host.folder() / LOGIN
    path.touch(0o666)
    old_mask = os.umask(0)
    try:
        log_in_host(host, sync_server)
    finally:
        os.umask(old_mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sync_server.password not in path.read_text()
    assert [path.name for path in host.folder().glob("sync*")] == [LOGIN]


def test_log_in_takes_an_endpoint_without_its_slash(call, host, sync_server):
    log_in(host.folder(), "user", "password", sync_server.url.rstrip("/"))
    host.sync_in_full(upload=True)
    assert call("sync") is None


def test_log_in_with_a_wrong_password_keeps_nothing(host, sync_server):
    with pytest.raises(Exception, match="password was incorrect"):
        log_in(host.folder(), "user", "wrong", sync_server.url)
    assert not (host.folder() / LOGIN).exists()


def test_log_out_forgets_the_login(call, host, logged_in):
    assert log_out(host.folder()) is True
    assert log_out(host.folder()) is False
    assert call.error("sync").startswith("sync: auth not configured")


def test_closing_ends_a_sync_that_waits_for_its_server(call, host, logged_in):
    errors = []
    with silent_server() as (address, taken):
        path = host.folder() / LOGIN
        path.write_text(path.read_text().replace(logged_in.url, address))
        thread = threading.Thread(target=lambda: errors.append(call.error("sync")))
        thread.start()
        while not taken:
            time.sleep(0.01)
        began = time.monotonic()
        host.close()
        thread.join()
        assert time.monotonic() - began < 5
    assert len(errors) == 1


# In Anki


@pytest.fixture
def anki_in(anki, sync_server):
    """Anki, logged in; its collection is the server's."""
    anki.look(f"mw.pm.set_custom_sync_url({sync_server.url!r})")
    anki.look(
        "auth = mw.col.sync_login('user', 'password', mw.pm.sync_endpoint())\n"
        "mw.pm.set_sync_key(auth.hkey)\n"
        "out = mw.col.sync_collection(mw.pm.sync_auth(), True)\n"
        "mw.col.close_for_full_sync()\n"
        "mw.col.full_upload_or_download(auth=mw.pm.sync_auth(), "
        "server_usn=out.server_media_usn, upload=True)\n"
        "mw.reopen(after_full_sync=True)"
    )
    anki.wait_for("not mw.col.media_sync_status().active")
    yield anki
    anki.wait_for("not mw.media_syncer.is_syncing()")
    anki.look("mw.pm.clear_sync_auth()")
    anki.look("mw.pm.set_custom_sync_url(None)")


NO_WINDOW = "[w for w in mw.app.topLevelWidgets() if w.isVisible() and w != mw] == []"
#: The decks that the main window shows: in 26.09, and in 23.10.
DECKS = (
    "[node.name for node in (mw.deckBrowser._render_data.tree "
    "if hasattr(mw.deckBrowser, '_render_data') else mw.deckBrowser._dueTree).children]"
)


def test_anki_and_a_headless_profile_sync_with_each_other(anki_in, other, call_other):
    anki = anki_in
    anki.look("mw.activateWindow()")
    anki.wait_for("aqt.utils.current_window() is mw")
    other.sync_in_full(upload=False)
    deck = call_other("createDeck", deck="From elsewhere")
    assert deck
    added = call_other("addNote", note=note("from elsewhere"))
    data = base64.b64encode(b"sound").decode()
    call_other("storeMediaFile", filename="elsewhere.mp3", data=data)
    call_other("sync")

    assert anki("sync") is None
    assert anki("findNotes", query="elsewhere") == [added]
    anki.wait_for("not mw.media_syncer.is_syncing()")
    assert anki("retrieveMediaFile", filename="elsewhere.mp3") == data
    anki.wait_for(f"'From elsewhere' in {DECKS}")
    assert anki.look(NO_WINDOW)

    back = anki("addNote", note=note("from anki"))
    anki("storeMediaFile", filename="anki.mp3", data=data)
    assert anki("sync", version=2) is None
    anki.wait_for("not mw.media_syncer.is_syncing()")
    call_other("sync")
    assert call_other("findNotes", query="anki") == [back]
    assert call_other("retrieveMediaFile", filename="anki.mp3") == data


def test_sync_in_anki_tells_other_addons(anki_in):
    anki_in.look(
        "seen = []\n"
        "start, end = lambda: seen.append('start'), lambda: seen.append('end')\n"
        "aqt.gui_hooks.sync_will_start.append(start)\n"
        "aqt.gui_hooks.sync_did_finish.append(end)"
    )
    try:
        anki_in("sync")
        assert anki_in.look("seen") == ["start", "end"]
    finally:
        anki_in.look(
            "aqt.gui_hooks.sync_will_start.remove(start)\n"
            "aqt.gui_hooks.sync_did_finish.remove(end)"
        )


def test_sync_in_anki_without_a_login_says_where_to_log_in(anki):
    assert anki.error("sync") == (
        "sync: auth not configured; log in with Anki's Sync button"
    )
    assert anki.look(NO_WINDOW)


def test_sync_in_anki_with_a_server_that_is_gone_is_one_line(anki_in, sync_server):
    sync_server.stop()
    error = anki_in.error("sync")
    assert error.startswith(GONE)
    assert "\n" not in error
    assert anki_in.look(NO_WINDOW)
    assert anki_in("deckNames")


def test_sync_in_anki_that_would_replace_a_collection_asks_nobody(anki_in, other):
    other.collection.decks.add_normal_deck_with_name("There")
    other.sync_in_full(upload=True)
    error = anki_in.error("sync")
    assert error.startswith("Sync status ")
    assert error.endswith(f"{FULL}make it with Anki's Sync button")
    assert anki_in.look(NO_WINDOW)
    assert "There" not in anki_in("deckNames")


def test_sync_in_anki_with_a_wrong_key_logs_out_as_anki_does(anki_in):
    anki_in.look("mw.pm.set_sync_key('wrong')")
    assert "password was incorrect" in anki_in.error("sync")
    assert anki_in.look("mw.pm.sync_auth() is None")
    assert anki_in.error("sync").startswith("sync: auth not configured")
    assert anki_in.look(NO_WINDOW)


def test_a_sync_that_waits_for_its_server_holds_nobody_up(anki_in):
    anki = anki_in
    errors = []

    def sync():
        request = {"action": "sync", "version": 6}
        with requests.Session() as session:
            session.trust_env = False
            errors.append(session.post(anki.url, json=request).json()["error"])

    with silent_server() as (address, taken):
        anki.look(f"mw.pm.set_current_sync_url({address!r})")
        thread = threading.Thread(target=sync)
        thread.start()
        while not taken:
            time.sleep(0.01)
        began = time.monotonic()
        assert anki("version") == 6
        assert anki.look("1 + 1") == 2  # on the main thread
        assert time.monotonic() - began < 0.5
        assert not errors
        for connection in taken:
            connection.shutdown(socket.SHUT_RDWR)
        anki.look("mw.col.abort_sync()")
        thread.join(30)
    anki.look("mw.pm.set_current_sync_url(None)")
    assert len(errors) == 1
    assert errors[0]
    assert anki.look(NO_WINDOW)
    assert anki("sync") is None


def test_sync_in_a_batch_in_anki(anki_in):
    asked = [
        {"action": "addNote", "version": 6, "params": {"note": note("a")}},
        {"action": "sync", "version": 6},
        {"action": "findNotes", "params": {"query": "a"}},
    ]
    added, synced, found = anki_in("multi", actions=asked)
    assert synced == {"result": None, "error": None}
    assert found == [added["result"]]
    assert anki_in.look("mw.col.sync_status(mw.pm.sync_auth()).required") == 0
