"""Handlers, schemas, examples and tests agree, for every action there is."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from prepared import prepare

from ankiconnect import GUI, ActionError
from ankiconnect.draft07 import unknown_keywords
from ankiconnect.hosts.headless import Headless
from ankiconnect.plugins import Plugins
from ankiconnect.registry import Registry

ROOT = Path(__file__).resolve().parent.parent
SCHEMAS = sorted(path for path in ROOT.glob("schemas/*/*.json"))


def _registry() -> Registry:
    registry = Registry()
    plugins = Plugins(registry)
    plugins.load_builtin()
    assert not [plugin for plugin in plugins.all.values() if plugin.reason]
    return registry


CONTRACTS = {contract.action.name: contract for contract in _registry()}
HEADLESS = [name for name in CONTRACTS if CONTRACTS[name].action.kind is not GUI]
#: guiExitAnki would end the Anki of all tests; its own test has one for it.
IN_ANKI = [
    name
    for name in CONTRACTS
    if CONTRACTS[name].action.kind is GUI and name != "guiExitAnki"
]


def test_each_schema_file_has_a_handler_and_each_handler_a_file():
    # A handler without a file, or whose parameters differ, is refused on loading.
    assert {path.stem for path in SCHEMAS} == set(CONTRACTS)


def test_anki_lists_all_and_the_headless_server_all_that_need_no_window(anki, call):
    assert len(CONTRACTS) == 122
    in_anki = set(anki("apiReflect", scopes=["actions"])["actions"])
    assert in_anki - {"probe"} == set(CONTRACTS)  # that one is our own plugin's
    headless = call("apiReflect", scopes=["actions"])["actions"]
    assert headless == sorted(HEADLESS)


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.stem)
def test_schema_stands_in_its_family_and_is_plain_draft_07(path):
    family = path.parent.name
    module = CONTRACTS[path.stem].action.handler.__module__
    assert module == f"ankiconnect.actions.{family}"
    schema = CONTRACTS[path.stem].schema
    Draft7Validator.check_schema(schema)
    assert set(schema["properties"]) == {"action", "version", "params", "result"}
    assert schema["description"].strip()
    assert schema["examples"]
    assert "$ref" not in json.dumps(schema)
    assert unknown_keywords(schema) == set()


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_parameter_is_described(name):
    params = CONTRACTS[name].schema["properties"]["params"].get("properties", {})
    assert [key for key, schema in params.items() if "description" not in schema] == []


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_action_has_a_test(name):
    handler = CONTRACTS[name].action.handler
    family = handler.__module__.rpartition(".")[2]
    tests = rf"^def test_{handler.__name__}(_|\()"
    # A family's tests may be in several files.
    files = (ROOT / "tests" / "actions").glob(f"test_{family}*.py")
    assert any(
        re.search(tests, path.read_text("utf-8"), re.MULTILINE) for path in files
    )


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_example_validates(name):
    schema = CONTRACTS[name].schema
    for example in schema["examples"]:
        Draft7Validator(schema).validate(example)
        assert "result" in example


def _requests(name: str, folder: Path) -> list[dict[str, Any]]:
    """An action's examples as requests, their files in a folder that is there."""
    requests = []
    for example in CONTRACTS[name].schema["examples"]:
        request = {key: value for key, value in example.items() if key != "result"}
        params = request.get("params", {})
        if "path" in params:
            request["params"] = {
                **params,
                "path": str(folder / Path(params["path"]).name),
            }
        requests.append(request)
    return requests


@pytest.fixture
def second_profile(host):
    other = Headless(host.base)
    other.open("user1")
    other.close()


@pytest.fixture
def package(call, tmp_path):
    call("exportPackage", deck="Default", path=str(tmp_path / "Deck.apkg"))


#: What an example needs beside a collection, by the fixture that provides it.
NEEDED = {
    "importPackage": "package",
    "loadProfile": "second_profile",
    "sync": "logged_in",
}


@pytest.mark.parametrize("name", HEADLESS)
def test_every_example_runs(name, call, col, tmp_path, request):
    prepare(col)
    if name in NEEDED:
        request.getfixturevalue(NEEDED[name])
    for example in _requests(name, tmp_path):
        try:
            call(name, **example.get("params", {}))
        except ActionError as error:
            pytest.fail(f"{example}: {error}")


@pytest.mark.parametrize("name", IN_ANKI)
def test_every_example_runs_in_anki(name, anki, tmp_path):
    (tmp_path / "cards.txt").write_text("front\tback\n")
    source = Path(__file__).with_name("prepared.py").read_text("utf-8")
    anki.look(f"{source}\nprepare(mw.col)\nmw.reset()")
    for request in _requests(name, tmp_path):
        result = anki(name, **request.get("params", {}))
        CONTRACTS[name].check_result(result)
