"""What all actions' schemas are together: one of any request, and OpenAPI's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ankiconnect
from ankiconnect.contract import Contract
from ankiconnect.draft07 import DRAFT_07, LISTS, MAPS, SINGLE
from ankiconnect.protocol import GREETING

Schema = dict[str, Any]
Contracts = Mapping[str, Contract]

_KEY = {
    "description": "The word that `apiKey` of the settings is, if it is set.",
    "type": ["string", "null"],
}
_REPLY: Schema = {
    "description": "The reply to a request of version 5 and later. Earlier ones get "
    "the bare result, and this form for errors only.",
    "type": "object",
    "properties": {
        "result": {"description": "What the action's own schema says; null on error."},
        "error": {
            "description": "What is wrong, or null.",
            "type": ["string", "null"],
        },
    },
    "required": ["result", "error"],
    "additionalProperties": False,
}


def schemas(contracts: Contracts) -> Schema:
    """Every action's own schema, by name."""
    return {name: contracts[name].schema for name in sorted(contracts)}


def request(contracts: Contracts) -> Schema:
    """The schema of any request; which one holds is decided by its action."""
    names = sorted(contracts)
    return {
        "$schema": DRAFT_07,
        "title": "request",
        "description": "A request of any action that this server has.",
        "type": "object",
        "properties": {"action": {"type": "string", "enum": names}, "key": _KEY},
        "required": ["action"],
        "allOf": [
            {
                "if": {"properties": {"action": {"const": name}}},
                "then": {"$ref": f"#/definitions/{name}"},
            }
            for name in names
        ],
        "definitions": {name: _request_of(contracts[name]) for name in names},
    }


def openapi(contracts: Contracts) -> Schema:
    """An OpenAPI 3.1 document; its schemas are ours, in OpenAPI's own dialect."""
    components: Schema = {"reply": _REPLY}
    mapping: dict[str, str] = {}
    # No action's name has a hyphen, so none of these is taken.
    for name in sorted(contracts):
        one = _request_of(contracts[name])
        one["properties"] = {**one["properties"], "key": _KEY}
        components[f"{name}-request"] = _newer(one)
        result = contracts[name].schema["properties"]["result"]
        components[f"{name}-result"] = _newer(result)
        mapping[name] = f"#/components/schemas/{name}-request"
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "AnkiConnect",
            "summary": "Drives an Anki collection.",
            "description": "Every action is a `POST /`. Its request is the schema "
            "`ACTION-request`, what it gives is `ACTION-result`, inside a reply.",
            "version": ankiconnect.__version__,
        },
        "servers": [{"url": "/"}],
        "paths": {
            "/": {
                "get": _get("greet", "Whether a server is there", GREETING),
                "post": {
                    "operationId": "call",
                    "summary": "Calls an action",
                    "requestBody": {
                        "required": True,
                        "content": _json(
                            {
                                "oneOf": [{"$ref": ref} for ref in mapping.values()],
                                "discriminator": {
                                    "propertyName": "action",
                                    "mapping": mapping,
                                },
                            }
                        ),
                    },
                    "responses": {
                        "200": _response("The reply, also to what failed."),
                        "403": _response("The caller may not ask this."),
                    },
                },
            },
            "/schemas": {"get": _get("schemas", "All schemas, by action")},
            "/schemas/{action}": {
                "get": {
                    **_get("schema", "One action's schema"),
                    "parameters": [
                        {
                            "name": "action",
                            "in": "path",
                            "required": True,
                            "schema": {"type": "string", "enum": list(mapping)},
                        }
                    ],
                }
            },
            "/request.json": {"get": _get("request", "The schema of any request")},
            "/openapi.json": {"get": _get("openapi", "This document")},
        },
        "components": {"schemas": components},
    }


def _request_of(contract: Contract) -> Schema:
    """An action's schema without what is not sent."""
    schema = {
        key: value
        for key, value in contract.schema.items()
        if key not in ("$schema", "$id", "examples", "definitions")
    }
    properties = dict(schema["properties"])
    del properties["result"]
    schema["properties"] = properties
    required = [name for name in schema["required"] if name != "result"]
    return {**schema, "required": required}


def _get(name: str, summary: str, text: str = "") -> Schema:
    content = _json({"type": "object"})
    if text:
        content = {"text/plain": {"schema": {"const": text}}}
    answers: Schema = {"200": {"description": summary, "content": content}}
    if not text:
        answers["304"] = {"description": "It is what If-None-Match names."}
        answers["404"] = {"description": "There is no such action."}
    return {"operationId": name, "summary": summary, "responses": answers}


def _json(schema: Schema) -> Schema:
    return {"application/json": {"schema": schema}}


def _response(description: str) -> Schema:
    return {
        "description": description,
        "content": _json({"$ref": "#/components/schemas/reply"}),
    }


#: Nothing refers to these any more.
_DROPPED = ("$id", "$schema", "definitions")


def _newer(schema: Any) -> Any:
    """A Draft-07 schema in Draft 2020-12, which OpenAPI 3.1 is written in."""
    if not isinstance(schema, dict):
        return schema
    newer: Schema = {}
    for key, value in schema.items():
        if key in _DROPPED:
            continue
        if key == "items" and isinstance(value, list):
            newer["prefixItems"] = [_newer(part) for part in value]
        elif key == "additionalItems":
            # Beside an "items" that is no list it says nothing.
            if isinstance(schema.get("items"), list):
                newer["items"] = _newer(value)
        elif key == "dependencies":
            for name, part in value.items():
                kind = "Required" if isinstance(part, list) else "Schemas"
                newer.setdefault(f"dependent{kind}", {})[name] = _newer(part)
        elif key in MAPS:
            newer[key] = {name: _newer(part) for name, part in value.items()}
        elif key in LISTS and isinstance(value, list):
            newer[key] = [_newer(part) for part in value]
        elif key in SINGLE:
            newer[key] = _newer(value)
        else:
            newer[key] = value
    return newer
