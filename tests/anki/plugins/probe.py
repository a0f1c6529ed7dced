"""Lets a test look into the running Anki: executes Python on its main thread."""

import contextlib
import io

import aqt

from ankiconnect import GUI, Action, hookimpl

SCHEMA = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "properties": {
        "action": {"const": "probe"},
        "params": {
            "type": "object",
            "properties": {"code": {"type": "string"}},
            "required": ["code"],
            "additionalProperties": False,
        },
        "result": {},
    },
}

names = {"aqt": aqt}


@hookimpl
def ankiconnect_actions():
    return [Action(probe, GUI, schema=SCHEMA)]


def probe(mw, *, code):
    """The value of `result` after the code ran; names stay from call to call."""
    names.update(mw=mw, result=None)
    with contextlib.redirect_stderr(io.StringIO()):
        exec(code, names)
    return names["result"]
