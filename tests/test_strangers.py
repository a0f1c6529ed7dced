"""Strangers' plugins beside one another, good and bad, in both hosts."""

from __future__ import annotations

import threading
import time

import pytest
import requests
from servers import Server

pytest_plugins = ["crowd"]

REFUSED = {
    "bad_hook": "PluginValidationError",
    "bad_import": "No module named 'no_such_module'",
    "bad_schema": "not a Draft-07 schema",
    "bad_syntax": "SyntaxError",
    "clash": "version: there is such an action already, in ankiconnect.actions.misc",
    "exits": "SystemExit: no more Anki",
    "no_hook": "ankiconnect_actions has no @hookimpl before it",
    "other_signature": "the schema has the parameters ['name'], the handler ['names']",
    "raises": "not today",
    "unknown_hook": "there is no hook ankiconnect_acts",
}


def listed(server: Server) -> dict[str, dict]:
    answer = server("apiReflect", scopes=["plugins"])
    return {plugin["name"]: plugin for plugin in answer["plugins"]}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_with_a_plugin_is_a_line_in_the_list(crowd, name):
    plugin = listed(crowd)[name]
    assert plugin["state"] == "refused"
    assert REFUSED[name] in plugin["reason"]
    assert "\n" not in plugin["reason"]
    assert plugin["actions"] == []


def test_everything_else_runs_on(crowd):
    assert crowd("version") == 6
    assert crowd("deckNames") == ["Default"]
    assert crowd("hello", name="Ada") == "Hello Ada, you have 0 notes"
    assert crowd.error("fine") == "unsupported action"


def test_each_way_in_is_open(crowd):
    plugins = listed(crowd)
    assert plugins["unwanted"]["state"] == "disabled"
    assert plugins["awkward"]["version"] == "0.5"
    assert plugins["installed"]["version"] == "3.2.1"
    assert crowd("stranger.hello", name="Ada") == "Hello Ada, you have 0 notes"
    assert plugins["hello"] == {
        "name": "hello",
        "state": "loaded",
        "reason": "",
        "version": "",
        "actions": ["hello"],
    }
    if crowd.kind == "anki":
        assert plugins["aa_first"]["version"] == "1.1"
        assert plugins["filtered_decks"]["version"] == "1.0"
        assert crowd("aa.first") == "first"
        assert plugins["zz_late"]["state"] == "loaded"
        assert crowd("zz.late") == 0
        assert "switched_off" not in plugins


def test_a_complete_addon_brings_its_actions(crowd):
    crowd("example.importWords", words="one two three")
    deck_id = crowd("filtered.create", deck="Cram", search="deck:Default", limit=2)
    assert crowd("deckNamesAndIds")["Cram"] == deck_id
    assert len(crowd("findCards", query="deck:Cram")) == 2
    assert crowd("filtered.empty", deck="Cram") is None
    assert crowd("findCards", query="deck:Cram") == []
    assert crowd("filtered.rebuild", deck="Cram") == 2
    assert crowd.error("filtered.rebuild", deck="Default") == (
        "there is no filtered deck Default"
    )
    assert crowd.error("filtered.create", deck="x", search="is:new", limit=0) == (
        "'limit' must be at least 1, not 0"
    )
    if crowd.kind == "anki":
        undo = crowd.look("mw.col.undo_status().undo")
        assert undo == "filtered.rebuild"
    crowd("deleteDecks", decks=["Cram"], cardsToo=True)
    crowd("deleteNotes", notes=crowd("findNotes", query="deck:*"))


def test_every_kind_of_action_runs_where_it_belongs(crowd):
    assert crowd("example.dueCards") == 0
    assert crowd("example.profile") == crowd("getActiveProfile")
    assert crowd("example.origin") is None
    replies = crowd("example.addDecks", decks=["a", "b"])
    ids = [reply["result"] for reply in replies]
    assert crowd("deckNamesAndIds") == {"Default": 1, "a": ids[0], "b": ids[1]}
    crowd("deleteDecks", decks=["a", "b"], cardsToo=True)
    if crowd.kind == "anki":
        assert "Anki" in crowd("example.windowTitle")
    else:
        assert "needs Anki's window" in crowd.error("example.windowTitle")


def test_an_older_name_and_a_range_hold_for_their_versions(crowd):
    def error(action, version, **params):
        reply = crowd.reply({"action": action, "version": version, "params": params})
        return reply["error"] if isinstance(reply, dict) else reply

    assert error("example.addWords", 4, words="") == 0
    assert error("example.addWords", 5, words="") == "unsupported action"
    assert error("example.importWords", 6, words="") is None
    assert error("example.oldTitle", 6) == "unsupported action"
    in_anki = crowd.kind == "anki"
    assert (error("example.oldTitle", 5) is None) == in_anki
    assert error("example.oldTitle", 5) != "unsupported action"


