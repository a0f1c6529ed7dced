"""Media files, and what must never leave or enter their folder."""

from __future__ import annotations

import base64
import hashlib
import os
import threading
import time
import unicodedata
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from anki.utils import int_version

from ankiconnect.access import Caller

#: Newer Anki makes lower case of names; the older tells them apart by case.
LOWER_CASE = int_version() > 260000
#: Names that Anki stores under others.
ODD_NAMES = [
    "Foo.MP3",
    "ÄÖ.Mp3",
    "a:b*c?.mp3",
    "con.txt",
    "AUX",
    "dot.",
    "space ",
    "...x",
    "a/b.txt",
    "..\\x.txt",
    unicodedata.normalize("NFD", "がé.mp3"),
    "Iİ.txt",
    "ΑΣ.txt",
    "[sound:x].mp3",
    "tab\tnul\0.txt",
    "x" * 200 + ".Mp3",
    "猫" * 100 + ".mp3",
    "y" * 130 + ".",
    "a." + "e" * 200,
    "z" * 119 + " .txt",
]


def b64(content):
    return base64.b64encode(content).decode()


def store(call, filename, content, **more):
    return call("storeMediaFile", filename=filename, data=b64(content), **more)


def retrieve(call, filename):
    answer = call("retrieveMediaFile", filename=filename)
    return answer if answer is False else base64.b64decode(answer)


def folder(col):
    return Path(col.media.dir())


def in_folder(col):
    return {path.name: path.read_bytes() for path in folder(col).iterdir()}


@pytest.fixture
def secret(col):
    """A file that stands beside the media folder."""
    path = folder(col).parent / "secret.txt"
    path.write_bytes(b"secret")
    return path


# storeMediaFile


def test_store_media_file_answers_the_seeds_sample(call, col):
    answer = call("storeMediaFile", filename="_hello.txt", data="SGVsbG8sIHdvcmxkIQ==")
    assert answer == "_hello.txt"
    assert in_folder(col) == {"_hello.txt": b"Hello, world!"}


@pytest.mark.parametrize(
    "params",
    [
        {"filename": "v.png", "data": "aGk="},
        {"filename": "v.png", "data": "aGk"},
        {"filename": "v.png", "data": "a Gk\n=\n"},
        {"filename": "v.png", "data": "aGk=", "deleteExisting": False},
        {"filename": "v.png", "data": "aGk=", "deleteExisting": None, "path": None},
        {"filename": "v.png", "data": "aGk=", "url": None, "skipHash": None},
        {"filename": "v.png", "data": "aGk=", "url": "", "path": "", "skipHash": ""},
    ],
)
def test_store_media_file_takes_what_clients_send(call, col, params):
    assert call("storeMediaFile", **params) == "v.png"
    assert in_folder(col) == {"v.png": b"hi"}


def test_store_media_file_takes_data_before_path_before_url(call, col, files, tmp_path):
    served, address = files
    (served / "x").write_bytes(b"from url")
    file = tmp_path / "x"
    file.write_bytes(b"from path")
    sources = {"data": b64(b"from data"), "path": str(file), "url": f"{address}/x"}
    for expected in ("data", "path", "url"):
        name = f"{expected}.txt"
        assert call("storeMediaFile", filename=name, **sources) == name
        assert retrieve(call, name) == f"from {expected}".encode()
        # An empty text is as good as none.
        sources[expected] = ""
    error = call.error("storeMediaFile", filename="x.txt", **sources)
    assert error == 'You must provide a "data", "path", or "url" field.'


def test_store_media_file_needs_a_source(call, col):
    error = call.error("storeMediaFile", filename="x.txt")
    assert error == 'You must provide a "data", "path", or "url" field.'
    assert in_folder(col) == {}


def test_store_media_file_says_what_else_is_wrong(call, col):
    assert call.error("storeMediaFile", data="aGk=") == (
        "storeMediaFile() missing 1 required positional argument: 'filename'"
    )
    assert call.error("storeMediaFile", filename="x", data="a*b=").startswith(
        "data is no base64: "
    )
    assert call.error("storeMediaFile", filename="x", data="a").startswith(
        "data is no base64: "
    )
    for name in ("", ".", "..", "/", "../..", "\0", ":*?"):
        assert "is no name for a file" in call.error(
            "storeMediaFile", filename=name, data="aGk="
        )
    assert in_folder(col) == {}


