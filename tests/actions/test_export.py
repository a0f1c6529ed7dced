"""Packages of decks, written and read again."""

from __future__ import annotations

import os
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from anki.collection import DeckIdLimit, ImportAnkiPackageRequest
from anki.import_export_pb2 import ImportAnkiPackageUpdateCondition
from scheduling import EASY, GOOD, answer, keep_day, new_card

from ankiconnect.dispatch import Dispatcher
from ankiconnect.hosts.headless import Headless
from ankiconnect.testing import Call

#: A deck with a subdeck, and one beside them that stays here.
DECKS = ("Japanese", "Japanese::JLPT N3", "Elsewhere")
SOUND = b"\xff\xfbmeow" * 100
STATE = "type queue ivl factor reps lapses flags"


@pytest.fixture
def col(col):
    keep_day(col)
    return col


@pytest.fixture
def cards(call, col):
    """A card in each deck, with a sound, answered twice, flagged and tagged."""
    col.media.write_data("neko.mp3", SOUND)
    col.media.write_data("elsewhere.mp3", b"not to be taken along")
    cards = {}
    for deck in DECKS:
        sound = "elsewhere" if deck == "Elsewhere" else "neko"
        card = new_card(col, deck, Back=f"[sound:{sound}.mp3]")
        cards[deck] = answer(col, card, GOOD, EASY)
    col.set_user_flag_for_cards(1, list(cards.values()))
    col.tags.bulk_add([col.get_card(card).nid for card in cards.values()], "word")
    group = call("cloneDeckConfigId", name="Mine")
    call("saveDeckConfig", config={"id": group, "new": {"perDay": 7}})
    call("setDeckConfigId", decks=["Japanese"], configId=group)
    return cards


@pytest.fixture
def second(plugins, tmp_path):
    """Calls actions on a second, empty collection."""
    host = Headless(tmp_path / "second")
    host.open()
    yield Call(Dispatcher(plugins, host), host)
    host.close()


def col_of(call):
    return call.dispatcher.host.collection


def content(col):
    """What a package may bring to a collection."""
    return {
        "decks": [deck.name for deck in col.decks.all_names_and_ids()],
        "cards": sorted(
            (col.decks.name(did), *rest)
            for did, *rest in col.db.all(
                f"select did, {', '.join(STATE.split())} from cards"
            )
        ),
        "fields": sorted(col.db.list("select flds from notes")),
        "reviews": col.db.all(
            "select id, ease, ivl, lastIvl, factor, time, type from revlog order by id"
        ),
        "media": {
            path.name: path.read_bytes() for path in Path(col.media.dir()).iterdir()
        },
    }


def taken_along(col):
    """Of the first collection what belongs to the deck of the package."""
    whole = content(col)
    cards = [card for card in whole["cards"] if card[0] != "Elsewhere"]
    away = col.find_cards("deck:Elsewhere")
    of_others = col.db.list("select id from revlog where cid = ?", away[0])
    return {
        "decks": ["Default", "Japanese", "Japanese::JLPT N3"],
        "cards": cards,
        "fields": [text for text in whole["fields"] if "elsewhere" not in text],
        "reviews": [row for row in whole["reviews"] if row[0] not in of_others],
        "media": {"neko.mp3": SOUND},
    }


def export(call, path, **more):
    return call("exportPackage", deck="Japanese", path=str(path), **more)


# exportPackage


def test_export_package_with_scheduling_brings_all_of_the_deck(
    call, col, cards, second, tmp_path
):
    file = tmp_path / "Deck.apkg"
    before, undo = content(col), col.undo_status().undo
    assert export(call, file, includeSched=True) is True
    assert content(col) == before
    assert col.undo_status().undo == undo
    assert second("importPackage", path=str(file)) is True
    there = col_of(second)
    assert content(there) == taken_along(col)
    assert len(content(there)["reviews"]) == 4
    assert {note.tags[0] for note in map(there.get_note, there.find_notes(""))} == {
        "word"
    }
    used = second("getDeckConfig", deck="Japanese")
    assert (used["name"], used["new"]["perDay"]) == ("Mine", 7)


