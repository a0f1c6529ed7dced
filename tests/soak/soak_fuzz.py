"""Requests made from the schemas, valid and broken, to every headless action."""

import copy
import json
import os
import random
import re
import time
import warnings

import hypothesis
import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_jsonschema import from_schema
from prepared import prepare
from servers import start_headless, stop_headless
from soak import figures

from ankiconnect.hosts.headless import Headless

REQUESTS = int(os.environ.get("SOAK_REQUESTS", "24000"))
ODD = [
    *(None, True, False, 0, -1, 1.5, 2**53, 2**63, 2**64, -(2**63), 1e308, ""),
    *("\0", "a\nb", "\ud7ff\ue000\U0001f600", "x" * 10_000, "../../x", "*", "\\", "'"),
    *("deck:(", "re:(", "nid:x", "1502298033753", [], {}, [[]], [None], [{}]),
    *([1, "a", None], {"a": 1}, {"": ""}, list(range(2000))),
]
VERSIONS = [None, 2, 4, 5, 6, 6, 6, 7]


def values(schema):
    """A schema's values, and where it says little, those that are in the collection."""
    return from_schema(schema)


class Fuzzer:
    """Sends requests and judges what comes back."""

    def __init__(self, server, folder):
        self.url = server.url
        self.folder = folder
        self.count = 0
        self.kinds = {"result": 0, "error": 0, "refused": 0}
        self.bugs = {}
        self.slowest = 0.0
        self._session = requests.Session()
        self._session.trust_env = False

    def send(self, request):
        """Post it; everything but the protocol is a failed test."""
        body = json.dumps(request).encode("utf-8", "surrogatepass")
        begun = time.perf_counter()
        response = self._session.post(self.url, data=body, timeout=60)
        self.slowest = max(self.slowest, time.perf_counter() - begun)
        self.count += 1
        assert response.status_code == 200, (response.status_code, request)
        assert response.headers["Content-Type"] == "application/json"
        for text in ("Traceback", 'File \\"', "site-packages", ".py"):
            assert text not in response.text, (request, response.text[:500])
        reply = response.json()
        version = request.get("version") if isinstance(request, dict) else None
        whole = isinstance(version, int) and version >= 5
        if whole or (isinstance(reply, dict) and set(reply) == {"result", "error"}):
            assert set(reply) == {"result", "error"}, request
            error = reply["error"]
            if error is not None:
                assert isinstance(error, str)
                assert reply["result"] is None
                # One line, but for a name that is quoted as it was sent.
                assert "\n" not in error or "\\n" in body.decode(), (request, error)
                if "failed inside" in error:
                    self.bugs.setdefault(error, []).append(request)
            self.kinds["error" if error is not None else "result"] += 1
        else:
            self.kinds["result"] += 1

    def harmless(self, params):
        """The same parameters, their paths in a folder of the test's own."""
        if isinstance(params, dict):
            return {
                key: self._path(value) if key == "path" else self.harmless(value)
                for key, value in params.items()
            }
        if isinstance(params, list):
            return [self.harmless(value) for value in params]
        return params

    def _path(self, value):
        if not isinstance(value, str):
            return value
        return str(self.folder / (re.sub(r"[^\w]", "", value)[:40] or "x"))


def broken(params, random_):
    """Parameters with something wrong, somewhere."""

    def odd():
        return copy.deepcopy(random_.choice(ODD))

    params = copy.deepcopy(params) if isinstance(params, dict) else {}
    for _ in range(random_.choice([1, 1, 2])):
        place = params
        while True:
            inner = [
                value
                for value in (place.values() if isinstance(place, dict) else place)
                if isinstance(value, (dict, list)) and value
            ]
            if not inner or random_.random() < 0.5:
                break
            place = random_.choice(inner)
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        way = random_.random()
        if way < 0.6 and keys:
            place[random_.choice(keys)] = odd()
        elif way < 0.8 and keys:
            del place[random_.choice(keys)]
        elif isinstance(place, dict):
            place[random_.choice(["odd", "", "params", "key"])] = copy.deepcopy(
                random_.choice(ODD)
            )
        else:
            place.append(odd())
    return params


@pytest.mark.filterwarnings("ignore")
def test_every_action_keeps_to_the_protocol(tmp_path, plugins):
    base = tmp_path / "fuzzed"
    host = Headless(base)
    host.open()
    prepare(host.collection)
    host.close()
    contracts = [
        contract
        for contract in plugins.registry
        if contract.action.kind in Headless.kinds
    ]
    server = start_headless(base, "--port", "0")
    (tmp_path / "paths").mkdir()
    fuzzer = Fuzzer(server, tmp_path / "paths")
    each = REQUESTS // len(contracts) // 3 + 1
    begun = time.monotonic()
    for contract in contracts:
        _fuzz(fuzzer, contract, each)
    took = time.monotonic() - begun
    fuzzer.send({"action": "version", "version": 6})
    stop_headless(server)

    host = Headless(base)
    host.open()
    report, _ = host.collection.fix_integrity()
    host.close()
    figures.keep(
        "fuzz",
        requests=fuzzer.count,
        actions=len(contracts),
        results=fuzzer.kinds["result"],
        errors=fuzzer.kinds["error"],
        bugs={error: len(found) for error, found in fuzzer.bugs.items()},
        slowest_ms=round(fuzzer.slowest * 1000),
        seconds=round(took),
        check=report.strip().splitlines(),
    )
    for error, found in fuzzer.bugs.items():
        print(error, json.dumps(found[0])[:600])
    assert fuzzer.count >= min(REQUESTS, 20_000)
    # What was inserted into the review log a card knows nothing of; that is all
    # that Anki may find.
    lines = [line for line in report.splitlines() if "last review time" not in line]
    assert lines == ["Database rebuilt and optimized."], report
    assert fuzzer.bugs == {}


def _fuzz(fuzzer, contract, each):
    schema = contract.schema["properties"]["params"]
    name = contract.action.name
    random_ = random.Random(name)
    examples = [
        example["params"]
        for example in contract.schema.get("examples", [])
        if isinstance(example.get("params"), dict)
    ]

    @settings(
        max_examples=each,
        database=None,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[hypothesis.Phase.generate],
    )
    @given(params=values(schema), version=st.sampled_from(VERSIONS))
    def send(params, version):
        more = {} if version is None else {"version": version}
        params = fuzzer.harmless(params)
        fuzzer.send({"action": name, "params": params, **more})
        wrong = fuzzer.harmless(broken(params, random_))
        fuzzer.send({"action": name, "params": wrong, "version": 6})

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        send()
    # And those that mean something: a sample with one thing changed.
    for _ in range(each if examples else 0):
        wrong = fuzzer.harmless(broken(random_.choice(examples), random_))
        fuzzer.send({"action": name, "params": wrong, "version": 6})