@pytest.mark.parametrize("width", [57, 76, 1001])
def test_store_media_file_takes_base64_in_lines(call, width):
    # Large enough to be decoded in pieces, none of which ends where a line does.
    content = os.urandom(4 * 1024 * 1024 + width)
    text = b64(content)
    lines = [text[start : start + width] for start in range(0, len(text), width)]
    data = "\r\n".join(lines).rstrip("=")
    assert call("storeMediaFile", filename="lines.bin", data=data) == "lines.bin"
    assert retrieve(call, "lines.bin") == content


def test_store_media_file_stores_large_files_whole(call):
    content = os.urandom(9 * 1024 * 1024 + 1)
    assert store(call, "large.bin", content) == "large.bin"
    assert retrieve(call, "large.bin") == content


@pytest.mark.parametrize("name", ODD_NAMES)
def test_store_media_file_returns_the_name_that_anki_made_of_it(call, col, name):
    stored = store(call, name, b"1")
    assert in_folder(col) == {stored: b"1"}
    # Stored once more, it is the same file; another content takes its place.
    assert store(call, name, b"1") == stored
    assert store(call, name, b"2") == stored
    assert in_folder(col) == {stored: b"2"}
    # Unless it is to stay.
    beside = store(call, name, b"3", deleteExisting=False)
    assert in_folder(col) == {stored: b"2", beside: b"3"}
    assert store(call, name, b"3", deleteExisting=False) == beside


def test_store_media_file_touches_no_file_of_another_case(call, col):
    (folder(col) / "foo.txt").write_bytes(b"small")
    stored = store(call, "FOO.txt", b"large")
    if LOWER_CASE:
        assert in_folder(col) == {"foo.txt": b"large"}
        assert stored == "foo.txt"
    else:
        assert in_folder(col) == {"foo.txt": b"small", "FOO.txt": b"large"}
        assert stored == "FOO.txt"


def test_store_media_file_moves_what_it_replaces_to_the_trash(call, col):
    store(call, "a.txt", b"old")
    store(call, "a.txt", b"new")
    assert retrieve(call, "a.txt") == b"new"
    col.media.restore_trash()
    assert b"old" in in_folder(col).values()


def test_store_media_file_keeps_existing_files_if_told_so(call, col):
    store(call, "a.txt", b"old")
    other = store(call, "a.txt", b"new", deleteExisting=False)
    assert other == f"a-{hashlib.sha1(b'new').hexdigest()}.txt"
    assert in_folder(col) == {"a.txt": b"old", other: b"new"}


def test_store_media_file_replaces_the_file_though_one_stands_beside_it(call, col):
    store(call, "a.txt", b"1")
    beside = store(call, "a.txt", b"2", deleteExisting=False)
    assert store(call, "a.txt", b"2") == "a.txt"
    assert in_folder(col) == {"a.txt": b"2", beside: b"2"}


def test_store_media_file_skips_a_content_by_its_hash(call, col):
    digest = hashlib.md5(b"stub").hexdigest()
    assert store(call, "a.txt", b"stub", skipHash=digest) is None
    assert store(call, "a.txt", b"stub", skipHash=digest.upper()) is None
    assert in_folder(col) == {}
    assert store(call, "a.txt", b"other", skipHash=digest) == "a.txt"


def test_store_media_file_reads_a_path(call, col, tmp_path):
    file = tmp_path / "over there.txt"
    file.write_bytes(b"there")
    assert call("storeMediaFile", filename="a.txt", path=str(file)) == "a.txt"
    # A relative one starts at the media folder.
    assert call("storeMediaFile", filename="b.txt", path="a.txt") == "b.txt"
    assert in_folder(col) == {"a.txt": b"there", "b.txt": b"there"}


def test_store_media_file_says_what_path_it_cannot_read(call, col, tmp_path):
    def error(path):
        return call.error("storeMediaFile", filename="a", path=str(path))

    missing = tmp_path / "missing"
    assert error(missing) == f"{missing} cannot be read: No such file or directory"
    assert error(tmp_path) == f"{tmp_path} cannot be read: it is no file"
    assert error("a\0b").endswith("cannot be read: it is no file")
    pipe = tmp_path / "pipe"
    if hasattr(os, "mkfifo"):
        os.mkfifo(pipe)
        assert error(pipe) == f"{pipe} cannot be read: it is no file"
    assert in_folder(col) == {}


