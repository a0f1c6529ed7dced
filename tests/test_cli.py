"""The command line, as a shell uses it."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from anki.collection import Collection
from servers import ELSEWHERE, Server, free_port, start_headless, stop_headless

import ankiconnect
from ankiconnect.hosts.headless import Headless


def run(*arguments, **environment):
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "ankiconnect", *map(str, arguments)],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        timeout=60,
        cwd=ELSEWHERE,
        env={**os.environ, "PYTHONUTF8": "1", **environment},
    )


def refused(*arguments, **environment):
    """The one line that a failing command says."""
    done = run(*arguments, **environment)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith("ankiconnect: ")
    return done.stderr.strip()[len("ankiconnect: ") :]


def ends(server: Server, signum=signal.SIGTERM):
    server.process.send_signal(signum)
    status = server.process.wait(20)
    server.process.stdout.close()
    return status


# serve


def test_serve_takes_a_free_port_and_prints_where_it_listens(base):
    server = start_headless(base, "--port", "0")
    assert server.url.startswith("http://127.0.0.1:")
    assert server("deckNames") == ["Default"]
    assert server("getActiveProfile") == "User 1"
    stop_headless(server)


def test_serve_takes_the_port_and_the_host_that_are_said(base):
    port = free_port()
    server = start_headless(base, "--port", str(port), "--host", "localhost")
    assert server.url == f"http://localhost:{port}"
    assert server("version") == 6
    stop_headless(server)


def test_serve_reads_its_settings_from_the_base_folder(base):
    port = free_port()
    (base / "ankiconnect.json").write_text(json.dumps({"webBindPort": port}))
    server = start_headless(base)
    assert server.url == f"http://127.0.0.1:{port}"
    stop_headless(server)


def test_serve_makes_a_base_folder_that_is_not_there(tmp_path):
    base = tmp_path / "new" / "base"
    server = start_headless(tmp_path, "--base", base, "--port", "0")
    assert server("getProfiles") == ["User 1"]
    stop_headless(server)
    assert (base / "User 1" / "collection.anki2").is_file()


@pytest.mark.parametrize("name", ["User 1", "猫 new"])
def test_serve_opens_a_profile_old_or_new(base, name):
    server = start_headless(base, "--profile", name, "--port", "0")
    assert server("getActiveProfile") == name
    assert server("getProfiles") == sorted({"User 1", name})
    assert server("deckNames") == ["Default"]
    stop_headless(server)


def test_version_is_that_of_the_package():
    assert run("--version").stdout.strip() == ankiconnect.__version__


def test_settings_that_are_no_json_are_named(base):
    settings = base / "ankiconnect.json"
    settings.write_text("{")
    assert refused("serve", "--base", base).startswith(f"{settings} is no JSON: ")
    settings.write_text("[]")
    assert refused("serve", "--base", base) == f"{settings} holds no object"


def test_a_setting_that_there_is_not_is_said(base, capfd):
    settings = {"webBindPrt": 1, "apiPollInterval": 25}
    (base / "ankiconnect.json").write_text(json.dumps(settings))
    stop_headless(start_headless(base, "--port", "0"))
    said = capfd.readouterr().err
    assert "there is no setting webBindPrt" in said
    assert "apiPollInterval" not in said


def test_serve_says_that_a_collection_is_new(base, tmp_path, capfd):
    path = tmp_path / "new.anki2"
    stop_headless(start_headless(base, "--collection", str(path), "--port", "0"))
    assert f"there was no collection {path}: it is made" in capfd.readouterr().err


def test_serve_says_that_a_profile_is_new(base, capfd):
    server = start_headless(base, "--profile", "Nope", "--port", "0")
    stop_headless(server)
    assert "there was no profile Nope: it is made" in capfd.readouterr().err
    server = start_headless(base, "--profile", "Nope", "--port", "0")
    stop_headless(server)
    assert capfd.readouterr().err == ""


BLOCKING = """
import time
from ankiconnect import READ, Action, hookimpl

