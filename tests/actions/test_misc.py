"""version, requestPermission, apiReflect, sync, profiles, multi."""

import threading
import time

import pytest

from ankiconnect.access import Caller
from ankiconnect.hosts.headless import Headless

UNAVAILABLE = "collection is not available"


def note(front, **more):
    fields = {"Front": front, "Back": ""}
    return {"deckName": "Default", "modelName": "Basic", "fields": fields, **more}


def request(action, version=None, key=None, **params):
    made = {"action": action, "params": params}
    if version is not None:
        made["version"] = version
    if key is not None:
        made["key"] = key
    return made


# version


def test_version_is_six(call):
    assert call("version") == 6


@pytest.mark.parametrize("version", [1, 2, 3, 4, None])
def test_version_is_bare_for_old_clients(call, version):
    assert call.reply({"action": "version", "version": version}) == 6


def test_version_takes_no_parameters(call):
    message = "version() got an unexpected keyword argument 'x'"
    assert call.error("version", x=1) == message


# requestPermission


GRANTED = {
    "permission": "granted",
    "requireApikey": False,
    "requireApiKey": False,
    "version": 6,
}


def test_request_permission_of_an_allowed_caller_is_granted(call):
    assert call("requestPermission") == GRANTED
    call.caller = Caller("http://localhost:8000")
    assert call("requestPermission") == GRANTED


def test_request_permission_of_another_origin_is_denied_and_logged(call, host, caplog):
    call.caller = Caller("http://example.com", allowed=False)
    assert call("requestPermission") == {"permission": "denied"}
    (record,) = caplog.records
    assert "http://example.com asks for permission" in record.getMessage()
    assert str(host.base / "ankiconnect.json") in record.getMessage()


def test_request_permission_of_an_ignored_origin_is_denied_in_silence(
    call, host, caplog
):
    host.settings.append("ignoreOriginList", "http://example.com")
    call.caller = Caller("http://example.com", allowed=False)
    assert call("requestPermission") == {"permission": "denied"}
    assert caplog.records == []


def test_request_permission_says_that_a_key_is_needed_and_needs_none(call, host):
    host.settings.override("apiKey", "secret")
    asked = call("requestPermission")
    assert asked == {**GRANTED, "requireApikey": True, "requireApiKey": True}
    assert call.error("version") == "valid api key must be provided"


def test_request_permission_does_not_believe_what_a_client_says_of_itself(call):
    call.caller = Caller("http://example.com", allowed=False)
    message = "requestPermission() got an unexpected keyword argument 'allowed'"
    assert call.error("requestPermission", allowed=True) == message


def test_request_permission_asks_the_user_in_anki(anki):
    origin = "http://example.com"
    replies = []

    def ask():
        replies.append(anki.reply(request("requestPermission", 6), Origin=origin))

    def answer(button):
        thread = threading.Thread(target=ask)
        thread.start()
        anki.wait_for("mw.app.activeModalWidget() is not None")
        other = anki.reply(request("requestPermission", 6), Origin="http://other.com")
        assert other["result"] == {"permission": "denied"}
        anki.look(f"mw.app.activeModalWidget().button(aqt.qt.{button}).click()")
        thread.join()
        return replies.pop()["result"]

    assert answer("QMessageBox.StandardButton.No") == {"permission": "denied"}
    try:
        assert answer("QMessageBox.StandardButton.Yes") == GRANTED
        # Now it is listed: nobody is asked, and all else is answered as well.
        ask()
        assert replies.pop()["result"] == GRANTED
        assert anki.reply(request("version"), Origin=origin) == 6
    finally:
        anki.look(
            "import ankiconnect.addon as a; "
            "s = a.current.settings; "
            "listed = [o for o in s['webCorsOriginList'] if 'example' not in o]; "
            "s.override('webCorsOriginList', listed); "
            "a.current._save({'webCorsOriginList': listed})"
        )


# apiReflect


