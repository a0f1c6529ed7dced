"""Sounds, videos and pictures that come with a note."""

from __future__ import annotations

import base64
import hashlib
import socket
from pathlib import Path

import pytest
from anki import hooks
from anki.utils import int_version

from ankiconnect.access import Caller

#: Newer Anki makes lower case of names.
LOWER_CASE = int_version() > 260000


def b64(content):
    return base64.b64encode(content).decode()


def item(filename, content=b"content", fields=("Back",), **more):
    return {
        "filename": filename,
        "data": b64(content),
        "fields": list(fields),
        **more,
    }


def basic(front="front", back="", **more):
    return {
        "deckName": "Default",
        "modelName": "Basic",
        "fields": {"Front": front, "Back": back},
        **more,
    }


def add(call, col, note):
    """Add a note; its fields."""
    return col.get_note(call("addNote", note=note)).fields


def in_folder(col):
    return {path.name: path.read_bytes() for path in Path(col.media.dir()).iterdir()}


def undoable(col):
    """What Anki's Edit menu offers."""
    status = col.undo_status()
    return status.undo, status.redo


@pytest.fixture
def note_id(call):
    """A note to update."""
    return call("addNote", note=basic("front", "back"))


# Where the file comes from, and where it goes


@pytest.mark.parametrize(
    ("member", "shown"),
    [
        ("audio", "[sound:a.bin]"),
        ("video", "[sound:a.bin]"),
        ("picture", '<img src="a.bin">'),
    ],
)
@pytest.mark.parametrize("in_list", [True, False])
def test_file_is_stored_and_shown_in_its_fields(call, col, member, shown, in_list):
    file = item("a.bin", fields=["Front", "Back"])
    note = basic("f ", "b ", **{member: [file] if in_list else file})
    assert add(call, col, note) == [f"f {shown}", f"b {shown}"]
    assert in_folder(col) == {"a.bin": b"content"}


def test_files_of_all_members_follow_one_another(call, col):
    note = basic(
        picture=[item("a.png"), item("b.png")],
        audio=item("a.mp3"),
        video=[item("a.mp4", fields=["Front"])],
    )
    assert add(call, col, note) == [
        "front[sound:a.mp4]",
        '[sound:a.mp3]<img src="a.png"><img src="b.png">',
    ]


def test_file_may_come_from_data_a_path_or_an_address(call, col, files, tmp_path):
    served, address = files
    (served / "ねこ 猫.mp3").write_bytes(b"from url")
    (tmp_path / "file").write_bytes(b"from path")
    note = basic(
        audio=[
            {"filename": "1.mp3", "data": b64(b"from data"), "path": None, "url": None},
            {"filename": "2.mp3", "path": str(tmp_path / "file")},
            {"filename": "3.mp3", "url": f"{address}/ねこ 猫.mp3", "skipHash": None},
            {"filename": "4.mp3", "path": "1.mp3", "fields": None},
        ]
    )
    col.media.write_data("1.mp3", b"from data")
    assert add(call, col, note) == ["front", ""]
    assert in_folder(col) == {
        "1.mp3": b"from data",
        "2.mp3": b"from path",
        "3.mp3": b"from url",
        "4.mp3": b"from data",
    }


def test_file_takes_data_before_path_before_url(call, col, files, tmp_path):
    served, address = files
    (served / "x").write_bytes(b"from url")
    (tmp_path / "x").write_bytes(b"from path")
    sources = {"path": str(tmp_path / "x"), "url": f"{address}/x"}
    add(call, col, basic("1", audio=item("a.mp3", b"from data", **sources)))
    add(call, col, basic("2", audio={"filename": "b.mp3", **sources}))
    assert in_folder(col) == {"a.mp3": b"from data", "b.mp3": b"from path"}


def test_file_takes_field_names_in_any_case_and_ignores_others(call, col):
    note = basic(audio=item("a.mp3", fields=["bAcK", "Nope", "Back"]))
    assert add(call, col, note) == ["front", "[sound:a.mp3][sound:a.mp3]"]


def test_file_takes_the_name_of_one_field(call, col):
    note = basic(audio={**item("a.mp3"), "fields": "Back"})
    assert add(call, col, note) == ["front", "[sound:a.mp3]"]