@pytest.mark.parametrize("more", [{}, {"includeSched": False}, {"includeSched": None}])
def test_export_package_without_scheduling_brings_new_cards(
    call, cards, second, tmp_path, more
):
    file = tmp_path / "Deck.apkg"
    assert export(call, file, **more) is True
    assert second("importPackage", path=str(file)) is True
    there = content(col_of(second))
    assert [state for _, *state in there["cards"]] == [[0] * len(STATE.split())] * 2
    assert there["reviews"] == []
    assert there["media"] == {"neko.mp3": SOUND}
    assert len(there["fields"]) == 2
    assert second("getDeckConfig", deck="Japanese")["id"] == 1


def test_export_package_is_one_that_older_anki_reads(call, cards, tmp_path):
    export(call, tmp_path / "Deck.apkg")
    with zipfile.ZipFile(tmp_path / "Deck.apkg") as package:
        assert {"collection.anki2", "collection.anki21"} <= set(package.namelist())


def test_export_package_of_the_default_deck_is_the_seeds_sample(call, col, tmp_path):
    new_card(col)
    file = tmp_path / "Deck.apkg"
    params = {"deck": "Default", "path": str(file), "includeSched": True}
    assert call("exportPackage", **params) is True
    assert zipfile.is_zipfile(file)


def test_export_package_of_an_unknown_deck_is_false(call, cards, tmp_path):
    file = tmp_path / "Deck.apkg"
    assert call("exportPackage", deck="No such deck", path=str(file)) is False
    assert not file.exists()
    assert "No such deck" not in call("deckNames")


def test_export_package_to_a_relative_path_is_in_the_media_folder(
    call, col, cards, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert export(call, "Deck.apkg") is True
    assert zipfile.is_zipfile(Path(col.media.dir(), "Deck.apkg"))
    assert not (tmp_path / "Deck.apkg").exists()


def test_export_package_replaces_a_file_that_is_there(call, cards, tmp_path):
    file = tmp_path / "Deck.apkg"
    file.write_text("old")
    assert export(call, file) is True
    assert zipfile.is_zipfile(file)


@pytest.mark.parametrize("name", ["Deck", "notes.txt"])
def test_export_package_replaces_no_other_file(call, cards, tmp_path, name):
    file = tmp_path / name
    assert export(call, file) is True
    assert export(call, file) is True
    file.write_text("a diary")
    error = call.error("exportPackage", deck="Japanese", path=str(file))
    assert error == f"{file} cannot be written: it is there, and no package"
    assert file.read_text() == "a diary"
    file.write_text("")
    assert export(call, file) is True


@pytest.mark.parametrize(
    "name",
    [
        "collection.anki2",
        "Collection.anki2-wal",
        "collection.anki2-journal",
        "collection.media.db2",
        "collection.apkg",
    ],
)
def test_export_package_leaves_the_collections_own_files(call, col, cards, name):
    there = Path(col.path).parent
    before = {file: file.stat().st_size for file in there.iterdir() if file.is_file()}
    for path in (f"../{name}", str(there / name), f"../../{there.name}/{name}"):
        error = call.error("exportPackage", deck="Japanese", path=path)
        assert error == f"{path} cannot be written: it is the collection's own"
    after = {file: file.stat().st_size for file in there.iterdir() if file.is_file()}
    assert before == after
    assert col.fix_integrity()[1]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("no/such/Deck.apkg", "there is no such folder"),
        ("x\0y", "it is no file"),
        ("", "it is no file"),
        (".", "it is no file"),
    ],
)
def test_export_package_to_no_file_says_so_in_one_line(call, cards, path, reason):
    error = call.error("exportPackage", deck="Japanese", path=path)
    assert error == f"{path} cannot be written: {reason}"