def test_api_reflect_names_the_actions(call):
    told = call("apiReflect", scopes=["actions"])
    assert told["scopes"] == ["actions"]
    assert {"addNote", "multi", "version", "sync"} <= set(told["actions"])
    assert told["actions"] == sorted(told["actions"])
    assert set(told) == {"scopes", "actions"}


def test_api_reflect_leaves_out_what_cannot_run_here(call):
    told = call("apiReflect", scopes=["actions", "schemas"])
    assert "guiBrowse" not in told["actions"]
    assert set(told["schemas"]) == set(told["actions"])


def test_api_reflect_tells_of_all_actions_in_anki(anki):
    told = anki("apiReflect", scopes=["actions"])
    assert {"guiBrowse", "addNote"} <= set(told["actions"])


@pytest.mark.parametrize(
    ("params", "answer"),
    [
        ({"scopes": []}, {"scopes": []}),
        ({"scopes": ["nonsense"]}, {"scopes": []}),
        (
            {"scopes": ["actions", "nonsense"], "actions": ["version", "nonsense"]},
            {"scopes": ["actions"], "actions": ["version"]},
        ),
        (
            {"scopes": ["actions", "actions"], "actions": []},
            {"scopes": ["actions"], "actions": []},
        ),
    ],
)
def test_api_reflect_leaves_out_what_it_does_not_know(call, params, answer):
    assert call("apiReflect", **params) == answer


def test_api_reflect_takes_null_for_all_actions(call):
    everything = call("apiReflect", scopes=["actions"])
    assert call("apiReflect", scopes=["actions"], actions=None) == everything


def test_api_reflect_serves_schemas_that_stand_alone(call):
    told = call("apiReflect", scopes=["schemas"], actions=["addNote"])
    assert told["scopes"] == ["schemas"]
    schema = told["schemas"]["addNote"]
    assert schema == call.contract("addNote").schema
    assert "$ref" not in str(schema)


def test_api_reflect_needs_its_scopes(call):
    message = "apiReflect() missing 1 required positional argument: 'scopes'"
    assert call.error("apiReflect") == message
    assert call.error("apiReflect", scopes="actions") == (
        "'scopes' must be an array, not a string"
    )


# sync: tests/hosts/test_sync.py has the rest


@pytest.mark.parametrize("params", [{}, {"version": 2}, {"version": None}])
def test_sync_takes_a_version_and_ignores_it(call, logged_in, params):
    assert call("sync", **params) is None


def test_sync_without_a_login_says_so(call):
    assert call.error("sync").startswith("sync: auth not configured; ")


def test_sync_in_a_batch_is_one_entry_of_it(call, logged_in):
    def batch():
        return call(
            "multi",
            actions=[
                request("addNote", note=note("a")),
                {"action": "sync", "version": 6, "params": {"version": 2}},
                request("findNotes", query="a"),
            ],
        )

    added, synced, found = batch()
    assert synced == {"result": None, "error": None}
    assert found == [added]
    logged_in.stop()
    call("deleteNotes", notes=[added])
    added, synced, found = batch()
    assert "network error" in synced["error"] or "internet" in synced["error"]
    assert found == [added]


# Profiles, headless


@pytest.fixture
def second(host):
    """A second profile, with a deck of its own."""
    other = Headless(host.base)
    other.open("Second")
    other.collection.decks.add_normal_deck_with_name("Theirs")
    other.close()


def test_get_profiles_names_them_all(call, second):
    assert call("getProfiles") == ["Second", "User 1"]


def test_get_profiles_names_the_folder_of_a_file_from_elsewhere(call, host, tmp_path):
    host.open_file(tmp_path / "Elsewhere" / "other name.anki2")
    assert call("getProfiles") == ["Elsewhere", "User 1"]
    assert call("getActiveProfile") == "Elsewhere"
    assert call("loadProfile", name="Elsewhere") is True
    assert call("loadProfile", name="User 1") is True
    assert call("getProfiles") == ["User 1"]


def test_get_active_profile_follows_load_profile(call, second):
    assert call("getActiveProfile") == "User 1"
    call("loadProfile", name="Second")
    assert call("getActiveProfile") == "Second"


