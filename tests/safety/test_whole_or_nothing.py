"""Answered is stored, and failed is as if it had never been."""

import sqlite3
import sys
import time
from pathlib import Path

import pytest
from anki.collection import AddNoteRequest
from prepared import prepare
from safety.killing import kill_under_load
from servers import start_headless, stop_headless

from ankiconnect import WRITE, Action, ActionError, hookimpl
from ankiconnect.hosts.headless import Headless


@pytest.mark.parametrize(("seed", "seconds"), [(1, 0.05), (2, 0.4), (3, 1.1)])
def test_what_was_answered_is_there_after_a_kill(base, seed, seconds):
    figures = kill_under_load(base, seed, seconds)
    if seconds > 1:
        assert figures["notes"] > 20
        assert figures["updates"]
        assert figures["media"]


def content(base: Path):
    """Every row of a collection, but for when it was last written."""
    path = base / "User 1" / "collection.anki2"
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    connection.create_collation("unicase", lambda a, b: (a > b) - (a < b))
    tables = (
        *("notes", "cards", "decks", "deck_config", "notetypes", "fields"),
        *("templates", "revlog", "graves", "tags"),
    )
    rows = {
        table: sorted(connection.execute(f"select * from {table}"), key=repr)
        for table in tables
    }
    connection.close()
    return rows


class Half:
    """Writes that fail when much is done."""

    @hookimpl
    def ankiconnect_actions(self):
        def schema(name):
            params = {"type": "object", "additionalProperties": False}
            properties = {"action": {"const": name}, "params": params, "result": {}}
            return {"properties": properties}

        def some(col):
            kind = col.models.by_name("Basic")
            notes = []
            for number in range(30):
                note = col.new_note(kind)
                note["Front"] = str(number)
                notes.append(AddNoteRequest(note, 1))
            col.add_notes(notes)
            col.decks.add_normal_deck_with_name("a::b::c")
            col.tags.bulk_add([request.note.id for request in notes], "x y")
            col.sched.suspend_cards(col.find_cards("deck:*"))
            copy = dict(col.models.by_name("Basic"))
            copy["css"] = "half"
            col.models.update_dict(copy)
            col.decks.remove([1])

        def fail_at_the_end(col):
            some(col)
            raise ActionError("no luck")

        def break_at_the_end(col):
            some(col)
            raise KeyError("a bug")

        def exit_at_the_end(col):
            some(col)
            sys.exit()

        return [
            Action(handler, WRITE, schema=schema(name))
            for name, handler in {
                "failAtTheEnd": fail_at_the_end,
                "breakAtTheEnd": break_at_the_end,
                "exitAtTheEnd": exit_at_the_end,
            }.items()
        ]


@pytest.mark.parametrize("name", ["failAtTheEnd", "breakAtTheEnd", "exitAtTheEnd"])
def test_nothing_of_a_failed_write_stays(here, plugins, host, caplog, name):
    assert plugins.load("half", Half).reason == ""
    prepare(host.collection)
    here("createDeck", deck="before")
    before = content(host.base)
    status = host.collection.undo_status()
    assert here.error(name)
    assert content(host.base) == before
    after = host.collection.undo_status()
    assert (after.undo, after.redo) == (status.undo, "") == ("createDeck", "")
    batch = [{"action": name}, {"action": "createDeck", "params": {"deck": "after"}}]
    here("multi", actions=batch)
    assert here("deckNames").count("after") == 1
    host.collection.undo()
    assert content(host.base)["notes"] == before["notes"]
    assert "after" not in here("deckNames")
    assert host.collection.fix_integrity()[1]
    caplog.clear()


LIMIT = """
import resource

from ankiconnect import FREE, Action, hookimpl

PARAMS = {
    "type": "object",
    "properties": {"size": {"type": "integer"}},
    "required": ["size"],
    "additionalProperties": False,
}
NAME = {"const": "limitFiles"}


@hookimpl
def ankiconnect_actions():
    schema = {"properties": {"action": NAME, "params": PARAMS, "result": {}}}
    return [Action(limit_files, FREE, schema=schema)]


def limit_files(context, *, size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
"""


def test_a_full_disk_is_an_error_and_nothing_is_half_stored(base, tmp_path):
    host = Headless(base)
    host.open()
    prepare(host.collection)
    host.close()
    before = content(base)
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "limit.py").write_text(LIMIT)
    plugins = str(tmp_path / "plugins")
    server = start_headless(base, "--port", "0", "--plugins", plugins)
    # From here on no file grows.
    server("limitFiles", size=0)
    notes = server("findNotes", query="deck:*")
    for action, params in (
        ("createDeck", {"deck": "a::b"}),
        ("addTags", {"notes": notes, "tags": "x"}),
        ("suspend", {"cards": server("findCards", query="deck:*")}),
        ("deleteNotes", {"notes": notes}),
        ("updateNoteFields", {"note": {"id": notes[0], "fields": {"Front": "new"}}}),
    ):
        error = server.error(action, **params)
        assert "\n" not in error
        assert str(base) not in error
    assert server("findNotes", query="deck:*") == notes
    server("limitFiles", size=-1)
    assert server("createDeck", deck="works again")
    server("deleteDecks", decks=["works again"], cardsToo=True)
    stop_headless(server)
    after = content(base)
    after["graves"] = before["graves"]
    assert after == before


def test_a_write_waits_for_the_disk_of_no_other(base, tmp_path):
    """A collection that another program has open is said, in one line."""
    server = start_headless(base, "--port", "0")
    import subprocess

    other = subprocess.run(
        [sys.executable, "-m", "ankiconnect", "serve", "--base", base, "--port", "0"],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=base,
        check=False,
    )
    assert other.returncode == 1
    assert other.stderr.count("\n") == 1
    assert "Traceback" not in other.stderr
    assert server("deckNames") == ["Default"]
    begun = time.monotonic()
    stop_headless(server)
    assert time.monotonic() - begun < 5
