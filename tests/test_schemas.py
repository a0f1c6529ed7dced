"""The schemas as clients have them: served, released, and of one mind with us."""

from __future__ import annotations

import copy
import http.client
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from jsonschema import Draft7Validator
from servers import OPEN_NETWORK, ROOT, Server, start_headless, stop_headless

from ankiconnect import documents
from ankiconnect.action import Kind

pytest_plugins = ["crowd"]

CLIENTS = ROOT / "tests" / "clients"
DOCUMENTS = ("/schemas", "/schemas/createDeck", "/request.json", "/openapi.json")


def get(server: Server, path: str, method: str = "GET", **headers: str):
    parts = urlsplit(server.url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    response.body = response.read()
    connection.close()
    return response


# Served


def test_all_schemas_are_served_by_action(server):
    served = json.loads(get(server, "/schemas").body)
    assert list(served) == sorted(served)
    reflected = server("apiReflect", scopes=["actions", "schemas"])
    assert served == reflected["schemas"]
    assert set(served) == set(reflected["actions"])
    assert ("guiBrowse" in served) == (server.kind == "anki")
    for name in ("createDeck", "addNote"):
        one = get(server, f"/schemas/{name}")
        assert one.headers["Content-Type"] == "application/json"
        assert json.loads(one.body) == served[name]


@pytest.mark.parametrize("path", DOCUMENTS)
def test_what_is_known_is_not_sent_again(server, path):
    first = get(server, path)
    assert first.status == 200
    tag = first.headers["ETag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = get(server, path, **{"If-None-Match": known})
        assert (again.status, again.body) == (304, b"")
        assert again.headers["ETag"] == tag
    changed = get(server, path, **{"If-None-Match": '"other"'})
    assert (changed.status, changed.body) == (200, first.body)
    head = get(server, path, "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(len(first.body))


@pytest.mark.parametrize("path", ["/schemas/", "/schemas/noSuchAction", "/schema"])
def test_what_is_not_there_is_not_found(server, path):
    assert get(server, path).status == 404


def test_schemas_are_only_read(server):
    for method in ("POST", "PUT", "DELETE"):
        response = get(server, "/schemas", method)
        assert response.status == 405
        assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize("path", DOCUMENTS)
def test_websites_read_schemas_if_they_may_ask_at_all(server, path):
    response = get(server, path, Origin="http://localhost:3000")
    assert response.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
    assert response.headers["Access-Control-Expose-Headers"] == "ETag"
    known = {"If-None-Match": response.headers["ETag"]}
    again = get(server, path, Origin="http://localhost:3000", **known)
    assert again.status == 304
    assert again.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
    refused = get(server, path, Origin="https://example.com")
    assert refused.status == 403
    assert "Access-Control-Allow-Origin" not in refused.headers
    assert get(server, path, Host="evil.example.com").status == 403


def test_schemas_need_no_key(base):
    (base / "ankiconnect.json").write_text('{"apiKey": "secret"}')
    server = start_headless(base, "--port", "0")
    assert "key must be" in server.error("deckNames")
    assert get(server, "/schemas/deckNames").status == 200
    stop_headless(server)


# The documents


def test_the_request_schema_decides_by_the_action(plugins):
    schema = documents.request(plugins.registry.runnable(frozenset(Kind)))
    Draft7Validator.check_schema(schema)
    validator = Draft7Validator(schema)
    assert validator.is_valid({"action": "deckNames", "key": None})
    assert validator.is_valid({"action": "createDeck", "params": {"deck": "a"}})
    for wrong in (
        {},
        {"action": "noSuchAction"},
        {"action": "createDeck"},
        {"action": "createDeck", "params": {"deck": 1}},
        {"action": "deckNames", "params": {"deck": "a"}},
    ):
        assert not validator.is_valid(wrong)


def test_openapi_is_written_in_its_own_dialect(plugins):
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "definitions": {"unused": {}},
        "properties": {
            "items": {"items": [{"type": "string"}], "additionalItems": False},
            "list": {"items": {"not": {"items": [True]}}, "additionalItems": False},
        },
        "dependencies": {"a": ["b"], "c": {"required": ["d"]}},
        "allOf": [{"additionalProperties": {"definitions": {}}}],
    }
    assert documents._newer(schema) == {
        "properties": {
            "items": {"prefixItems": [{"type": "string"}], "items": False},
            "list": {"items": {"not": {"prefixItems": [True]}}},
        },
        "dependentRequired": {"a": ["b"]},
        "dependentSchemas": {"c": {"required": ["d"]}},
        "allOf": [{"additionalProperties": {}}],
    }


def test_the_released_file_holds_what_is_served(tmp_path, plugins):
    target = tmp_path / "schemas.zip"
    script = ROOT / "packaging" / "build_schemas.py"
    subprocess.run([sys.executable, script, target], check=True, capture_output=True)
    archive = zipfile.ZipFile(target)

    def read(name: str) -> Any:
        return json.loads(archive.read(name))

    contracts = plugins.registry.runnable(frozenset(Kind))
    assert read("schemas.json") == documents.schemas(contracts)
    assert read("request.json") == documents.request(contracts)
    assert read("openapi.json") == documents.openapi(contracts)
    for name, contract in contracts.items():
        assert read(f"schemas/{name}.json") == contract.schema
    again = tmp_path / "again.zip"
    subprocess.run([sys.executable, script, again], check=True, capture_output=True)
    assert again.read_bytes() == target.read_bytes()


# Clients


@pytest.fixture(scope="session")
def node() -> str:
    """What clients in JavaScript need is installed; its version."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.fail(f"{program} is not installed: it runs tests/clients", False)
    lock, installed = CLIENTS / "package-lock.json", CLIENTS / "node_modules"
    mark = installed / ".installed.json"
    if not mark.is_file() or mark.read_bytes() != lock.read_bytes():
        npm = [shutil.which("npm"), "ci", "--no-audit", "--no-fund"]
        subprocess.run(
            npm,
            cwd=CLIENTS,
            env=OPEN_NETWORK,
            check=True,
            capture_output=True,
            timeout=600,
        )
        mark.write_bytes(lock.read_bytes())
    return str(shutil.which("node"))


def run(*command: Any, cwd: Path = CLIENTS, stdin: Any = None) -> str:
    """What a command writes, given JSON; its complaints are the failure."""
    done = subprocess.run(
        [str(part) for part in command],
        input=json.dumps(stdin),
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_lock_file_names_no_host():
    assert '"resolved"' not in (CLIENTS / "package-lock.json").read_text("utf-8")


def test_openapi_is_valid_with_strangers_actions(crowd, node):
    document = json.loads(get(crowd, "/openapi.json").body)
    assert "filtered.create-request" in document["components"]["schemas"]
    assert run(node, "openapi.mjs", stdin=document) == "3.1"


def test_types_of_the_schemas_compile_and_their_program_runs(headless, node, tmp_path):
    schemas = json.loads(get(headless, "/schemas").body)
    for name in ("program.ts", "wrong.ts", "tsconfig.json", "package.json"):
        shutil.copy(CLIENTS / name, tmp_path)
    (tmp_path / "types").mkdir()
    (tmp_path / "node_modules").symlink_to(CLIENTS / "node_modules")
    run(node, CLIENTS / "types.mjs", tmp_path / "types", stdin=schemas)
    compiler = CLIENTS / "node_modules" / "typescript" / "bin" / "tsc"
    run(node, compiler, "-p", tmp_path, "--outDir", tmp_path / "out", cwd=tmp_path)
    program = (tmp_path / "program.ts").read_text("utf-8")
    called = {name for name in schemas if f'call("{name}"' in program}
    assert len(called) >= 20
    (tmp_path / "out" / "package.json").write_text('{"type": "module"}')
    told = json.loads(run(node, tmp_path / "out" / "program.js", headless.url))
    assert told["version"] == 6
    assert told["info"]["fields"]["Front"] == {"value": "neko", "order": 0}
    assert told["content"] == "SGVsbG8="


#: What stands in the place of each part of a good call, to make others of it.
VALUES = (None, True, 7, 1.5, -1, "", "word", "12", [], ["a"], [[]], {}, {"a": 1})


def table(schemas: dict[str, Any]) -> list[dict[str, Any]]:
    """Calls made from the schemas, good and bad ones."""
    calls: dict[str, dict[str, Any]] = {}
    for action, schema in schemas.items():
        for example in [*schema.get("examples", ()), {"action": action, "params": {}}]:
            call = {key: example[key] for key in example if key != "result"}
            call["version"] = 6
            bare = {key: call[key] for key in call if key != "params"}
            for made in (call, bare, *variants(call, schema)):
                calls.setdefault(json.dumps(made, sort_keys=True), made)
    return list(calls.values())


def variants(call: dict[str, Any], schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A call with one thing changed at a time."""
    known = schema["properties"]["params"].get("properties", {})
    for name in known:
        for value in VALUES:
            yield changed(call, ["params", name], value)
    yield changed(call, ["params", "noSuchParameter"], 1)
    for path in paths(call.get("params", {}), ["params"]):
        for value in (None, True, 7, "word", [], {}):
            yield changed(call, path, value)
        yield without(call, path)
        yield changed(call, [*path, "more"], 1)


def paths(value: Any, path: list[Any]) -> Iterator[list[Any]]:
    """The ways to what is inside, four steps deep."""
    if len(path) > 4:
        return
    inside: Any = ()
    if isinstance(value, dict):
        inside = value.items()
    elif isinstance(value, list):
        inside = list(enumerate(value))[:2]
    for key, part in inside:
        yield [*path, key]
        yield from paths(part, [*path, key])


def changed(call: dict[str, Any], path: list[Any], value: Any) -> dict[str, Any]:
    made = copy.deepcopy(call)
    place: Any = made
    for key in path[:-1]:
        if isinstance(place, dict):
            place = place.setdefault(key, {})
        elif isinstance(place, list) and isinstance(key, int):
            place = place[key]
    if isinstance(place, dict) or (isinstance(place, list) and path[-1] != "more"):
        place[path[-1]] = value
    return made


def without(call: dict[str, Any], path: list[Any]) -> dict[str, Any]:
    made = copy.deepcopy(call)
    place: Any = made
    for key in path[:-1]:
        place = place[key]
    del place[path[-1]]
    return made


def test_two_languages_and_the_server_are_of_one_mind(crowd, node):
    schemas = json.loads(get(crowd, "/schemas").body)
    ours = {name: schemas[name] for name in schemas if name not in ("probe",)}
    calls = [call for call in table(ours) if call["action"] != "verdict.only"]
    said: list[bool] = []
    crowd("verdict.only", on=True)
    with requests.Session() as session:
        for call in calls:
            reply = session.post(crowd.url, json=call, timeout=20)
            said.append(reply.json()["error"] == "its schema allows it")
    crowd("verdict.only", on=False)
    assert said.count(True) >= 500
    assert said.count(False) >= 500
    python = [
        validator.is_valid(call) for call, validator in with_validators(calls, ours)
    ]
    request = json.loads(get(crowd, "/request.json").body)
    data = {"schemas": schemas, "request": request, "calls": calls}
    ajv = json.loads(run(node, "verdicts.mjs", stdin=data))
    for of_others in (python, ajv["own"], ajv["any"]):
        differing = [
            (call, verdict)
            for call, verdict, other in zip(calls, said, of_others)
            if verdict != other
        ]
        assert differing == []


def with_validators(
    calls: list[dict[str, Any]], schemas: dict[str, Any]
) -> Iterator[tuple[dict[str, Any], Draft7Validator]]:
    validators = {name: Draft7Validator(schemas[name]) for name in schemas}
    for call in calls:
        yield call, validators[call["action"]]