def test_export_package_to_what_the_system_refuses_says_so_in_one_line(call, cards):
    path = f"{'x' * 300}.apkg"
    error = call.error("exportPackage", deck="Japanese", path=path)
    assert error.startswith(f"{path} cannot be written: ")
    assert "\n" not in error


def test_export_package_in_both_hosts_is_imported_again(server, tmp_path):
    file = tmp_path / "Deck.apkg"
    server("createDeck", deck="To go")
    note = {
        "deckName": "To go",
        "modelName": "Basic",
        "fields": {"Front": "to go and to come back", "Back": ""},
    }
    note_id = server("addNote", note=note)
    assert server("exportPackage", deck="To go", path=str(file)) is True
    server("deleteDecks", decks=["To go"], cardsToo=True)
    assert server("findNotes", query="deck:*") == []
    assert server("importPackage", path=str(file)) is True
    assert server("findNotes", query='"deck:To go"') == [note_id]


# importPackage


@pytest.fixture
def package(call, cards, tmp_path):
    """A package with media and scheduling."""
    export(call, tmp_path / "Deck.apkg", includeSched=True)
    return tmp_path / "Deck.apkg"


def test_import_package_is_one_step_to_undo(second, package):
    there = col_of(second)
    second("createDeck", deck="Before")
    before = content(there)
    assert second("importPackage", path=str(package)) is True
    assert there.card_count() == 2
    assert there.undo_status().undo == "importPackage"
    there.undo()
    # Anki takes no media back.
    assert content(there) == {**before, "media": {"neko.mp3": SOUND}}
    assert there.undo_status().undo == "createDeck"


def test_import_package_twice_adds_nothing_twice(second, package):
    second("importPackage", path=str(package))
    once = content(col_of(second))
    assert second("importPackage", path=str(package)) is True
    assert content(col_of(second)) == once


def test_import_package_updates_notes_that_are_older(call, col, cards, second, package):
    second("importPackage", path=str(package))
    note = col.get_card(cards["Japanese"]).note()
    note["Front"] = "changed since"
    col.update_note(note)
    col.db.execute("update notes set mod = mod + 10 where id = ?", note.id)
    export(call, package)
    second("importPackage", path=str(package))
    fields = col_of(second).get_note(note.id).fields
    assert fields == ["changed since", "[sound:neko.mp3]"]