def test_file_without_fields_is_stored_alone(call, col):
    note = basic(audio=[{"filename": "a.mp3", "data": "aGk="}, item("b.mp3", b"b", [])])
    assert add(call, col, note) == ["front", ""]
    assert in_folder(col) == {"a.mp3": b"hi", "b.mp3": b"b"}


def test_file_is_shown_by_the_name_that_anki_made_of_it(call, col):
    note = basic(audio=item("A:b.MP3"), picture=item('P"&<.png'))
    sound, picture = ("ab.mp3", "p&.png") if LOWER_CASE else ("Ab.MP3", "P&.png")
    shown = f'[sound:{sound}]<img src="{picture.replace("&", "&amp;")}">'
    assert add(call, col, note) == ["front", shown]
    assert set(in_folder(col)) == {sound, picture}


def test_file_may_be_all_that_the_first_field_has(call, col):
    note = basic("", audio=item("a.mp3", fields=["Front"]))
    assert call("canAddNote", note=note) is True
    assert add(call, col, note) == ["[sound:a.mp3]", ""]


def test_files_of_a_note_in_add_notes(call, col):
    notes = [
        basic("1", audio=item("a.mp3", b"a")),
        5,
        basic("2", picture=item("b.png", b"b")),
    ]
    one, _, two = call("addNotes", notes=notes)
    assert col.get_note(one).fields[1] == "[sound:a.mp3]"
    assert col.get_note(two).fields[1] == '<img src="b.png">'
    assert in_folder(col) == {"a.mp3": b"a", "b.png": b"b"}


# Files that are there already


def test_existing_file_stays_and_the_new_one_is_renamed(call, col):
    col.media.write_data("a.mp3", b"old")
    renamed = f"a-{hashlib.sha1(b'new').hexdigest()}.mp3"
    note = basic(audio=item("a.mp3", b"new"))
    assert add(call, col, note) == ["front", f"[sound:{renamed}]"]
    assert in_folder(col) == {"a.mp3": b"old", renamed: b"new"}


def test_existing_file_goes_if_told_so(call, col):
    col.media.write_data("a.mp3", b"old")
    note = basic(audio=item("a.mp3", b"new", deleteExisting=True))
    assert add(call, col, note) == ["front", "[sound:a.mp3]"]
    assert in_folder(col) == {"a.mp3": b"new"}


def test_existing_file_of_the_same_content_is_shared(call, col):
    col.media.write_data("a.mp3", b"same")
    note = basic(audio=item("a.mp3", b"same"))
    assert add(call, col, note) == ["front", "[sound:a.mp3]"]
    assert in_folder(col) == {"a.mp3": b"same"}


def test_skipped_file_leaves_no_trace(call, col, files):
    served, address = files
    (served / "stub").write_bytes(b"stub")
    digest = hashlib.md5(b"stub").hexdigest()
    note = basic(
        audio=[
            item("a.mp3", b"stub", skipHash=digest.upper()),
            {
                "filename": "b.mp3",
                "url": f"{address}/stub",
                "skipHash": digest,
                "fields": ["Back"],
            },
            item("c.mp3", b"real", skipHash=digest),
        ]
    )
    assert add(call, col, note) == ["front", "[sound:c.mp3]"]
    assert in_folder(col) == {"c.mp3": b"real"}


# Files that cannot be had


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        ({"data": "no base64 <&>"}, "data is no base64: "),
        ({}, "You must provide a &quot;data&quot;, &quot;path&quot;, or "),
        ({"path": "/no/<b>/such"}, "/no/&lt;b&gt;/such cannot be read: No such file"),
        ({"url": "http://[<x>"}, "URL download failed: "),
        ({"data": "aGk=", "filename": ".."}, "&#x27;..&#x27; is no name for a file"),
    ],
)
def test_file_that_cannot_be_had_is_said_in_the_field(call, col, broken, expected):
    file = {"filename": "a.mp3", "fields": ["Back"], **broken}
    front, back = add(call, col, basic(audio=[file, item("b.mp3")]))
    assert front == "front"
    assert back.startswith(expected)
    assert "<" not in back
    assert back.endswith("[sound:b.mp3]")
    assert set(in_folder(col)) == {"b.mp3"}


