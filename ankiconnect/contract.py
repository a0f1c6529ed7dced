"""One action's schema: held against its handler, completed, executed."""

from __future__ import annotations

import json
import re
import reprlib
import sys
import threading
from functools import lru_cache
from typing import Any, Callable

from jsonschema import Draft7Validator

from ankiconnect import sources
from ankiconnect._libs import fastjsonschema
from ankiconnect.action import Action, Kind
from ankiconnect.draft07 import DRAFT_07, is_draft_07, unknown_keywords
from ankiconnect.errors import ActionError, ContractError
from ankiconnect.explain import explain
from ankiconnect.protocol import DEFAULT_VERSION
from ankiconnect.signature import signature_of

#: A name on the wire, which is part of a path and of a file's name as well.
_NAME = re.compile(r"[A-Za-z]\w*(\.[A-Za-z]\w*)*", re.ASCII)


class Contract:
    """What an action takes and gives, as its schema says it."""

    def __init__(self, action: Action) -> None:
        _check_action(action)
        self.action = action
        self.since, self.until = _range(action)
        self.required, self.parameters, defaults = signature_of(action)
        self.schema = sources.load(action)
        self._check()
        self._check_defaults(defaults)
        self.schema = self._complete(self.schema)
        self._params = self.schema["properties"]["params"]
        self._compiled: Callable[[Any], Any] | None = None
        self._compiled_result: Callable[[Any], Any] | None = None
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
        if self._compiled_result is None:
            self._compiled_result = _compile(self.schema["properties"]["result"])
        try:
            self._compiled_result(result)
        except fastjsonschema.JsonSchemaValueException as error:
            wrong = error.message.replace("data", "the result", 1)
            raise ContractError(f"{self.action.name}: {wrong}") from None

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
        self._check_draft()
        name = self.action.name
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
            raise ContractError(
                f"{name}: the schema is for {declared!r}, which "
                f"Action(…, name={declared!r}) would be called"
            )
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

    def _check_draft(self) -> None:
        name, schema = self.action.name, self.schema
        if not is_draft_07(schema):
            raise ContractError(f"{name}: the schema is not in Draft-07")
        try:
            _metaschema()(schema)
        except fastjsonschema.JsonSchemaValueException as error:
            raise ContractError(f"{name}: not a Draft-07 schema: {error}") from None
        unknown = sorted(unknown_keywords(schema))
        if unknown:  # misspelt, as a rule; and there are tools that stop at one
            raise ContractError(f"{name}: Draft-07 has no {unknown[0]!r}")
        if schema.get("additionalProperties") is False:
            raise ContractError(
                f"{name}: a request may have a key as well, so additionalProperties: "
                "false is for params alone"
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


def contract_of(action: Action) -> Contract:
    """An action's contract, which is the same in every registry of a program.

    Tests make thousands of registries, and a contract takes a millisecond.
    """
    try:
        hash(action)
    except TypeError:  # its schema is a dict
        return Contract(action)
    return _remembered(action)


@lru_cache(1024)
def _remembered(action: Action) -> Contract:
    return Contract(action)


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
