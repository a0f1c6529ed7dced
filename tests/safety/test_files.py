"""Files: media stay in their folder, and paths are for who may name them."""

import base64
import os
from pathlib import Path

import pytest

from ankiconnect.access import Caller

SECRET = b"what is no media of this profile"


@pytest.fixture
def folder(col):
    return Path(col.media.dir())


@pytest.fixture
def secret(folder):
    """A file beside the media folder, with what links can point to."""
    file = folder.parent / "secret.txt"
    file.write_bytes(SECRET)
    return file


def outside(folder):
    """All that is beside the media folder, with what it holds."""
    base = folder.parent
    return {
        path.relative_to(base): path.read_bytes() if path.is_file() else None
        for path in base.rglob("*")
        if folder not in (path, *path.parents)
        and not path.name.startswith(("collection.anki2", "collection.media"))
        and "media.trash" not in path.parts
    }


#: Names that lead elsewhere, or that a system makes something else of.
NAMES = [
    "../secret.txt",
    "../../secret.txt",
    "..\\secret.txt",
    "../collection.media/../secret.txt",
    "sub/../../secret.txt",
    "./../secret.txt",
    "..",
    ".",
    "...",
    "",
    " ",
    "/",
    "/etc/passwd",
    "//server/share/secret.txt",
    "\\\\server\\share\\secret.txt",
    "\\\\?\\C:\\secret.txt",
    "C:\\secret.txt",
    "C:secret.txt",
    "c:/secret.txt",
    "secret.txt\0.png",
    "\0",
    "a\0/../../secret.txt",
    "a\nb",
    "a\r\nb",
    "a\tb",
    "a\x7fb",
    "con",
    "CON.txt",
    "nul.png",
    "com1",
    "LPT9.txt",
    "aux.tar.gz",
    "a.",
    "a ",
    "a. . .",
    "a<b>c",
    'a"b',
    "a|b",
    "a?b",
    "a*b",
    "a:b",
    "a:$DATA",
    "secret.txt::$DATA",
    "%2e%2e%2fsecret.txt",
    "..%2fsecret.txt",
    "~/secret.txt",
    "$HOME/secret.txt",
    "．．/secret.txt",
    "‥/secret.txt",
    "a" * 500,
    "猫" * 200,
    "a." + "b" * 300,
    "e\u0301.txt",
    "\u202etxt.exe",
    "\ufeffbom",
]

#: What Windows does not take in a name, and what ends one there.
REFUSED = set('<>:"/\\|?*') | {chr(code) for code in range(32)}
DEVICES = {"con", "prn", "aux", "nul"} | {
    f"{name}{number}" for name in ("com", "lpt") for number in range(1, 10)
}


def test_media_stay_in_their_folder(call, folder, secret):
    before = outside(folder)
    data = base64.b64encode(b"mine").decode()
    for name in NAMES:
        params = {"filename": name, "data": data}
        request = {"action": "storeMediaFile", "version": 6, "params": params}
        reply = call.reply(request)
        held = {path.name for path in folder.iterdir()}
        if reply["error"] is None:
            (stored,) = held
            assert reply["result"] == stored
            assert not set(stored) & REFUSED, name
            assert stored[-1] not in ". ", name
            assert stored.split(".")[0].lower() not in DEVICES, name
            assert len(stored.encode()) <= 125, name
        else:
            assert "\n" not in reply["error"]
            assert held == set()

        assert call("retrieveMediaFile", filename=name) in (False, data), name
        assert call("getMediaFilesNames", pattern=name) in ([], sorted(held)), name
        assert call("deleteMediaFile", filename=name) is None
        assert outside(folder) == before, name
        for path in folder.iterdir():
            path.unlink()


@pytest.mark.parametrize("member", ["audio", "video", "picture"])
def test_media_of_notes_stay_in_their_folder(call, folder, secret, member):
    before = outside(folder)
    for number, name in enumerate(NAMES):
        file = {"filename": name, "data": "bWluZQ==", "fields": ["Front"]}
        note = {**NOTE, "fields": {"Front": str(number)}, member: file}
        call.reply({"action": "addNote", "version": 6, "params": {"note": note}})
        assert outside(folder) == before, name
        for path in folder.iterdir():
            assert not set(path.name) & REFUSED, name
            path.unlink()


@pytest.mark.parametrize("delete_existing", [True, False])
@pytest.mark.parametrize("target", ["file", "folder", "nothing", "device", "itself"])
def test_links_out_of_the_folder_are_left_alone(
    call, folder, secret, target, delete_existing
):
    link = folder / "link.txt"
    points_to = {
        "file": secret,
        "folder": secret.parent,
        "nothing": secret.parent / "new.txt",
        "device": Path("/dev/null"),
        "itself": link,
    }
    link.symlink_to(points_to[target])
    before = outside(folder)
    assert call("retrieveMediaFile", filename="link.txt") is False
    assert "link.txt" not in call("getMediaFilesNames")
    assert call("deleteMediaFile", filename="link.txt") is None
    reply = call.reply(
        {
            "action": "storeMediaFile",
            "version": 6,
            "params": {
                "filename": "link.txt",
                "data": "bWluZQ==",
                "deleteExisting": delete_existing,
            },
        }
    )
    assert outside(folder) == before
    if reply["error"] is None:
        stored = folder / reply["result"]
        assert not stored.is_symlink()
        assert stored.read_bytes() == b"mine"