def test_store_media_file_reads_no_path_for_whoever_may_not_name_files(
    call, col, secret
):
    call.caller = Caller(may_name_files=False)
    error = call.error("storeMediaFile", filename="a.txt", path=str(secret))
    assert error == "paths are switched off; allowFilePaths can allow them"
    assert in_folder(col) == {}
    assert store(call, "a.txt", b"data") == "a.txt"


def test_store_media_file_writes_only_into_the_media_folder(call, col, secret):
    for name in ("../secret.txt", str(secret), "..\\secret.txt", "C:\\secret.txt"):
        stored = store(call, name, b"new")
        assert (folder(col) / stored).read_bytes() == b"new"
    assert secret.read_bytes() == b"secret"
    flat = {"..secret.txt", "Csecret.txt", str(secret).replace("/", "")}
    names = {name.lower() for name in flat} if LOWER_CASE else flat
    assert set(in_folder(col)) == names


def test_store_media_file_does_not_write_through_links(call, col, secret):
    (folder(col) / "link.txt").symlink_to(secret)
    store(call, "link.txt", b"new")
    store(call, "link.txt", b"newer", deleteExisting=False)
    assert secret.read_bytes() == b"secret"


# From the network


class Web:
    """A web server that answers by its handlers' paths."""

    def __init__(self):
        self.agents = []
        web = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args):
                pass

            def do_GET(self):
                web.agents.append(self.headers["User-Agent"])
                getattr(self, self.path.strip("/").split("?")[0])()

            def body(self, content, **headers):
                self.send_response(200)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.end_headers()
                self.wfile.write(content)

            def fine(self):
                self.body(b"fine", Content_Length="4")

            def missing(self):
                self.send_error(404)

            def broken(self):
                self.send_error(503)

            def moved(self):
                self.redirect("/fine")

            def to_file(self):
                self.redirect("file:///etc/passwd")

            def redirect(self, target):
                self.send_response(302)
                self.send_header("Location", target)
                self.end_headers()

            def endless(self):
                self.send_response(200)
                self.end_headers()
                try:
                    for _ in range(1000):
                        self.wfile.write(b"x" * 1024)
                except OSError:
                    pass

            def silent(self):
                time.sleep(0.6)

            def cut(self):
                self.body(b"half", Content_Length="8")

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def web():
    site = Web()
    thread = threading.Thread(target=site.server.serve_forever, args=(0.01,))
    thread.start()
    yield site
    site.server.shutdown()
    thread.join()
    site.server.server_close()


def test_store_media_file_downloads(call, col, web):
    assert call("storeMediaFile", filename="a", url=f"{web.url}/fine?q=猫&b") == "a"
    assert call("storeMediaFile", filename="b", url=f"{web.url}/moved") == "b"
    assert in_folder(col) == {"a": b"fine", "b": b"fine"}
    assert all(agent.startswith("Anki ") for agent in web.agents)


def test_store_media_file_skips_a_download_by_its_hash(call, col, web):
    digest = hashlib.md5(b"fine").hexdigest()
    url = f"{web.url}/fine"
    assert call("storeMediaFile", filename="a", url=url, skipHash=digest) is None
    assert in_folder(col) == {}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/missing", "URL download failed with return code 404"),
        ("/broken", "URL download failed with return code 503"),
        ("/endless", "URL download is larger than 10000 bytes"),
    ],
)
def test_store_media_file_says_why_a_download_failed(
    call, col, host, web, path, expected
):
    host.settings.override("mediaDownloadLimit", 10000)
    error = call.error("storeMediaFile", filename="a", url=web.url + path)
    assert error == expected
    assert in_folder(col) == {}


@pytest.mark.parametrize("path", ["/silent", "/cut", "/to_file"])
def test_store_media_file_gives_up_a_download_that_does_not_end_well(
    call, col, host, web, path
):
    host.settings.override("webTimeout", 200)
    error = call.error("storeMediaFile", filename="a", url=web.url + path)
    assert error.startswith("URL download failed: ")
    assert "\n" not in error
    assert "0x" not in error
    assert in_folder(col) == {}


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://127.0.0.1/x", "x", "http://", "http://[::1"]
)
def test_store_media_file_downloads_over_http_only(call, col, url):
    error = call.error("storeMediaFile", filename="a", url=url)
    assert error.startswith("URL download failed: ")
    assert in_folder(col) == {}