def test_failed_download_is_said_in_the_field(call, col, files):
    _, address = files
    file = {"filename": "a.mp3", "url": f"{address}/missing", "fields": ["Back"]}
    expected = ["front", "URL download failed with return code 404"]
    assert add(call, col, basic(audio=[file])) == expected
    assert in_folder(col) == {}


def test_file_without_a_name_is_said_in_the_field(call, col):
    file = {"data": "aGk=", "fields": ["Back"]}
    (note_id,) = call("addNotes", notes=[basic(audio=file)])
    assert col.get_note(note_id).fields[1] == "&#x27;filename&#x27; must be a string"
    assert in_folder(col) == {}


def test_path_is_not_read_for_whoever_may_not_name_files(call, col, tmp_path):
    (tmp_path / "secret").write_bytes(b"secret")
    call.caller = Caller(may_name_files=False)
    path = str(tmp_path / "secret")
    note = basic(audio={"filename": "a.mp3", "path": path, "fields": ["Back"]})
    assert add(call, col, note)[1].startswith("paths are switched off")
    assert in_folder(col) == {}


# Files of a note that is refused


@pytest.mark.parametrize(
    "wrong",
    [
        {"deckName": "Nowhere"},
        {"modelName": "Nothing"},
        {"fields": {"Front": "taken"}},
        {"fields": {"Nope": "front"}},
        {"fields": {"Front": ""}},
        {"tags": 5},
    ],
)
def test_refused_note_leaves_no_files(call, col, wrong):
    call("addNote", note=basic("taken"))
    col.media.write_data("there.mp3", b"there")
    audio = [
        item("new.mp3"),
        item("there.mp3", b"there"),
        item("there.mp3", b"other"),
        item("there.mp3", b"another", deleteExisting=True),
    ]
    note = {**basic("new"), **wrong, "audio": audio}
    assert call.error("addNote", note=note)
    assert call("addNotes", notes=[note]) == [None]
    assert in_folder(col) == {"there.mp3": b"there"}


@pytest.mark.usefixtures("clumsy_addon")
def test_note_that_anki_refuses_leaves_no_files(call, col):
    col.media.write_data("there.mp3", b"there")
    col.media.write_data("replaced.mp3", b"before")
    audio = [
        item("new.mp3"),
        item("there.mp3", b"there"),
        item("there.mp3", b"other"),
        item("replaced.mp3", b"after", deleteExisting=True),
    ]
    assert call.error("addNote", note=basic("spoil", audio=audio))
    assert in_folder(col) == {"there.mp3": b"there", "replaced.mp3": b"before"}


@pytest.mark.usefixtures("clumsy_addon")
def test_note_that_anki_refuses_leaves_the_files_that_others_have(call, col):
    notes = [
        basic("spoil", audio=[item("shared.mp3"), item("own.mp3")]),
        basic("good", audio=item("shared.mp3")),
    ]
    nothing, good = call("addNotes", notes=notes)
    assert nothing is None
    assert col.get_note(good).fields[1] == "[sound:shared.mp3]"
    assert in_folder(col) == {"shared.mp3": b"content"}


def test_note_whose_file_was_renamed_into_a_duplicate_leaves_no_file(call, col):
    col.media.write_data("a.mp3", b"old")
    renamed = f"a-{hashlib.sha1(b'new').hexdigest()}.mp3"
    call("addNote", note=basic(f"[sound:{renamed}]"))
    note = basic("", audio=item("a.mp3", b"new", fields=["Front"]))
    error = call.error("addNote", note=note)
    assert error == "cannot create note because it is a duplicate"
    assert in_folder(col) == {"a.mp3": b"old"}


def test_question_about_a_note_fetches_and_stores_nothing(call, col, host):
    host.settings.override("webTimeout", 100)
    col.media.write_data("b.png", b"old")
    before = undoable(col)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.setblocking(False)
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        note = basic(
            audio={"filename": "a.mp3", "url": url, "fields": ["Back"]},
            picture=item("b.png", deleteExisting=True),
        )
        assert call("canAddNote", note=note) is True
        assert call("canAddNotes", notes=[note]) == [True]
        assert call("canAddNoteWithErrorDetail", note=note) == {"canAdd": True}
        assert call("canAddNotesWithErrorDetail", notes=[note]) == [{"canAdd": True}]
        with pytest.raises(BlockingIOError):
            silent.accept()
    assert in_folder(col) == {"b.png": b"old"}
    assert undoable(col) == before