@hookimpl
def ankiconnect_actions():
    params = {"type": "object", "properties": {}, "additionalProperties": False}
    schema = {"properties": {"action": {"const": "block"}, "params": params,
                             "result": {}}}
    return [Action(block, READ, schema=schema)]

def block(col):
    time.sleep(1000)
"""


def test_what_keeps_the_collection_is_named_and_does_not_keep_the_server(
    base, tmp_path, capfd
):
    folder = tmp_path / "plugins"
    folder.mkdir()
    (folder / "blocking.py").write_text(BLOCKING)
    server = start_headless(base, "--plugins", folder, "--port", "0")
    assert server("createDeck", deck="Kept")
    with ThreadPoolExecutor() as pool:
        for action in ("block", "deckNames", "deckNames"):
            request = {"action": action, "version": 6}
            pool.submit(requests.post, server.url, json=request)
            time.sleep(0.2)
        time.sleep(10)
        line = "block has kept the collection for 10 seconds"
        assert capfd.readouterr().err.count(line) == 1
        assert server("version") == 6
        assert ends(server) == 0
    assert "block does not let go of the collection" in capfd.readouterr().err
    server = start_headless(base, "--port", "0")
    assert server("deckNames") == ["Default", "Kept"]
    stop_headless(server)


def test_serve_opens_a_collection_by_its_file(base, tmp_path):
    path = tmp_path / "elsewhere" / "words.anki2"
    server = start_headless(base, "--collection", path, "--port", "0")
    server("createDeck", deck="Elsewhere")
    stop_headless(server)
    col = Collection(str(path))
    assert col.decks.id_for_name("Elsewhere")
    col.close()


def test_serve_loads_a_folder_of_plugins(base, tmp_path):
    folder = tmp_path / "plugins"
    folder.mkdir()
    (folder / "echo.py").write_text(
        "from ankiconnect import FREE, Action, hookimpl\n"
        "PARAMS = {'type': 'object', 'properties': {'x': {}}, 'required': ['x'],\n"
        "          'additionalProperties': False}\n"
        "SCHEMA = {'properties': {'action': {'const': 'echo'}, 'params': PARAMS,\n"
        "                         'result': {}}}\n"
        "@hookimpl\n"
        "def ankiconnect_actions():\n"
        "    return [Action(echo, FREE, schema=SCHEMA)]\n"
        "def echo(context, *, x):\n"
        "    return x\n"
    )
    server = start_headless(base, "--plugins", folder, "--port", "0")
    assert server("echo", x=[1]) == [1]
    stop_headless(server)


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_serve_ends_cleanly_on_a_signal(base, signum):
    server = start_headless(base, "--port", "0")
    server("createDeck", deck="Kept")
    assert ends(server, signum) == 0
    path = base / "User 1" / "collection.anki2"
    assert not path.with_name("collection.anki2-wal").exists()
    col = Collection(str(path))
    assert col.decks.id_for_name("Kept")
    assert col.db.scalar("pragma integrity_check") == "ok"
    col.close()


def test_serve_ends_while_a_client_keeps_its_connection(base):
    server = start_headless(base, "--port", "0")
    host, _, port = server.url.rpartition("/")[2].partition(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Le")
        assert server("version") == 6
        assert ends(server) == 0


def test_serve_of_a_collection_in_use_says_so(base):
    server = start_headless(base, "--port", "0")
    said = refused("serve", "--base", base, "--port", "0")
    assert said == (
        f"cannot open {base / 'User 1' / 'collection.anki2'}: "
        "Anki already open, or media currently syncing."
    )
    assert server("deckNames") == ["Default"]
    stop_headless(server)


def test_serve_of_what_is_no_collection_says_so(base, tmp_path):
    path = tmp_path / "text.anki2"
    path.write_text("not a database" * 100)
    said = refused("serve", "--base", base, "--collection", path, "--port", "0")
    assert said.startswith(f"cannot open {path}: ")


@pytest.mark.parametrize("port", ["taken", "70000"])
def test_serve_on_a_port_that_cannot_be_had_names_it(base, port):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        if port == "taken":
            port = str(listener.getsockname()[1])
        said = refused("serve", "--base", base, "--port", port)
    assert said.startswith(f"cannot serve on port {port} of 127.0.0.1: ")


@pytest.mark.parametrize("name", ["..", "a/b"])
def test_serve_makes_no_profile_of_a_path(base, name):
    said = refused("serve", "--base", base, "--profile", name, "--port", "0")
    assert said == f"{name!r} is no name for a profile"


def test_serve_with_plugins_from_nowhere_says_so(base):
    said = refused("serve", "--base", base, "--plugins", base / "none", "--port", "0")
    assert said == f"there is no folder {base / 'none'}"


@pytest.mark.parametrize("text", ["{", "[]"])
def test_serve_with_broken_settings_says_so(base, text):
    (base / "ankiconnect.json").write_text(text)
    assert refused("serve", "--base", base, "--port", "0")


# call


def test_call_prints_the_result(headless):
    done = run("call", "createDeck", "deck=猫::dogs", "--url", headless.url)
    assert (done.returncode, done.stderr) == (0, "")
    deck_id = json.loads(done.stdout)
    done = run("call", "deckNamesAndIds", "--url", headless.url)
    assert json.loads(done.stdout)["猫::dogs"] == deck_id
    assert "猫" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["scopes=[]"],
        ['scopes=["nonsense"]', "actions=null"],
        ["--json", '{"scopes": []}'],
        ["--json", '{"scopes": 1}', "scopes=[]"],
        ["scopes=[]", "--json", '{"actions": null}', "actions=[]"],
    ],
)
def test_call_takes_json_values_and_one_object(headless, arguments):
    done = run("call", "apiReflect", *arguments, "--url", headless.url)
    assert json.loads(done.stdout) == {"scopes": []}


def test_call_takes_an_address_without_a_scheme(headless):
    done = run("call", "version", "--url", headless.url.partition("://")[2])
    assert (done.returncode, done.stdout) == (0, "6\n")


def test_a_reader_that_has_enough_is_no_error():
    command = [sys.executable, "-m", "ankiconnect", "schema"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, cwd=ELSEWHERE) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


@pytest.mark.parametrize(
    ("parameter", "query"),
    [
        ("query=deck:current", "deck:current"),
        ("query=a=b", "a=b"),
        ('query="12"', "12"),
        ("query=", ""),
    ],
)
def test_call_takes_what_is_no_json_as_text(headless, parameter, query):
    done = run("call", "findNotes", parameter, "--url", headless.url)
    assert json.loads(done.stdout) == headless("findNotes", query=query)


def test_call_says_an_actions_error_and_fails(headless):
    url = ["--url", headless.url]
    assert refused("call", "noSuchAction", *url) == "unsupported action"
    assert refused("call", "createDeck", *url) == (
        "createDeck() missing 1 required positional argument: 'deck'"
    )


def test_call_says_what_is_wrong_with_its_arguments(headless):
    url = ["--url", headless.url]
    assert refused("call", "version", "text", *url) == "'text' is not key=value"
    assert refused("call", "version", "--json", "[]", *url) == "--json takes an object"
    assert refused("call", "version", "--json", "{", *url).startswith("--json is no JS")


def test_call_sends_the_key_of_the_environment(base):
    (base / "ankiconnect.json").write_text('{"apiKey": "secret"}')
    server = start_headless(base, "--port", "0")
    call = ["call", "version", "--url", server.url]
    assert refused(*call) == "valid api key must be provided"
    assert run(*call, ANKICONNECT_API_KEY="secret").stdout == "6\n"
    stop_headless(server)


def test_call_asks_no_proxy(headless):
    call = ["call", "version", "--url", headless.url]
    done = run(*call, http_proxy="http://127.0.0.1:9", no_proxy="")
    assert done.stdout == "6\n"


def test_call_where_nothing_listens_says_so():
    url = f"http://127.0.0.1:{free_port()}"
    assert refused("call", "version", "--url", url) == (
        f"nothing answers at {url}; is Anki or 'ankiconnect serve' running?"
    )


def test_call_of_another_server_says_so(files):
    _, address = files
    said = refused("call", "version", "--url", address)
    assert said == f"what answers at {address} is not AnkiConnect"


# schema


def test_schema_prints_one(call):
    done = run("schema", "addNote")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == call.contract("addNote").schema


def test_schema_prints_all():
    done = run("schema")
    schemas = json.loads(done.stdout)
    assert {"version", "addNote", "guiBrowse"} <= set(schemas)
    assert all(schemas[name]["title"] == name for name in schemas)


def test_schema_of_an_unknown_action_says_so():
    assert refused("schema", "noSuchAction") == (
        "there is no action noSuchAction; --plugins adds those of a folder"
    )


# login, logout, sync

PASSWORD = "ANKICONNECT_SYNC_PASSWORD"


def login(base, server, *arguments, password="password"):
    return [
        *("login", "--base", base, "--endpoint", server.url),
        *("--user", server.user, *arguments),
    ], {PASSWORD: password}


def test_login_keeps_a_key_for_the_owner_only(base, sync_server):
    arguments, environment = login(base, sync_server)
    done = run(*arguments, **environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "User 1 is logged in as user\n"
    path = base / "User 1" / "sync.json"
    assert "password" not in path.read_text()
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_login_asks_for_the_user_name(base, sync_server):
    done = subprocess.run(
        [
            *(sys.executable, "-m", "ankiconnect", "login"),
            *("--base", base, "--endpoint", sync_server.url),
        ],
        input="user\n",
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        cwd=ELSEWHERE,
        env={**os.environ, PASSWORD: "password"},
    )
    assert done.returncode == 0
    assert done.stdout == "User name: User 1 is logged in as user\n"


def test_login_with_a_wrong_password_is_one_line(base, sync_server):
    arguments, environment = login(base, sync_server, password="wrong")
    assert "password was incorrect" in refused(*arguments, **environment)


def test_login_while_the_profile_is_served_is_used_at_once(base, sync_server):
    server = start_headless(base, "--port", "0")
    assert server.error("sync").startswith("sync: auth not configured")
    arguments, environment = login(base, sync_server)
    assert run(*arguments, **environment).returncode == 0
    assert server("sync") is None
    stop_headless(server)


def test_logout_forgets_the_login(base, sync_server):
    arguments, environment = login(base, sync_server)
    run(*arguments, **environment)
    assert run("logout", "--base", base).returncode == 0
    assert refused("logout", "--base", base) == "User 1 is not logged in"
    assert refused("sync", "--base", base).startswith("sync: auth not configured")
    nowhere = base / "no" / "such"
    assert refused("sync", "--base", nowhere).startswith("sync: auth not configured")
    assert not nowhere.parent.exists()


def test_sync_in_full_from_one_base_folder_to_another(base, tmp_path, sync_server):
    other = tmp_path / "other"
    for folder in (base, other):
        arguments, environment = login(folder, sync_server, "--profile", "User 1")
        assert run(*arguments, **environment).returncode == 0
    host = Headless(base)
    host.open()
    note = host.collection.new_note(host.collection.models.by_name("Basic"))
    note.fields[0] = "from here"
    host.collection.add_note(note, 1)
    host.collection.media.write_data("here.txt", b"here")
    host.close()

    assert "a full sync is needed" in refused("sync", "--base", base)
    for folder, way in ((base, "--upload"), (other, "--download")):
        done = run("sync", "--base", folder, way)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert run("sync", "--base", folder).returncode == 0
    host = Headless(other)
    host.open()
    assert list(host.collection.find_notes("here")) == [note.id]
    assert (other / "User 1" / "collection.media" / "here.txt").read_text() == "here"
    host.close()


def test_arguments_that_are_unknown_are_refused():
    done = run("call", "version", "--nonsense", "x")
    assert done.returncode == 2
    assert "unrecognized arguments: --nonsense x" in done.stderr
    assert run("schema", "version", "deckNames").returncode == 2
