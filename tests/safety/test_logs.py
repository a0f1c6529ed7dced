"""What a bug leaves: one line for the client, all of it in the log, and no secret."""

import base64
import json
import logging
import os
import re

import pytest
from servers import start_headless, stop_headless

from ankiconnect import FREE, READ, Action, hookimpl, logs
from ankiconnect.logs import ApiLog, Formatter

PATH = "/home/somebody/secret"

BROKEN = """
from ankiconnect import READ, Action, hookimpl

SCHEMA = {
    "properties": {
        "action": {"const": "breakDown"},
        "params": {
            "type": "object",
            "properties": {"data": {}},
            "additionalProperties": False,
        },
        "result": {},
    }
}


@hookimpl
def ankiconnect_actions():
    return [Action(break_down, READ, schema=SCHEMA)]


def break_down(col, *, data=None):
    raise RuntimeError(f"in /home/somebody: {data!r} {str(data).encode()!r} s3cret-key")
"""
MEDIA = base64.b64encode(os.urandom(3000)).decode()


def test_a_bug_is_one_line_for_the_client_and_all_of_it_in_the_log(base, tmp_path):
    plugins = tmp_path / "plugins"
    plugins.mkdir()
    (plugins / "broken.py").write_text(BROKEN)
    settings = {"apiKey": "s3cret-key", "apiLogPath": "logs/api.log"}
    (base / "ankiconnect.json").write_text(json.dumps(settings))
    server = start_headless(base, "--port", "0", "--plugins", str(plugins))
    key = {"version": 6, "key": "s3cret-key"}
    response = server.post({"action": "breakDown", "params": {"data": MEDIA}, **key})
    assert response.status_code == 200
    assert response.json() == {
        "result": None,
        "error": "breakDown failed inside: RuntimeError; the log has more",
    }
    for text in ("Traceback", "/home", ".py", "line "):
        assert text not in response.text
    stored = {"filename": "a.bin", "data": MEDIA}
    assert server.reply({"action": "storeMediaFile", "params": stored, **key})
    assert server.reply(
        {"action": "retrieveMediaFile", "params": {"filename": "a.bin"}, **key}
    )
    server.reply({"action": "version", "key": "a wrong key"})
    server.reply(b"no JSON")
    note = {"fields": {"F": "x" * 100_000}}
    server.reply({"action": "addNote", "params": {"note": note}, **key})
    stop_headless(server)

    log = (base / "logs" / "api.log").read_text()
    assert "Traceback (most recent call last)" in log
    assert "RuntimeError: in /home/somebody" in log
    for name in ("breakDown", "storeMediaFile", "retrieveMediaFile", "version"):
        assert re.search(rf"127\.0\.0\.1 \{{action: '{name}'", log), name
    assert "error: valid api key must be provided" in log
    assert "s3cret-key" not in log
    assert "a wrong key" not in log
    assert MEDIA[:100] not in log
    assert MEDIA[-100:] not in log
    assert len(log) < 20_000


def test_nothing_is_written_where_no_log_is_asked_for(base):
    server = start_headless(base, "--port", "0")
    server("version")
    stop_headless(server)
    assert not list(base.rglob("*.log"))


@pytest.mark.parametrize("path", ["", "missing\0", "/dev/full/x", "/proc/x/y", "."])
def test_a_log_that_cannot_be_written_is_said_and_hinders_nothing(
    tmp_path, path, caplog
):
    api_log = ApiLog(tmp_path, {"apiLogPath": path})
    api_log.follow()
    assert ("cannot be written" in caplog.text) is (path != "")
    logs.note_request("{}", b"{}", 0, "somebody")
    api_log.close()


def test_a_full_disk_is_no_window_in_anki(tmp_path, capsys):
    api_log = ApiLog(tmp_path, {"apiLogPath": "/dev/full"})
    api_log.follow()
    logs.note_request("{}", b"{}", 0, "somebody")
    api_log.close()
    assert capsys.readouterr() == ("", "")


def test_the_log_does_not_grow_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "_SIZE", 10_000)
    api_log = ApiLog(tmp_path, {"apiLogPath": "api.log"})
    api_log.follow()
    for _ in range(2000):
        asked = logs.brief(b'{"action": "version"}')
        logs.note_request(asked, b"6", 0.001, "somebody")
    api_log.close()
    files = list(tmp_path.iterdir())
    assert len(files) == 4
    assert all(file.stat().st_size <= 10_000 for file in files)


def test_a_line_is_a_line_whatever_a_request_holds(tmp_path):
    api_log = ApiLog(tmp_path, {"apiLogPath": "api.log"})
    api_log.follow()
    request = {"action": "a\nERROR forged", "par\nams": {"x\r\n": ["\u2028\n"] * 3}}
    body = json.dumps(request).encode()
    reply = b'{"result":null,"error":"x\\ny"}'
    logs.note_request(logs.brief(body), reply, 0, "somebody")
    api_log.close()
    assert len((tmp_path / "api.log").read_text().splitlines()) == 1


def test_keys_are_taken_out_wherever_they_stand():
    settings = {"apiKey": "s3cret-key"}
    logs.keep_secret(settings)
    record = logging.makeLogRecord({"msg": "the key is %r", "args": ("s3cret-key",)})
    assert "s3cret" not in Formatter().format(record)
    logs.keep_secret({})


def test_a_bug_of_the_core_is_no_traceback_either(here, monkeypatch, caplog):
    def fail(*args):
        raise KeyError(PATH)

    monkeypatch.setattr(here.dispatcher, "plan", fail)
    response = here.post({"action": "version"})
    assert response.status_code == 500
    assert response.json() == {
        "result": None,
        "error": "internal error; the log has more",
    }
    assert PATH in caplog.text
    caplog.clear()


def schema(name):
    params = {"type": "object", "additionalProperties": False}
    return {"properties": {"action": {"const": name}, "params": params, "result": {}}}


class Stranger:
    """Actions with the ways to fail that Python has."""

    def __init__(self, error):
        self.error = error

    @hookimpl
    def ankiconnect_actions(self):
        def fail(target):
            raise self.error

        def fail_free(context):
            raise self.error

        return [
            Action(fail, READ, schema=schema("fail")),
            Action(fail_free, FREE, schema=schema("failFree")),
        ]


@pytest.mark.parametrize(
    "error",
    [
        OSError(2, "No such file", PATH),
        KeyError(PATH),
        RecursionError(PATH),
        MemoryError(PATH),
        SystemExit(PATH),
        UnicodeEncodeError("utf-8", PATH, 0, 1, PATH),
        type("Odd", (Exception,), {"__str__": lambda self: 1 / 0})(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_no_exception_tells_a_client_more_than_its_kind(here, plugins, caplog, error):
    plugins.load("stranger", lambda: Stranger(error))
    for action in ("fail", "failFree"):
        response = here.post({"action": action, "version": 6})
        assert response.status_code == 200
        assert response.json()["error"].endswith("; the log has more")
        assert PATH not in response.text
    assert here("version") == 6
    caplog.clear()