# Files for a note that is there


@pytest.mark.parametrize("action", ["updateNoteFields", "updateNote"])
def test_update_adds_files_to_fields(call, col, note_id, action):
    note = {
        "id": note_id,
        "fields": {"front": "new "},
        "audio": item("a.mp3", fields=["Front", "Back"]),
        "video": None,
        "picture": [item("b.png", fields=["back"])],
    }
    assert call(action, note=note) is None
    assert col.get_note(note_id).fields == [
        "new [sound:a.mp3]",
        'back[sound:a.mp3]<img src="b.png">',
    ]
    assert set(in_folder(col)) == {"a.mp3", "b.png"}


def test_update_with_files_alone_leaves_the_texts(call, col, note_id):
    note = {"id": note_id, "fields": {}, "audio": [item("a.mp3")]}
    call("updateNoteFields", note=note)
    assert col.get_note(note_id).fields == ["front", "back[sound:a.mp3]"]


def test_update_of_a_missing_note_leaves_no_file(call, col):
    note = {"id": 1, "fields": {"Front": "x"}, "audio": [item("a.mp3")]}
    for action in ("updateNoteFields", "updateNote"):
        assert call.error(action, note=note) == "Note was not found: 1"
    assert in_folder(col) == {}


def test_update_says_a_failed_download_in_the_field(call, col, note_id, files):
    _, address = files
    file = {"filename": "a.mp3", "url": f"{address}/missing", "fields": ["Back"]}
    call("updateNoteFields", note={"id": note_id, "fields": {}, "audio": file})
    assert col.get_note(note_id).fields[1] == (
        "backURL download failed with return code 404"
    )


@pytest.fixture
def clumsy_editor():
    """An add-on that makes of notes what Anki does not take."""

    def spoil(note):
        note.fields.append("one too many")

    hooks.note_will_flush.append(spoil)
    yield
    hooks.note_will_flush.remove(spoil)


@pytest.mark.usefixtures("note_id", "clumsy_editor")
def test_update_that_anki_refuses_leaves_no_file(call, col, note_id):
    col.media.write_data("there.mp3", b"there")
    audio = [item("a.mp3"), item("there.mp3", b"new", deleteExisting=True)]
    note = {"id": note_id, "fields": {"Front": "new"}, "audio": audio}
    assert call.error("updateNoteFields", note=note)
    assert in_folder(col) == {"there.mp3": b"there"}


# On both hosts


def test_files_over_http_on_both_hosts(server, files):
    served, address = files
    (served / "neko.mp3").write_bytes(b"meow")
    files = [
        {"filename": f"{n}.mp3", "url": f"{address}/neko.mp3", "fields": ["Back"]}
        for n in range(3)
    ]
    (note_id,) = server("addNotes", notes=[basic(audio=files)])
    (info,) = server("notesInfo", notes=[note_id])
    shown = "[sound:0.mp3][sound:1.mp3][sound:2.mp3]"
    assert info["fields"]["Back"]["value"] == shown
    assert server("retrieveMediaFile", filename="2.mp3") == b64(b"meow")


def test_a_file_that_is_skipped_leaves_an_empty_note(call, col):
    digest = hashlib.md5(b"stub").hexdigest()
    skipped = {**item("stub.png", b"stub"), "skipHash": digest, "fields": ["Front"]}
    note = {**basic(""), "picture": skipped}
    error = call.error("addNote", note=note)
    assert error.startswith("cannot create note because it is empty")
    assert call("addNotes", notes=[note]) == [None]
    assert col.note_count() == 0


def test_notes_that_only_their_files_names_tell_apart(call, col):
    notes = [
        {**basic(""), "picture": {**item(name), "fields": ["Front"]}}
        for name in ("ab:c.jpg", "abc.jpg")
    ]
    added = call("addNotes", notes=notes)
    assert added[0] is not None
    assert added[1] is None