# retrieveMediaFile


def test_retrieve_media_file_answers_the_seeds_sample(call, col):
    col.media.write_data("_hello.txt", b"Hello, world!")
    answer = call("retrieveMediaFile", filename="_hello.txt")
    assert answer == "SGVsbG8sIHdvcmxkIQ=="


def test_retrieve_media_file_of_a_missing_file_is_false(call):
    assert call("retrieveMediaFile", filename="missing.txt") is False
    assert call("retrieveMediaFile", filename="") is False
    assert call("retrieveMediaFile", filename="x" * 5000) is False


def test_retrieve_media_file_gives_an_empty_file(call, col):
    (folder(col) / "empty").write_bytes(b"")
    assert call("retrieveMediaFile", filename="empty") == ""


@pytest.mark.parametrize("name", ODD_NAMES)
def test_retrieve_media_file_finds_by_the_name_that_was_sent(call, name):
    stored = store(call, name, b"content")
    assert retrieve(call, name) == b"content"
    assert retrieve(call, stored) == b"content"


def test_retrieve_media_file_prefers_the_very_name(call, col):
    (folder(col) / "Foo.txt").write_bytes(b"large")
    (folder(col) / "foo.txt").write_bytes(b"small")
    assert retrieve(call, "Foo.txt") == b"large"
    assert retrieve(call, "foo.txt") == b"small"


OUTSIDE = [
    "../secret.txt",
    "..\\secret.txt",
    "../collection.media/../secret.txt",
    "..",
    ".",
    "/etc/passwd",
    "C:\\secret.txt",
    "\\\\host\\secret.txt",
    "../secret.txt\0",
    "secret.txt",
    "link.txt",
    "folder/secret.txt",
]


@pytest.fixture
def ways_out(col, secret):
    """A link out of the media folder, and a folder in it."""
    (folder(col) / "link.txt").symlink_to(secret)
    (folder(col) / "folder").mkdir()
    (folder(col) / "folder" / "secret.txt").write_bytes(b"secret")
    return secret


@pytest.mark.usefixtures("ways_out")
@pytest.mark.parametrize("name", OUTSIDE)
def test_retrieve_media_file_never_leaves_the_media_folder(call, name):
    assert retrieve(call, name) is False


def test_retrieve_media_file_takes_the_last_part_of_a_path(call, col):
    (folder(col) / "a.txt").write_bytes(b"inside")
    assert retrieve(call, "/some/where/a.txt") == b"inside"
    assert retrieve(call, "C:\\some\\where\\a.txt") == b"inside"


# getMediaFilesNames


def test_get_media_files_names_lists_all_by_default(call, col):
    for name in ("b.txt", "_a.png", "猫.mp3"):
        store(call, name, b"x")
    assert call("getMediaFilesNames") == ["_a.png", "b.txt", "猫.mp3"]
    assert call("getMediaFilesNames", pattern=None) == ["_a.png", "b.txt", "猫.mp3"]
    assert call("getMediaFilesNames", pattern="*") == ["_a.png", "b.txt", "猫.mp3"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.txt", ["ab.txt", "ac.txt"]),
        ("a?.txt", ["ab.txt", "ac.txt"]),
        ("a[bx]*", ["ab.txt"]),
        ("a[!b]*", ["ac.txt"]),
        ("AB.TXT", ["ab.txt"]),
        ("ab", []),
        ("", []),
        (".*", [".hidden"]),
        ("猫*", ["猫.mp3"]),
        ("[", []),
    ],
)
def test_get_media_files_names_matches_as_a_shell_does(call, col, pattern, expected):
    for name in ("ab.txt", "ac.txt", ".hidden", "猫.mp3"):
        (folder(col) / name).write_bytes(b"x")
    assert call("getMediaFilesNames", pattern=pattern) == expected


@pytest.mark.usefixtures("ways_out")
@pytest.mark.parametrize(
    "pattern", ["../*", "*", "/etc/*", "**/*", "folder/*", "..", "*\0", "..\\*"]
)
def test_get_media_files_names_stays_in_the_media_folder(call, pattern):
    assert call("getMediaFilesNames", pattern=pattern) == []


def test_get_media_files_names_leaves_out_what_is_no_text(call, col):
    try:
        (folder(col) / os.fsdecode(b"\xff.txt")).write_bytes(b"x")
    except OSError:
        return  # this system keeps no such names
    store(call, "a.txt", b"a")
    assert call("getMediaFilesNames") == ["a.txt"]


