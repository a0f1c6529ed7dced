"""Why parameters fail their schema, in one line.

Worded from the keyword that failed and where, since a validator's own texts
change from one version to the next.
"""

from __future__ import annotations

from reprlib import Repr
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import best_match

_TYPES = {
    "array": "an array",
    "boolean": "a boolean",
    "integer": "an integer",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}
_LIMITS = {
    "minimum": "at least",
    "maximum": "at most",
    "exclusiveMinimum": "more than",
    "exclusiveMaximum": "less than",
    "multipleOf": "a multiple of",
}
_SIZES = {
    "minItems": ("at least", "entries"),
    "maxItems": ("at most", "entries"),
    "minLength": ("at least", "characters"),
    "maxLength": ("at most", "characters"),
    "minProperties": ("at least", "members"),
    "maxProperties": ("at most", "members"),
}
_SHOWN = 60
# Not all of a long value, and not to the bottom of a deep one.
_brief = Repr()
_brief.maxstring = _brief.maxother = _brief.maxlong = 4 * _SHOWN
_brief.maxlist = _brief.maxdict = _SHOWN


def explain(action: str, schema: dict[str, Any], params: Any) -> str:
    """Name the parameter of an action's request and what is wrong with it."""
    errors: list[Any] = list(Draft7Validator(schema).iter_errors(params))
    # A name that is misspelt is missing as well, and only one of the two says why.
    error = next(filter(_is_surplus, errors), None) or best_match(errors)
    # The two validators disagree, which only a bug explains; or a schema is false,
    # of which jsonschema does not say where it stands.
    if error is None or error.schema is False:
        return f"{action}() got parameters that its schema does not allow"
    path = list(error.absolute_path)
    instance: Any = error.instance
    value: Any = error.validator_value
    if not path and error.validator == "required":
        return (
            f"{action}() missing 1 required positional argument: "
            f"'{_absent(value, instance)}'"
        )
    if not path and error.validator == "additionalProperties":
        name = _surplus(error.schema, instance)
        return f"{action}() got an unexpected keyword argument '{name}'"
    return f"{_name(path)} {_wrong(error)}"


def _is_surplus(error: Any) -> bool:
    return error.validator == "additionalProperties" and not error.absolute_path


def _wrong(error: Any) -> str:
    keyword, schema = str(error.validator), error.schema
    value: Any = error.validator_value
    instance: Any = error.instance
    if keyword == "required":
        return f"must have '{_absent(value, instance)}'"
    if keyword == "additionalProperties":
        return f"must not have '{_surplus(schema, instance)}'"
    if "title" in schema:
        return f"must be {schema['title']}, not {_show(instance)}"
    if keyword == "type":
        types = [value] if isinstance(value, str) else value
        wanted = " or ".join(_TYPES[name] for name in types if name != "null")
        return f"must be {wanted or 'null'}, not {_kind(instance)}"
    if keyword == "enum":
        choices = ", ".join(_show(choice) for choice in value)
        return f"must be one of {choices}, not {_show(instance)}"
    if keyword == "const":
        return f"must be {_show(value)}, not {_show(instance)}"
    if keyword in _LIMITS:
        return f"must be {_LIMITS[keyword]} {value}, not {_show(instance)}"
    if keyword in _SIZES:
        bound, unit = _SIZES[keyword]
        return f"must have {bound} {value} {unit}, not {len(instance)}"
    if keyword == "pattern":
        return f"must match {value}, not be {_show(instance)}"
    return f"is not what the schema allows ({keyword}): {_show(instance)}"


def _absent(required: list[str], instance: dict[str, Any]) -> str:
    return next(name for name in required if name not in instance)


def _surplus(schema: dict[str, Any], instance: dict[str, Any]) -> str:
    known = schema.get("properties", {})
    return next(name for name in instance if name not in known)


def _name(path: list[Any]) -> str:
    """``["notes", 3, "fields"]`` → ``'notes[3].fields'``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return f"'{text.lstrip('.')}'"


def _kind(value: Any) -> str:
    for kind, name in (
        (bool, "boolean"),
        (int, "integer"),
        (float, "number"),
        (str, "string"),
        (list, "array"),
        (dict, "object"),
    ):
        if isinstance(value, kind):
            return _TYPES[name]
    return "null"


def _show(value: Any) -> str:
    text = _brief.repr(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
