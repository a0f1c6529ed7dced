"""Draft-07 of JSON Schema: its words, and where schemas stand in a schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema import Draft7Validator

DRAFT_07 = "http://json-schema.org/draft-07/schema#"
#: The validator's own schema of schemas has forgotten one.
KEYWORDS = frozenset(Draft7Validator.META_SCHEMA["properties"]) | {"writeOnly"}

#: Keywords whose value holds schemas by name, in a list, or is one itself.
MAPS = ("definitions", "dependencies", "patternProperties", "properties")
LISTS = ("allOf", "anyOf", "items", "oneOf")
SINGLE = (
    "additionalItems",
    "additionalProperties",
    "contains",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
)


def unknown_keywords(schema: Any) -> set[str]:
    """The words in a schema, and in those that it holds, that Draft-07 has not."""
    if not isinstance(schema, dict):
        return set()
    return set(schema) - KEYWORDS | {
        word for part in _parts(schema) for word in unknown_keywords(part)
    }


def is_draft_07(schema: dict[str, Any]) -> bool:
    """Whether a schema says of itself that it is one, or nothing."""
    said = schema.get("$schema", DRAFT_07)
    _, _, name = str(said).rstrip("#").partition("://")
    return name == DRAFT_07.rstrip("#").partition("://")[2]


def _parts(schema: dict[str, Any]) -> Iterator[Any]:
    for keyword, value in schema.items():
        if keyword in MAPS and isinstance(value, dict):
            yield from value.values()
        elif keyword in LISTS and isinstance(value, list):
            yield from value
        elif keyword in SINGLE:
            yield value