def test_load_profile_switches_the_collection(call, second):
    call("createDeck", deck="Mine")
    assert call("loadProfile", name="Second") is True
    assert call("deckNames") == ["Default", "Theirs"]
    assert call("loadProfile", name="Second") is True
    assert call("loadProfile", name="User 1") is True
    assert call("deckNames") == ["Default", "Mine"]


@pytest.mark.parametrize("name", ["nobody", "", "..", "../base/User 1", "/", "a\0b"])
def test_load_profile_knows_profiles_only(call, name):
    assert call("loadProfile", name=name) is False
    assert call("getActiveProfile") == "User 1"
    assert call("deckNames") == ["Default"]


def test_load_profile_that_another_program_has_open_changes_nothing(call, second, host):
    other = Headless(host.base)
    other.open("Second")
    error = call.error("loadProfile", name="Second")
    assert error.startswith("cannot open ")
    assert error.endswith("Anki already open, or media currently syncing.")
    other.close()
    assert call("getActiveProfile") == "User 1"
    assert call("deckNames") == ["Default"]


def test_load_profile_in_a_batch_switches_for_what_follows(call, second):
    assert call(
        "multi",
        actions=[
            request("createDeck", deck="Mine"),
            request("loadProfile", 6, name="Second"),
            request("deckNames"),
            request("loadProfile", name="nobody"),
        ],
    )[1:] == [{"result": True, "error": None}, ["Default", "Theirs"], False]
    call("loadProfile", name="User 1")
    assert call("deckNames") == ["Default", "Mine"]


def test_load_profile_while_requests_run(call, second):
    answers = []
    done = threading.Event()

    def ask():
        while not done.is_set():
            answers.append(tuple(call("deckNames")))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for name in ["Second", "User 1"] * 4:
        assert call("loadProfile", name=name) is True
    done.set()
    for thread in threads:
        thread.join()
    assert set(answers) <= {("Default",), ("Default", "Theirs")}
    assert answers


# Profiles in Anki


@pytest.fixture
def two_profiles(anki):
    """Anki with a second profile; the first is open before and after."""
    anki.look("mw.pm.create('Second')")
    anki("createDeck", deck="Mine")
    yield anki
    arrive_at(anki, "User 1")


def arrive_at(anki, name):
    """Switch to a profile and wait until it is open."""
    deadline = time.monotonic() + 20
    while True:
        asked = anki.reply(request("loadProfile", 6, name=name))
        if asked["error"] is None:
            break
        assert asked["error"] == UNAVAILABLE
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert asked["result"] is True
    while True:
        reply = anki.reply(request("deckNames", 6))
        if reply["error"] is None:
            assert anki("getActiveProfile") == name
            return reply["result"]
        assert reply == {"result": None, "error": UNAVAILABLE}
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_get_profiles_in_anki(two_profiles):
    assert two_profiles("getProfiles") == ["Second", "User 1"]
    assert two_profiles("getActiveProfile") == "User 1"


def test_load_profile_switches_in_anki_and_serves_on(two_profiles):
    anki = two_profiles
    assert anki("loadProfile", name="nobody") is False
    assert anki("loadProfile", name="User 1") is True
    assert arrive_at(anki, "Second") == ["Default"]
    assert anki("loadProfile", name="nobody") is False
    anki("createDeck", deck="Theirs")
    added = anki("addNote", note=note("there"))
    assert anki.look("mw.isVisible() and mw.windowTitle()") == "Second - Anki"
    assert "Mine" in arrive_at(anki, "User 1")
    assert anki("notesInfo", notes=[added]) == [{}]
    assert "Theirs" in arrive_at(anki, "Second")
    anki("deleteNotes", notes=[added])
    anki("deleteDecks", decks=["Theirs"], cardsToo=True)


