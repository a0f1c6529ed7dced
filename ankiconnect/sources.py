"""An action's schema as its author gave it: found, read, its references followed."""

from __future__ import annotations

import inspect
import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from ankiconnect.action import Action, SchemaSource
from ankiconnect.errors import ContractError


def load(action: Action) -> dict[str, Any]:
    """The schema that belongs to an action, in one piece; or ContractError."""
    source = action.schema if action.schema is not None else _beside(action)
    if isinstance(source, dict):
        schema, path = source, Path(f"{action.name}.json")
    else:
        path = _folder(action) / source
        schema = _read(path)
    schema = _inline(schema, _Place(path, schema))
    if not isinstance(schema, dict):
        raise ContractError(f"{action.name}: {path.name} holds no object")
    return _plain(action.name, schema)


def _plain(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """A copy, which nobody else changes, and which can be sent to clients."""
    try:
        plain: dict[str, Any] = orjson.loads(orjson.dumps(schema))
    except TypeError as error:
        raise ContractError(f"{name}: not a Draft-07 schema: {error}") from None
    return plain


def _beside(action: Action) -> SchemaSource:
    """Find the file of an action by where its handler's module lies."""
    folder, family = _folder(action), Path(inspect.getfile(action.handler)).stem
    file = f"{action.name}.json"
    for candidate in (
        folder / "schemas" / file,
        folder / "schemas" / family / file,
        folder.parent / "schemas" / family / file,
    ):
        if candidate.is_file():
            return candidate
    raise ContractError(
        f"{action.name}: no schema: there is no schema=… and no schemas/{file} "
        "beside the module"
    )


def _folder(action: Action) -> Path:
    """The folder of an action's handler's module."""
    return Path(inspect.getfile(action.handler)).parent


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ContractError(f"{path.name}: {error.strerror or error}") from None
    except ValueError as error:
        raise ContractError(f"{path.name}: {error}") from None


@cache
def _resolved(folder: Path, name: str) -> Path:
    return (folder / name).resolve()


@cache
def _shared(path: Path) -> Any:
    """A file that others refer to."""
    return _read(path)


#: What stands in such a file at a pointer, as a hundred schemas refer to the same.
_inlined: dict[tuple[Path, str], Any] = {}


class _Place(NamedTuple):
    """A file whose references are followed, and the way there from the first."""

    path: Path
    root: Any
    way: tuple[tuple[Path, str], ...] = ()


def _inline(node: Any, place: _Place) -> Any:
    """Replace each $ref by what it points at, in the same file or another."""
    if isinstance(node, dict):
        ref = node.get("$ref")
        if isinstance(ref, str):
            target = _follow(ref, place)
            # What stands beside a $ref describes its use there.
            beside = {key: value for key, value in node.items() if key != "$ref"}
            return {**target, **beside} if isinstance(target, dict) else target
        return {key: _inline(value, place) for key, value in node.items()}
    if isinstance(node, list):
        return [_inline(value, place) for value in node]
    return node


def _follow(ref: str, place: _Place) -> Any:
    name, mark, pointer = ref.partition("#")
    path, root = place.path, place.root
    if name:
        if ":" in name or not name.endswith(".json"):
            raise ContractError(f"{ref}: a $ref points into a .json file beside it")
        path = _resolved(path.parent, name)
        if (path, pointer) in _inlined:
            return _inlined[path, pointer]
        root = _shared(path)
    if (path, pointer) in place.way:
        raise ContractError(f"{ref}: a schema cannot contain itself")
    target = root
    for part in pointer.lstrip("/").split("/") if mark and pointer else ():
        part = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(target, dict) or part not in target:
            raise ContractError(f"{ref}: there is no {part}")
        target = target[part]
    whole = _inline(target, _Place(path, root, (*place.way, (path, pointer))))
    if name:
        _inlined[path, pointer] = whole
    return whole