def test_import_package_from_a_relative_path_is_in_the_media_folder(
    second, package, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    error = second.error("importPackage", path="Deck.apkg")
    assert error == "Deck.apkg cannot be read: No such file or directory"
    package.rename(Path(col_of(second).media.dir(), "Deck.apkg"))
    assert second("importPackage", path="Deck.apkg") is True
    assert col_of(second).card_count() == 2


def test_import_package_takes_a_package_of_anki_itself(col, cards, second, tmp_path):
    file = tmp_path / "Whole.colpkg"
    path = col.path
    col.export_collection_package(str(file), include_media=True, legacy=False)
    col.reopen()
    assert col.path == path
    assert second("importPackage", path=str(file)) is True
    assert col_of(second).card_count() == 3


def cut(package):
    package.write_bytes(package.read_bytes()[:-200])


def empty(package):
    package.write_bytes(b"")


def text(package):
    package.write_text("front\tback\n")


def other_archive(package):
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("word/document.xml", "<xml/>")


@pytest.mark.parametrize("spoil", [cut, empty, text, other_archive])
def test_import_package_of_a_file_that_is_none_changes_nothing(second, package, spoil):
    spoil(package)
    there = col_of(second)
    second("createDeck", deck="a")
    second("createDeck", deck="b")
    there.undo()
    before = content(there)
    error = second.error("importPackage", path=str(package))
    assert error == f"{package} is no package that Anki has written"
    assert content(there) == before
    assert there.undo_status().undo == "createDeck"


@pytest.mark.parametrize(
    ("part", "reason"),
    [("collection.anki21", "its collection is none"), ("media", None)],
)
def test_import_package_with_a_spoilt_part_changes_nothing(
    second, package, part, reason
):
    with zipfile.ZipFile(package) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(package, "w") as archive:
        for name, data in {**parts, part: b"spoilt" * 1000}.items():
            archive.writestr(name, data)
    before = content(col_of(second))
    error = second.error("importPackage", path=str(package))
    assert "\n" not in error
    if reason is not None:
        assert error == f"{package} cannot be read: {reason}"
    assert content(col_of(second)) == before


def test_import_package_with_a_spoilt_byte_changes_nothing(second, package):
    data = bytearray(package.read_bytes())
    data[2000] ^= 255
    package.write_bytes(data)
    before = content(col_of(second))
    error = second.error("importPackage", path=str(package))
    assert error.startswith(f"{package} cannot be read: ")
    assert "\n" not in error
    assert content(col_of(second)) == before


def test_import_package_of_what_is_no_file_says_so_in_one_line(second, tmp_path):
    pipe = tmp_path / "pipe.apkg"
    os.mkfifo(pipe)
    for path, reason in (
        (str(tmp_path), "it is no file"),
        (str(pipe), "it is no file"),
        ("", "it is no file"),
        ("a\0b", "it is no file"),
        (str(tmp_path / "missing.apkg"), "No such file or directory"),
    ):
        error = second.error("importPackage", path=path)
        assert error == f"{path} cannot be read: {reason}"


def test_import_package_and_export_need_the_right_to_name_files(
    call, col, second, package
):
    for one in (call, second):
        one.caller = replace(one.caller, may_name_files=False)
    refused = "paths are switched off; allowFilePaths can allow them"
    assert second.error("importPackage", path=str(package)) == refused
    assert col_of(second).card_count() == 0
    target = package.with_name("other.apkg")
    for deck in ("Japanese", "No such deck"):
        error = call.error("exportPackage", deck=deck, path=str(target))
        assert error == refused
    assert not target.exists()


NEVER = ImportAnkiPackageUpdateCondition.IMPORT_ANKI_PACKAGE_UPDATE_CONDITION_NEVER


def choices(col):
    """What Anki's import window would offer."""
    return col._backend.get_import_anki_package_presets()


def test_import_package_follows_the_users_choice_for_notes_that_are_there(
    call, col, cards, second, package
):
    there = col_of(second)
    request = ImportAnkiPackageRequest(package_path=str(package))
    request.options.update_notes = NEVER
    there.import_anki_package(request)
    note = col.get_card(cards["Japanese"]).note()
    note["Front"] = "changed since"
    col.update_note(note)
    col.db.execute("update notes set mod = mod + 10 where id = ?", note.id)
    export(call, package)
    second("importPackage", path=str(package))
    assert there.get_note(note.id)["Front"] != "changed since"
    assert choices(there).update_notes == NEVER


@pytest.mark.parametrize("scheduling", [False, True])
def test_import_package_leaves_the_users_choice_as_it_is(second, package, scheduling):
    there = col_of(second)
    there.set_config("withScheduling", scheduling)
    before = choices(there)
    assert before.with_scheduling is scheduling
    second("importPackage", path=str(package))
    assert choices(there) == before
    assert there.undo_status().undo == "importPackage"


def test_import_package_written_by_anki_without_us(col, cards, second, tmp_path):
    """Anki's newest format, which nobody asks for by exportPackage."""
    file = tmp_path / "New.apkg"
    limit = DeckIdLimit(col.decks.id_for_name("Japanese"))
    try:
        from anki.collection import ExportAnkiPackageOptions
    except ImportError:
        more = {"with_scheduling": True, "with_media": True, "legacy_support": False}
    else:
        more = {
            "options": ExportAnkiPackageOptions(
                with_scheduling=True, with_deck_configs=True, with_media=True
            )
        }
    col.export_anki_package(out_path=str(file), limit=limit, **more)
    assert second("importPackage", path=str(file)) is True
    assert content(col_of(second)) == taken_along(col)
