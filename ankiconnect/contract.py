"""One action's schema: loaded, checked against its handler, executed."""

from __future__ import annotations

import inspect
import json
import re
import reprlib
import sys
import threading
from pathlib import Path
from typing import Any, Callable, NamedTuple

import orjson
from jsonschema import Draft7Validator

from ankiconnect._libs import fastjsonschema
from ankiconnect.action import Action, Kind, SchemaSource
from ankiconnect.errors import ActionError, ContractError
from ankiconnect.explain import explain
from ankiconnect.protocol import DEFAULT_VERSION
from ankiconnect.signature import signature_of

DRAFT_07 = "http://json-schema.org/draft-07/schema#"

#: A name on the wire, which is part of a path and of a file's name as well.
_NAME = re.compile(r"[A-Za-z]\w*(\.[A-Za-z]\w*)*", re.ASCII)


class Contract:
    """What an action takes and gives, as its schema says it."""

    def __init__(self, action: Action) -> None:
        _check_action(action)
        self.action = action
        self.since, self.until = _range(action)
        self.required, self.parameters, defaults = signature_of(action)
        self.schema = _load(action)
        self._check()
        self._check_defaults(defaults)
        self.schema = self._complete(self.schema)
        self._params = self.schema["properties"]["params"]
        self._compiled: Callable[[Any], Any] | None = None
        self._lock = threading.Lock()

    def accept(self, params: dict[str, Any]) -> dict[str, Any]:
        """Validate; give back the parameters without absent (null) options."""
        validate = self._compiled or self._compile()
        try:
            validate(params)
        except fastjsonschema.JsonSchemaValueException:
            message = explain(self.action.name, self._params, params)
            raise ActionError(message) from None
        if None in params.values():
            return {
                name: value
                for name, value in params.items()
                if value is not None or name in self.required
            }
        return params

    def check_result(self, result: Any) -> None:
        """Raise unless the result is what the schema promises; for tests."""
        validate = _compile(self.schema["properties"]["result"])
        validate(result)

    def _complete(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Say what holds for every request, so that each author need not."""
        properties = schema["properties"]
        version: dict[str, Any] = {"type": "integer"}
        if self.since > -sys.maxsize:
            version["minimum"] = self.since
        if self.until < sys.maxsize:
            version["maximum"] = self.until
        version.update(properties.get("version", {}))
        required = {"action": True, "params": bool(self.required)}
        required["version"] = not self.since <= DEFAULT_VERSION <= self.until
        names = [name for name, needed in required.items() if needed]
        names += [name for name in schema.get("required", ()) if name not in names]
        return {
            "$schema": DRAFT_07,
            "type": "object",
            **schema,
            "properties": {**properties, "version": version},
            "required": names,
        }

    def _compile(self) -> Callable[[Any], Any]:
        with self._lock:
            if self._compiled is None:
                self._compiled = _compile(self._params)
        return self._compiled

    def _check(self) -> None:
        name = self.action.name
        try:
            _metaschema()(self.schema)
        except fastjsonschema.JsonSchemaValueException as error:
            raise ContractError(f"{name}: not a Draft-07 schema: {error}") from None
        try:
            properties = self.schema["properties"]
            declared = properties["action"]["const"]
            params = properties["params"]
            properties["result"]
        except (KeyError, TypeError) as error:
            raise ContractError(f"{name}: the schema has no {error}") from None
        if not isinstance(params, dict):
            raise ContractError(f"{name}: params has to be an object's schema")
        if declared != name:
            raise ContractError(f"{name}: the schema is for {declared!r}")
        if params.get("additionalProperties") is not False:
            raise ContractError(f"{name}: params needs additionalProperties: false")
        if set(params.get("properties", {})) != self.parameters:
            raise ContractError(
                f"{name}: the schema has the parameters "
                f"{sorted(params.get('properties', {}))}, the handler "
                f"{sorted(self.parameters)}"
            )
        if not self.parameters - self.required >= set(self.action.spent):
            raise ContractError(
                f"{name}: what is spent has to be an optional parameter, "
                f"not {sorted(self.action.spent)}"
            )
        if set(params.get("required", ())) != self.required:
            raise ContractError(
                f"{name}: the schema requires {sorted(params.get('required', ()))}, "
                f"the handler {sorted(self.required)}"
            )

    def _check_defaults(self, defaults: dict[str, Any]) -> None:
        properties = self.schema["properties"]["params"].get("properties", {})
        for parameter, default in defaults.items():
            if default is None:  # which stands for an absent parameter
                continue
            try:
                sent = json.loads(json.dumps(default))
            except (TypeError, ValueError):
                # No client can send that: it is a mark of what is absent.
                continue
            schema = {"properties": {parameter: properties[parameter]}}
            if not Draft7Validator(schema).is_valid({parameter: sent}):
                wrong = explain(self.action.name, schema, {parameter: sent})
                raise ContractError(
                    f"{self.action.name}: the default of '{parameter}' is "
                    f"{reprlib.repr(default)}, but {wrong}"
                )


def _check_action(action: Action) -> None:
    name = action.name
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ContractError(f"{name!r} is no name for an action")
    if not isinstance(action.kind, Kind):
        raise ContractError(f"{name}: {action.kind!r} is not a kind of action")


def _range(action: Action) -> tuple[int, int]:
    """The first and the last API version that know an action."""
    try:
        since, until = action.versions
        numbers = (
            (-sys.maxsize if since is None else int(since)),
            (sys.maxsize if until is None else int(until)),
        )
    except (TypeError, ValueError):
        raise ContractError(f"{action.name}: versions is (since, until)") from None
    return numbers


def _load(action: Action) -> dict[str, Any]:
    source = action.schema if action.schema is not None else _beside(action)
    if isinstance(source, dict):
        schema, path = source, Path(f"{action.name}.json")
    else:
        path = Path(source)
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
    module = inspect.getfile(action.handler)
    folder, family = Path(module).parent, Path(module).stem
    file = f"{action.name}.json"
    for candidate in (
        folder / "schemas" / file,
        folder / "schemas" / family / file,
        folder.parent / "schemas" / family / file,
    ):
        if candidate.is_file():
            return candidate
    raise ContractError(f"{action.name}: no schema file {file}")


_files: dict[Path, Any] = {}


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ContractError(f"{path.name}: {error.strerror or error}") from None
    except ValueError as error:
        raise ContractError(f"{path.name}: {error}") from None


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
        path = (path.parent / name).resolve()
        if path not in _files:
            _files[path] = _read(path)
        root = _files[path]
    if (path, pointer) in place.way:
        raise ContractError(f"{ref}: a schema cannot contain itself")
    target = root
    for part in pointer.lstrip("/").split("/") if mark and pointer else ():
        part = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(target, dict) or part not in target:
            raise ContractError(f"{ref}: there is no {part}")
        target = target[part]
    return _inline(target, _Place(path, root, (*place.way, (path, pointer))))


def _compile(schema: dict[str, Any]) -> Callable[[Any], Any]:
    # use_default would write defaults into the caller's params. Without
    # detailed_exceptions, fastjsonschema 2.21.2 fails on any const.
    compiled: Callable[[Any], Any] = fastjsonschema.compile(
        schema, use_default=False, detailed_exceptions=True
    )
    return compiled


_compiled_metaschema: Callable[[Any], Any] | None = None


def _metaschema() -> Callable[[Any], Any]:
    # jsonschema has the text, but takes 3 ms to check one schema against it.
    global _compiled_metaschema
    if _compiled_metaschema is None:
        _compiled_metaschema = _compile(dict(Draft7Validator.META_SCHEMA))
    return _compiled_metaschema
