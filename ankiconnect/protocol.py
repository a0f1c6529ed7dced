"""The wire: bytes to request, result to bytes. Knows nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from reprlib import Repr
from typing import Any

import orjson

from ankiconnect.errors import ActionError

#: The newest version of the API, and the one this module speaks.
API_VERSION = 6
#: What a request without a version is taken for.
DEFAULT_VERSION = 4
#: From this version on a success is an object with "result" and "error".
TWO_KEYS_SINCE = 5

GREETING = f"AnkiConnect v.{API_VERSION}"

#: Entries that are written at once. Other threads wait for each piece, which for
#: ten thousand cards would be too long for Anki's window.
_AT_ONCE = 1000
#: A value in an error: not all of a long one, and not to the bottom of a deep one.
_brief = Repr()
_brief.maxstring = _brief.maxother = _brief.maxlong = 200
# Before 3.9.15, which Anki 23.10 has not, a deep enough body was a crash.
_VERSION = tuple(int(part) for part in orjson.__version__.split(".")[:3])
_ENDS_THE_PROGRAM = _VERSION < (3, 9, 15)
_DEEPEST = 1024
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
#: Levels of JSON; Anki's own decoder gives up at 128.
_DEEP = 100


@dataclass(frozen=True)
class Request:
    """One request of the envelope, top-level or a batch's child."""

    action: str
    version: int = DEFAULT_VERSION
    params: dict[str, Any] = field(default_factory=dict)
    key: str | None = None


def decode(body: bytes) -> Any:
    """Parse a request body; the decoder's own words are the error."""
    if _ENDS_THE_PROGRAM and _nested(body):
        raise ActionError("Recursion limit reached")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ActionError(str(error)) from None


def _nested(body: bytes) -> bool:
    """Whether JSON is nested more deeply than later decoders take."""
    if body.count(b"[") + body.count(b"{") <= _DEEPEST:
        return False
    brackets = _STRING.sub(b"", body).translate(None, _NO_BRACKETS)
    depth = 0
    for byte in brackets:
        depth += 1 if byte in b"[{" else -1
        if depth > _DEEPEST:
            return True
    return False


def parse(data: Any) -> Request:
    """Read the envelope of one decoded request, or say what is wrong with it."""
    _expect(data, dict, "object")
    if "action" not in data:
        raise ActionError("'action' is a required property")
    action = data["action"]
    _expect(action, str, "string")
    if not action:
        raise ActionError("'' is too short")
    version, params = data.get("version"), data.get("params")
    if isinstance(version, dict) and not params:
        # The seed's JavaScript sample, invoke('createDeck', {deck: 'test1'}),
        # leaves the version out, so that its params arrive in the version's place.
        version, params = API_VERSION, version
    if version is None:
        version = DEFAULT_VERSION
    if isinstance(version, float) and version % 1 == 0:
        version = int(version)
    _expect(version, int, "integer")
    if params is None:
        params = {}
    _expect(params, dict, "object")
    key = data.get("key")
    # A dict of its own: what a batch gives may be asked again.
    params = dict(params)
    return Request(action, version, params, key if isinstance(key, str) else None)


def too_deep(value: Any) -> bool:
    """Whether a value is nested more deeply than anybody needs."""
    level = [value]
    for _ in range(_DEEP):
        level = [
            member
            for entry in level
            if isinstance(entry, (dict, list))
            for member in (entry.values() if isinstance(entry, dict) else entry)
        ]
        if not level:
            return False
    return True


def success(version: int, result: Any) -> Any:
    """The reply to a request that was answered."""
    return {"result": result, "error": None} if version >= TWO_KEYS_SINCE else result


def failure(message: str) -> dict[str, Any]:
    """The reply to a request that failed, in every version."""
    return {"result": None, "error": message}


def encode(reply: Any) -> bytes:
    """Write a reply; raises TypeError for what JSON cannot hold."""
    if _is_long(reply):
        return _in_pieces(reply)
    if isinstance(reply, dict) and reply.keys() == {"result", "error"}:
        if _is_long(reply["result"]):
            result, error = _in_pieces(reply["result"]), _dump(reply["error"])
            return b'{"result":%b,"error":%b}' % (result, error)
    return _dump(reply)


def _is_long(value: Any) -> bool:
    return isinstance(value, list) and len(value) > _AT_ONCE


def _in_pieces(entries: list[Any]) -> bytes:
    pieces = (
        _dump(entries[start : start + _AT_ONCE])[1:-1]
        for start in range(0, len(entries), _AT_ONCE)
    )
    return b"[%b]" % b",".join(pieces)


def _dump(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:
        pass
    # What plugins may well return: Anki's own lists, and ids as keys.
    return orjson.dumps(value, _plain, orjson.OPT_NON_STR_KEYS)


def _plain(value: Any) -> Any:
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return list(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError


def _expect(value: Any, kind: type, name: str) -> None:
    # bool is an int to Python, not to JSON.
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ActionError(f"{_brief.repr(value)} is not of type '{name}'")