def test_load_profile_during_a_review_in_anki(two_profiles):
    anki = two_profiles
    anki("addNote", note=note("a"))
    anki.look("mw.col.decks.select(1); mw.moveToState('review')")
    anki.wait_for("mw.reviewer.card is not None")
    arrive_at(anki, "Second")
    assert anki.look("mw.state") == "deckBrowser"
    assert anki.look("mw.reviewer.card is None")


def test_load_profile_keeps_what_follows_from_the_old_profile(two_profiles):
    anki = two_profiles
    replies = anki(
        "multi",
        actions=[
            request("createDeck", 6, deck="Before"),
            request("loadProfile", 6, name="Second"),
            request("createDeck", 6, deck="After"),
            request("version", 6),
        ],
    )
    assert replies[0]["error"] is None
    assert replies[1] == {"result": True, "error": None}
    assert replies[3]["result"] == 6
    # It came before the other was open, or it was for the other.
    came_early = replies[2]["error"] == UNAVAILABLE
    assert arrive_at(anki, "Second") == ["After", "Default"][came_early:]
    anki("deleteDecks", decks=["After"], cardsToo=True)
    names = arrive_at(anki, "User 1")
    assert "Before" in names
    assert "After" not in names


def test_load_profile_answers_all_who_ask_meanwhile(two_profiles):
    anki = two_profiles
    done = threading.Event()
    errors, results = set(), set()

    def ask():
        from requests import Session  # a session is one thread's

        with Session() as session:
            session.trust_env = False
            while not done.is_set():
                reply = session.post(
                    anki.url, json=request("deckNames", 6), timeout=20
                ).json()
                if reply["error"] is None:
                    results.add(tuple(reply["result"]))
                else:
                    errors.add(reply["error"])

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for name in ("Second", "User 1", "Second"):
        arrive_at(anki, name)
    done.set()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    assert errors <= {UNAVAILABLE}
    assert results == {("Default",), ("Default", "Mine")}


def test_load_profile_from_the_profile_window(two_profiles):
    anki = two_profiles
    anki.look("aqt.qt.QTimer.singleShot(0, mw.unloadProfileAndShowProfileManager)")
    deadline = time.monotonic() + 20
    while anki.reply(request("deckNames", 6))["error"] is None:
        assert time.monotonic() < deadline
    assert anki.error("deckNames") == UNAVAILABLE
    assert anki.error("guiBrowse") == UNAVAILABLE
    assert anki.error("sync") == UNAVAILABLE
    assert anki.error("reloadCollection") == UNAVAILABLE
    assert anki("getProfiles") == ["Second", "User 1"]
    assert arrive_at(anki, "Second") == ["Default"]
    anki.wait_for("not mw.profileDiag.isVisible()")


def test_load_profile_that_the_user_stops_leaves_all_as_it_was(two_profiles):
    anki = two_profiles
    anki.look("import ankiconnect.hosts.anki as host; host._LEAVING_TAKES = 1")
    # A window that asks whether to close, and is told no.
    anki.look("asked = []; add = aqt.dialogs.open('AddCards', mw)")
    anki.look("add.closeWithCallback = asked.append")
    try:
        assert anki("loadProfile", name="Second") is True
        assert anki.error("deckNames") == UNAVAILABLE
        time.sleep(1.1)
        assert "Mine" in anki("deckNames")
        assert anki("getActiveProfile") == "User 1"
        assert anki.look("len(asked)") == 1
    finally:
        anki.look("host._LEAVING_TAKES = 10")
        anki.look("del add.closeWithCallback; aqt.dialogs.closeAll(lambda: None)")
        anki.wait_for("aqt.dialogs.allClosed()")


# multi


def test_multi_answers_in_order_each_in_the_form_of_its_version(call):
    assert call(
        "multi",
        actions=[
            request("deckNames"),
            request("deckNames", 4),
            request("deckNames", 5),
            request("deckNames", 6),
            request("nonsense"),
            request("nonsense", 6),
        ],
    ) == [
        ["Default"],
        ["Default"],
        {"result": ["Default"], "error": None},
        {"result": ["Default"], "error": None},
        {"result": None, "error": "unsupported action"},
        {"result": None, "error": "unsupported action"},
    ]


