"""Every sample request of the seed gets a reply of its sample reply's shape.

`seed_samples.json` has the seed's pairs as they stand there.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from prepared import prepare

from ankiconnect.testing import Call

HERE = Path(__file__).parent
SAMPLES = json.loads((HERE / "seed_samples.json").read_text("utf-8"))

#: Where our reply is of another shape than the sample, and why.
EXCEPTIONS = {
    "multi": "children are answered in their own version's form, 4 where it is missing",
    "storeMediaFile": "the stored file's name, since Anki may have changed it",
    "createModel": "ids are numbers in today's Anki, and some old members are gone",
    "getDeckConfig": "some members of the sample's Anki are gone from today's",
}
#: Samples that end the server or need another one beside it, tried elsewhere.
ELSEWHERE = {
    "sync": "tests/hosts/test_sync.py",
    "guiExitAnki": "tests/actions/test_gui.py",
}
#: What a sample needs in Anki beside the prepared collection.
BEFORE = {
    "guiAnswerCard": "mw.reviewer._showAnswer()",
    "guiShowAnswer": "mw.reviewer._showQuestion()",
}
IN_REVIEW = (
    "guiAnswerCard",
    "guiCurrentCard",
    "guiShowAnswer",
    "guiShowQuestion",
    "guiStartCardTimer",
)

WINDOW = "needs Anki's window, and this server runs without one"


def _name(sample: dict[str, Any]) -> str:
    return str(sample["request"]["action"])


def _request(
    sample: dict[str, Any], folder: Path, files: tuple[Path, str]
) -> dict[str, Any]:
    """The sample's request, its path and its address ones that are there."""
    request = copy.deepcopy(sample["request"])
    params = request.get("params", {})
    if "url" in params:
        served, address = files
        (served / "hello.txt").write_text("Hello world!")
        params["url"] = f"{address}/hello.txt"
    if "path" in params:
        params["path"] = str(folder / Path(params["path"]).name)
    return request


@pytest.mark.parametrize(
    "sample", [s for s in SAMPLES if _name(s) not in ELSEWHERE], ids=_name
)
def test_sample_headless(sample, call: Call, col, host, tmp_path, files):
    prepare(col)
    (host.base / "user1").mkdir()
    (host.base / "user1" / "collection.anki2").touch()
    reply = call.reply(_request(sample, tmp_path, files))
    if _name(sample).startswith("gui"):
        assert reply == {"result": None, "error": f"{_name(sample)} {WINDOW}"}
    else:
        _check(sample, reply)


@pytest.mark.parametrize(
    "sample", [s for s in SAMPLES if _name(s) not in ELSEWHERE], ids=_name
)
def test_sample_in_anki(sample, anki, tmp_path, files):
    source = (HERE / "prepared.py").read_text("utf-8")
    anki.look(f"{source}\nprepare(mw.col)\nmw.reset()")
    name = _name(sample)
    if name == "loadProfile":
        anki.look("mw.pm.create('user1')")
    if name in IN_REVIEW:
        assert anki("guiDeckReview", name="Default") is True
        anki.wait_for("mw.reviewer.card is not None and mw.state == 'review'")
    if name in BEFORE:
        anki.look(BEFORE[name])
    _check(sample, anki.reply(_request(sample, tmp_path, files)))
    if name == "loadProfile":
        anki.wait_for_reply("getActiveProfile", "user1")
        anki("loadProfile", name="User 1")
        anki.wait_for_reply("getActiveProfile", "User 1")


def _check(sample: dict[str, Any], reply: Any) -> None:
    assert set(reply) == {"result", "error"}
    assert reply["error"] is None
    different = _differences(sample["reply"]["result"], reply["result"], "result")
    if _name(sample) in EXCEPTIONS:
        assert different, f"{_name(sample)} is no exception any more"
    else:
        assert different == []


def _differences(wanted: Any, given: Any, where: str) -> list[str]:
    """Where a value is not of the shape of another; further members are fine."""
    if isinstance(wanted, dict) and isinstance(given, dict):
        found = [f"{where}.{key} is missing" for key in wanted if key not in given]
        for key in wanted.keys() & given.keys():
            found += _differences(wanted[key], given[key], f"{where}.{key}")
        return found
    if isinstance(wanted, list) and isinstance(given, list):
        found = [f"{where} is empty"] if wanted and not given else []
        for index, pair in enumerate(zip(wanted, given)):
            found += _differences(*pair, f"{where}[{index}]")
        return found
    numbers = (int, float)
    if type(wanted) is type(given) or (
        isinstance(wanted, numbers)
        and isinstance(given, numbers)
        and not isinstance(given, bool)
    ):
        return []
    return [f"{where} is {given!r}, not like {wanted!r}"]
