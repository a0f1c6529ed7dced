"""One action's schema: loaded, checked against its handler, executed."""

from __future__ import annotations

import inspect
import json
import threading
from pathlib import Path
from typing import Any, Callable

from jsonschema import Draft7Validator

from ankiconnect._libs import fastjsonschema
from ankiconnect.action import Action, Kind, SchemaSource
from ankiconnect.errors import ActionError
from ankiconnect.explain import explain

#: Where a $ref to shared parts may point, relative to the schema's own file.
_REF_MARK = ".json#/"


class ContractError(Exception):
    """A schema is no schema, or it and its handler disagree."""


class Contract:
    """What an action takes and gives, as its schema says it."""

    def __init__(self, action: Action) -> None:
        self.action = action
        self.schema = _load(action)
        self.required, self.parameters = _signature(action)
        self._check()
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
        if set(params.get("required", ())) != self.required:
            raise ContractError(
                f"{name}: the schema requires {sorted(params.get('required', ()))}, "
                f"the handler {sorted(self.required)}"
            )


def _load(action: Action) -> dict[str, Any]:
    source = action.schema if action.schema is not None else _beside(action)
    if isinstance(source, dict):
        return source
    path = Path(source)
    schema = _read(path)
    schema = _inline(schema, path.parent)
    if not isinstance(schema, dict):
        raise ContractError(f"{action.name}: {path.name} holds no object")
    return schema


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
    except (OSError, ValueError) as error:
        raise ContractError(f"{path.name}: {error}") from None


def _inline(node: Any, folder: Path) -> Any:
    """Replace each $ref to another file by what it points at."""
    if isinstance(node, dict):
        ref = node.get("$ref")
        if isinstance(ref, str) and _REF_MARK in ref:
            name, _, pointer = ref.partition("#/")
            path = (folder / name).resolve()
            if path not in _files:
                _files[path] = _read(path)
            target = _files[path]
            for part in pointer.split("/"):
                if not isinstance(target, dict) or part not in target:
                    raise ContractError(f"{ref}: there is no {part}")
                target = target[part]
            target = _inline(target, path.parent)
            # What stands beside a $ref describes its use there.
            beside = {key: value for key, value in node.items() if key != "$ref"}
            return {**target, **beside} if beside else target
        return {key: _inline(value, folder) for key, value in node.items()}
    if isinstance(node, list):
        return [_inline(value, folder) for value in node]
    return node


def _signature(action: Action) -> tuple[frozenset[str], frozenset[str]]:
    """The names that a handler requires and all that it takes."""
    required: set[str] = set()
    optional: set[str] = set()
    positional = 0
    for name, parameter in inspect.signature(action.handler).parameters.items():
        if parameter.kind is parameter.KEYWORD_ONLY:
            empty = parameter.default is parameter.empty
            (required if empty else optional).add(name)
        elif parameter.kind in (
            parameter.POSITIONAL_ONLY,
            parameter.POSITIONAL_OR_KEYWORD,
        ):
            positional += 1
        else:
            raise ContractError(f"{action.name}: a handler takes no *{name}")
    given = (action.kind is not Kind.BATCH) + (action.prepare is not None)
    if positional != given:
        raise ContractError(
            f"{action.name}: the handler takes {positional} positional "
            f"arguments, a {action.kind.name} handler is given {given}"
        )
    return frozenset(required), frozenset(required | optional)


def _compile(schema: dict[str, Any]) -> Callable[[Any], Any]:
    # use_default would write defaults into the caller's params.
    compiled: Callable[[Any], Any] = fastjsonschema.compile(
        schema, use_default=False, detailed_exceptions=False
    )
    return compiled


_compiled_metaschema: Callable[[Any], Any] | None = None


def _metaschema() -> Callable[[Any], Any]:
    # jsonschema has the text, but takes 3 ms to check one schema against it.
    global _compiled_metaschema
    if _compiled_metaschema is None:
        _compiled_metaschema = _compile(dict(Draft7Validator.META_SCHEMA))
    return _compiled_metaschema