# getMediaDirPath


def test_get_media_dir_path_is_the_whole_path(call, col):
    path = call("getMediaDirPath")
    assert path == str(folder(col).absolute())
    assert Path(path).is_dir()


# deleteMediaFile


def test_delete_media_file_moves_it_to_ankis_trash(call, col):
    store(call, "_hello.txt", b"hello")
    store(call, "other.txt", b"other")
    assert call("deleteMediaFile", filename="_hello.txt") is None
    assert in_folder(col) == {"other.txt": b"other"}
    col.media.restore_trash()
    assert in_folder(col) == {"_hello.txt": b"hello", "other.txt": b"other"}


def test_delete_media_file_of_a_missing_file_is_no_error(call, col):
    store(call, "a.txt", b"a")
    assert call("deleteMediaFile", filename="missing.txt") is None
    assert call("deleteMediaFile", filename="") is None
    assert in_folder(col) == {"a.txt": b"a"}


@pytest.mark.parametrize("name", ODD_NAMES)
def test_delete_media_file_finds_by_the_name_that_was_sent(call, col, name):
    store(call, name, b"content")
    assert call("deleteMediaFile", filename=name) is None
    assert in_folder(col) == {}


@pytest.mark.parametrize("name", OUTSIDE)
def test_delete_media_file_never_leaves_the_media_folder(call, col, ways_out, name):
    assert call("deleteMediaFile", filename=name) is None
    assert ways_out.read_bytes() == b"secret"
    assert (folder(col) / "folder" / "secret.txt").is_file()
    assert (folder(col) / "link.txt").is_symlink()


def test_delete_media_file_leaves_a_file_of_another_case(call, col):
    (folder(col) / "foo.txt").write_bytes(b"small")
    call("deleteMediaFile", filename="FOO.txt")
    assert bool(in_folder(col)) == (not LOWER_CASE)


# All of it


def test_media_changes_add_no_step_of_undo(call, col):
    before = col.undo_status().last_step
    store(call, "a.txt", b"1")
    store(call, "a.txt", b"2")
    call("deleteMediaFile", filename="a.txt")
    assert col.undo_status().last_step == before


def test_media_over_http_on_both_hosts(server, files, tmp_path):
    served, address = files
    (served / "猫.mp3").write_bytes(b"meow")
    name = server("storeMediaFile", filename="Neko.mp3", url=f"{address}/猫.mp3")
    assert server("retrieveMediaFile", filename="Neko.mp3") == b64(b"meow")
    assert server("getMediaFilesNames", pattern="Neko*") == [name]
    assert (Path(server("getMediaDirPath")) / name).read_bytes() == b"meow"
    relative = server("storeMediaFile", filename="copy.mp3", path=name)
    assert server("retrieveMediaFile", filename=relative) == b64(b"meow")
    assert server("deleteMediaFile", filename="Neko.mp3") is None
    assert server("retrieveMediaFile", filename="Neko.mp3") is False


@pytest.mark.parametrize("more", [{}, {"deleteExisting": True}])
def test_store_media_file_replaces_one_from_before_names_were_lower_case(
    call, col, more
):
    (folder(col) / "Foo.png").write_bytes(b"old")
    name = store(call, "Foo.png", b"new", **more)
    assert name == "Foo.png"
    assert retrieve(call, "Foo.png") == b"new"
    assert list(in_folder(col)) == ["Foo.png"]
    call("deleteMediaFile", filename="Foo.png")
    assert retrieve(call, "Foo.png") is False


def test_a_file_from_before_comes_back_under_its_name(call, col):
    (folder(col) / "Foo.png").write_bytes(b"old")
    picture = {"filename": "Foo.png", "data": b64(b"new"), "deleteExisting": True}
    note = {"deckName": "Default", "modelName": "Basic", "fields": {"Front": ""}}
    call.error("addNote", note={**note, "picture": picture})
    assert in_folder(col) == {"Foo.png": b"old"}


def test_store_media_file_beside_one_from_before_names_were_lower_case(call, col):
    (folder(col) / "Foo.png").write_bytes(b"old")
    name = store(call, "Foo.png", b"new", deleteExisting=False)
    assert name != "Foo.png"
    assert retrieve(call, name) == b"new"
    assert retrieve(call, "Foo.png") == b"old"