def test_a_folder_and_a_pipe_in_the_media_folder_are_no_media(call, folder):
    (folder / "sub").mkdir()
    (folder / "sub" / "deep.txt").write_bytes(SECRET)
    os.mkfifo(folder / "pipe")
    assert call("getMediaFilesNames") == []
    for name in ("sub", "sub/deep.txt", "pipe"):
        assert call("retrieveMediaFile", filename=name) is False
        call("deleteMediaFile", filename=name)
    assert (folder / "sub" / "deep.txt").exists()
    assert (folder / "pipe").exists()


# Paths

OFF = "paths are switched off; allowFilePaths can allow them"
NOTE = {"deckName": "Default", "modelName": "Basic", "fields": {"Front": "f"}}


def notes_with(path):
    file = {"filename": "a", "path": path, "fields": ["Front"]}
    for member in ("audio", "video", "picture"):
        note = {**NOTE, member: [file]}
        yield "addNote", {"note": note}
        yield "addNotes", {"notes": [note]}


def test_paths_work_for_callers_of_this_machine(call, folder, secret, tmp_path):
    assert call("storeMediaFile", filename="a.txt", path=str(secret)) == "a.txt"
    (folder / "relative.txt").write_bytes(b"r")
    assert call("storeMediaFile", filename="b.txt", path="relative.txt") == "b.txt"
    package = str(tmp_path / "out.apkg")
    assert call("exportPackage", deck="Default", path=package) is True
    assert call("importPackage", path=package) is True


def test_paths_are_off_for_others_in_every_place(call, folder, secret, tmp_path):
    call("exportPackage", deck="Default", path=str(tmp_path / "in.apkg"))
    before = outside(folder)
    call.caller = Caller(may_name_files=False)
    out = tmp_path / "out.apkg"
    assert call.error("storeMediaFile", filename="a", path=str(secret)) == OFF
    assert call.error("exportPackage", deck="Default", path=str(out)) == OFF
    assert call.error("importPackage", path=str(tmp_path / "in.apkg")) == OFF
    for action, params in notes_with(str(secret)):
        call.reply({"action": action, "version": 6, "params": params})
    for note in call("notesInfo", query="deck:*"):
        # The note is there, and says what its file is not.
        assert OFF in note["fields"]["Front"]["value"]
    call.error("deckNames", path=str(secret))
    assert not out.exists()
    assert list(folder.iterdir()) == []
    assert outside(folder) == before


def test_every_action_that_takes_a_path_asks_who_may_name_files(call, plugins, secret):
    """A path is found by its schema, so that no new action is forgotten here."""
    call.caller = Caller(may_name_files=False)
    others = {
        "deck": "Default",
        "filename": "a",
        "note": NOTE,
        "notes": [NOTE],
        "fields": {"Front": "a"},
    }
    found = {}
    for contract in plugins.registry:
        params = contract.schema["properties"]["params"]
        if "path" not in params.get("properties", {}):
            continue
        name = contract.action.name
        needed = {
            key: others[key] for key in params.get("required", ()) if key != "path"
        }
        found[name] = call.error(name, path=str(secret), **needed)
    window = "guiImportFile needs Anki's window, and this server runs without one"
    assert found == {
        "storeMediaFile": OFF,
        "exportPackage": OFF,
        "importPackage": OFF,
        "guiImportFile": window,
    }


BAD_PATHS = [
    "",
    "\0",
    "a\0b",
    "/",
    ".",
    "..",
    "/dev/zero",
    "/dev/stdin",
    "missing",
    "/etc/shadow/x",
    "x" * 5000,
    "\\\\?\\x",
    "http://127.0.0.1/x",
    "\U0001f600",
]


def test_a_path_that_is_none_is_one_line(call, col, tmp_path):
    call("exportPackage", deck="Default", path=str(tmp_path / "in.apkg"))
    for path in BAD_PATHS:
        for action, params in (
            ("storeMediaFile", {"filename": "a", "path": path}),
            ("importPackage", {"path": path}),
            ("exportPackage", {"deck": "Default", "path": path}),
            *notes_with(path),
        ):
            request = {"action": action, "version": 6, "params": params}
            error = call.reply(request)["error"] or ""
            assert "\n" not in error, (action, path)
            assert "failed inside" not in error, (action, path)
    assert col.fix_integrity()[1]


def test_paths_in_anki_are_off_where_it_is_served_elsewhere(anki, tmp_path):
    anki.look(
        "import ankiconnect.addon as a; "
        "a.current.settings.override('webBindAddress', '0.0.0.0')"
    )
    try:
        path = str(tmp_path / "x.apkg")
        assert anki.error("guiImportFile", path=path) == OFF
        assert anki.error("importPackage", path=path) == OFF
        assert anki.error("exportPackage", deck="Default", path=path) == OFF
        assert anki.error("storeMediaFile", filename="a", path=path) == OFF
        assert anki.look("mw.app.activeModalWidget() is None")
        anki.look("a.current.settings.override('allowFilePaths', True)")
        assert anki("exportPackage", deck="Default", path=path) is True
    finally:
        anki.look(
            "a.current.settings.override('webBindAddress', '127.0.0.1'); "
            "a.current.settings.override('allowFilePaths', False)"
        )


def test_the_address_that_is_served_decides_until_the_next_start(anki):
    """Whoever changes it in a running Anki has not closed the port by that."""
    anki.look(
        "import ankiconnect.addon as a; "
        "a.current._configured({'webBindAddress': '0.0.0.0', 'webBindPort': 1})"
    )
    assert anki.look("a.current.settings['webBindAddress']") == "127.0.0.1"
    anki.look("a.current._configured(mw.addonManager.getConfig(a.current.module))")