def test_multi_of_an_old_client_is_a_bare_list(call):
    asked = {
        "action": "multi",
        "version": 2,
        "params": {"actions": [request("version")]},
    }
    assert call.reply(asked) == [6]


@pytest.mark.parametrize(
    ("child", "error"),
    [
        (1, "1 is not of type 'object'"),
        (None, "None is not of type 'object'"),
        ({}, "'action' is a required property"),
        ({"action": 1}, "1 is not of type 'string'"),
        ({"action": "version", "params": 1.2}, "1.2 is not of type 'object'"),
        (
            request("createDeck"),
            "createDeck() missing 1 required positional argument: 'deck'",
        ),
    ],
)
def test_multi_has_an_entry_for_a_child_that_is_no_request(call, child, error):
    replies = call("multi", actions=[child, request("version")])
    assert replies == [{"result": None, "error": error}, 6]


def test_multi_finds_files_as_they_are_by_then(call, col, tmp_path):
    def store(name, **more):
        return request("storeMediaFile", 6, filename=name, **more)

    package = str(tmp_path / "Deck.apkg")
    call("storeMediaFile", filename="v.txt", data="QUFB")
    picture = {"filename": "new.png", "path": "new.txt", "fields": ["Back"]}
    replies = call(
        "multi",
        actions=[
            store("v.txt", data="QkJC"),
            store("copy.txt", path="v.txt"),
            request("retrieveMediaFile", 6, filename="copy.txt"),
            store("new.txt", data="QkJC"),
            request("addNote", 6, note={**note("a"), "picture": picture}),
            request("exportPackage", 6, deck="Default", path=package),
            request("importPackage", 6, path=package),
        ],
    )
    assert [reply["error"] for reply in replies] == [None] * 7
    assert replies[2]["result"] == "QkJC"
    assert col.get_note(replies[4]["result"]).fields[1].endswith('<img src="new.png">')
    assert replies[5:] == [{"result": True, "error": None}] * 2


def test_multi_of_nothing_is_nothing(call, col):
    assert call("multi", actions=[]) == []
    assert col.undo_status().undo == ""


def test_multi_needs_a_list(call):
    message = "multi() missing 1 required positional argument: 'actions'"
    assert call.error("multi") == message
    assert (
        call.error("multi", actions={}) == "'actions' must be an array, not an object"
    )


def test_multi_in_multi_in_multi(call):
    """Obsidian_to_Anki: three deep, two keys at every level."""

    def batch(*actions):
        return request("multi", 6, actions=list(actions))

    def bad():
        return request("addNote", 6, note=note(""))

    asked = batch(
        batch(request("createDeck", 6, deck="Obsidian")),
        batch(
            request("addNote", 6, note=note("one", tags=["Obsidian_to_Anki", ""])),
            bad(),
            request("addNote", 6, note=note("two", tags=[])),
        ),
        batch(request("notesInfo", 6, notes=[])),
        batch(request("findNotes", 6, query="")),
        batch(request("deleteNotes", 6, notes=[])),
        batch(batch(request("version", 6), request("nonsense", 6))),
    )
    reply = call.reply(asked)

    def check(node):
        if isinstance(node, dict) and "error" in node:
            assert set(node) == {"result", "error"}
            for child in node["result"] if isinstance(node["result"], list) else ():
                check(child)

    check(reply)
    made, added, info, found, deleted, deepest = (
        part["result"] for part in reply["result"]
    )
    assert isinstance(made[0]["result"], int)
    one, failed, two = added
    assert failed["error"].startswith("cannot create note because it is empty")
    assert info == [{"result": [], "error": None}]
    assert sorted(found[0]["result"]) == sorted([one["result"], two["result"]])
    assert deleted == [{"result": None, "error": None}]
    assert deepest[0]["result"] == [
        {"result": 6, "error": None},
        {"result": None, "error": "unsupported action"},
    ]