def test_a_plugin_that_comes_late_takes_the_same_path(crowd):
    before = requests.get(f"{crowd.url}/schemas", timeout=10)
    crowd("awkward.brings", name="late.comer")
    assert crowd("late.comer") == 0
    plugin = listed(crowd)["brought late.comer"]
    assert (plugin["state"], plugin["version"]) == ("loaded", "2")
    after = requests.get(f"{crowd.url}/schemas", timeout=10)
    assert set(after.json()) - set(before.json()) == {"late.comer"}
    assert after.headers["ETag"] != before.headers["ETag"]
    crowd("awkward.brings", name="deckNames")
    plugin = listed(crowd)["brought deckNames"]
    assert plugin["state"] == "refused"
    assert plugin["reason"].endswith(
        "deckNames: there is such an action already, in ankiconnect.actions.decks"
    )


@pytest.mark.parametrize(
    ("action", "error"),
    [
        ("awkward.noJson", "awkward.noJson failed inside: "),
        ("awkward.raises", "awkward.raises failed inside: ValueError; the log has"),
        ("awkward.exits", "awkward.exits failed inside: RuntimeError; the log has"),
    ],
)
def test_what_a_handler_does_wrong_is_an_error_to_the_one_caller(crowd, action, error):
    assert crowd.error(action).startswith(error)
    assert "secret" not in crowd.error(action)
    children = [{"action": action, "version": 6}, {"action": "version", "version": 6}]
    replies = crowd("multi", actions=children)
    assert replies[0]["error"].startswith(error)
    assert replies[1] == {"result": 6, "error": None}


def test_hooks_look_at_calls_and_refuse_them(crowd):
    crowd("watchful.seen")
    assert crowd.error("createDeck", deck="private") == "that deck is not yours"
    assert crowd("deckNames") == ["Default"]
    assert crowd("watchful.seen")[1:-1] == [
        ["before", "createDeck"],
        ["after", "createDeck", "that deck is not yours"],
        ["before", "deckNames"],
        ["after", "deckNames", None],
    ]


def test_a_hook_that_raises_is_an_error_to_the_one_caller(crowd):
    assert crowd.error("createDeck", deck="bug before") == (
        "createDeck was not run: a plugin failed inside: KeyError; the log has more"
    )
    assert crowd.error("createDeck", deck="exit before") == (
        "createDeck was not run: a plugin failed inside: RuntimeError; the log has more"
    )
    assert crowd("deckNames") == ["Default"]
    assert crowd.error("createDeck", deck="bug after") == (
        "createDeck was answered, but a plugin failed inside: KeyError; "
        "the log has more"
    )
    assert "bug after" in crowd("deckNames")
    crowd("deleteDecks", decks=["bug after"], cardsToo=True)


def test_one_that_never_returns_holds_up_nobody_else(crowd):
    def wait():
        requests.post(crowd.url, json={"action": "awkward.waits"}, timeout=60)

    waiting = [threading.Thread(target=wait) for _ in range(40)]
    for thread in waiting:
        thread.start()
    time.sleep(0.5)
    began = time.monotonic()
    assert crowd("version") == 6
    assert crowd("deckNames") == ["Default"]
    assert time.monotonic() - began < 1
    crowd("awkward.release")
    for thread in waiting:
        thread.join(10)
        assert not thread.is_alive()


@pytest.mark.parametrize("crowd", ["anki"], indirect=True)
def test_a_gui_call_that_blocks_is_named_in_the_log(crowd):
    log = crowd.base / "logs" / "addons" / "ankiconnect" / "ankiconnect.log"
    line = "awkward.freezes has kept Anki's main thread for 10 seconds"
    assert crowd("awkward.freezes", seconds=0) == "back"
    answers = []
    thread = threading.Thread(
        target=lambda: answers.append(crowd("awkward.freezes", seconds=12))
    )
    thread.start()
    time.sleep(11)
    assert line in log.read_text("utf-8")
    began = time.monotonic()
    version = requests.post(crowd.url, json={"action": "version"}, timeout=10)
    assert version.json() == 6
    assert time.monotonic() - began < 0.5
    thread.join(10)
    assert answers == ["back"]
    assert log.read_text("utf-8").count(line) == 1


@pytest.mark.parametrize("crowd", ["anki"], indirect=True)
def test_the_log_says_what_was_refused_and_what_failed(crowd):
    log = crowd.base / "logs" / "addons" / "ankiconnect" / "ankiconnect.log"
    text = log.read_text("utf-8")
    for name in REFUSED:
        assert f"plugin {name} is refused: " in text