def test_multi_is_one_step_of_undo_under_its_own_name(call, col):
    call(
        "multi",
        actions=[
            request("createDeck", deck="a"),
            request("addNote", note=note("x")),
            request("deckNames"),
            request("multi", actions=[request("createDeck", deck="b")]),
        ],
    )
    assert col.undo_status().undo == "multi"
    col.undo()
    assert call("deckNames") == ["Default"]
    assert call("findNotes", query="") == []
    assert col.undo_status().undo == ""


def test_multi_of_more_writes_than_undo_remembers_is_one_step(call, col):
    replies = call(
        "multi", actions=[request("addNote", 6, note=note(str(n))) for n in range(70)]
    )
    assert all(reply["error"] is None for reply in replies)
    assert len(call("findNotes", query="")) == 70
    assert col.undo_status().undo == "multi"
    col.undo()
    assert call("findNotes", query="") == []
    assert col.undo_status().undo == ""


def test_multi_takes_a_failed_child_back_alone(call, col):
    call("addNote", note=note("there"))
    replies = call(
        "multi",
        actions=[
            request("createDeck", 6, deck="a"),
            request("addNote", 6, note=note("there")),
            request("addNote", 6, note=note("new")),
        ],
    )
    assert replies[1] == {
        "result": None,
        "error": "cannot create note because it is a duplicate",
    }
    assert [reply["error"] for reply in (replies[0], replies[2])] == [None, None]
    assert len(call("findNotes", query="")) == 2
    col.undo()
    assert call("deckNames") == ["Default"]
    assert len(call("findNotes", query="")) == 1
    assert col.undo_status().undo == "addNote"


def test_multi_that_changes_nothing_is_no_step(call, col):
    call("multi", actions=[request("deckNames"), request("addNote", note=note(""))])
    assert col.undo_status().undo == ""
    assert col.undo_status().redo == ""


@pytest.fixture
def locked(call, host):
    host.settings.override("apiKey", "secret")
    return call


WRONG_KEY = {"result": None, "error": "valid api key must be provided"}


def test_multi_lends_its_key_to_children_that_have_none(locked):
    asked = request(
        "multi",
        6,
        "secret",
        actions=[
            request("version"),
            {"action": "version", "key": None},
            request("version", key="secret"),
            request("version", key="wrong"),
            request("multi", actions=[request("version")]),
            request("multi", key="wrong", actions=[request("version")]),
        ],
    )
    assert locked.reply(asked)["result"] == [6, 6, 6, WRONG_KEY, [6], WRONG_KEY]


def test_multi_without_a_key_is_refused_whole(locked):
    asked = request("multi", 6, actions=[request("version", key="secret")])
    assert locked.reply(asked) == WRONG_KEY


def test_multi_knows_browse_in_its_old_children_only(call):
    added = call("addNote", note=note("a"))
    cards = call("notesInfo", notes=[added])[0]["cards"]
    replies = call(
        "multi",
        actions=[request("browse", query="a"), request("browse", 5, query="a")],
    )
    assert replies == [cards, {"result": None, "error": "unsupported action"}]


# reloadCollection


def test_reload_collection_answers_null(server):
    assert server("reloadCollection") is None


def test_reload_collection_leaves_undo_alone(call, col):
    call("createDeck", deck="a")
    call("reloadCollection")
    assert col.undo_status().undo == "createDeck"


def test_reload_collection_draws_anew_what_anki_missed(anki):
    anki.look("mw.activateWindow()")
    anki.wait_for("aqt.utils.current_window() is mw")
    anki.look("mw.col.decks.add_normal_deck_with_name('Behind its back').id")
    # What the main window shows: in 26.09, and in 23.10.
    names = (
        "[node.name for node in (mw.deckBrowser._render_data.tree "
        "if hasattr(mw.deckBrowser, '_render_data') "
        "else mw.deckBrowser._dueTree).children]"
    )
    assert "Behind its back" not in anki.look(names)
    anki("reloadCollection")
    anki.wait_for(f"'Behind its back' in {names}")
