"""A note's fields and tags as they come from the wire."""

from __future__ import annotations

from typing import Any

from anki.utils import strip_html_media

from ankiconnect.errors import ActionError


def field_positions(note_type: dict[str, Any]) -> dict[str, int]:
    """Where each field stands, by its name in lower case."""
    return {field["name"].lower(): field["ord"] for field in note_type["flds"]}


def set_fields(
    fields: list[str], positions: dict[str, int], raw: Any, type_name: str | None = None
) -> None:
    """Fill in a note's fields by their names in any case.

    Without the note type's name, fields that it does not have are ignored.
    """
    for name, value in expect(raw, dict, "fields", "an object").items():
        position = positions.get(name.lower())
        if position is None:
            if type_name is None:
                continue
            raise ActionError(f"field was not found in {type_name}: {name}")
        if type(value) is str:
            fields[position] = value
        elif value is not None:
            expect(value, str, f"fields.{name}", "a string")


def tags_of(raw: Any) -> list[str]:
    """A list of tags as it came, without empty ones."""
    if raw is None:
        return []
    try:
        # A tag with a space in it would be two.
        joined = " ".join(raw) if isinstance(raw, list) else None
    except TypeError:
        joined = None
    if joined is None:
        raise ActionError("Must provide tags as a list of strings")
    return [tag for tag in joined.replace("\u3000", " ").split(" ") if tag]


def bare(text: str) -> str:
    """A first field as Anki compares it."""
    # Anki's own costs ten times as much where there is nothing to strip.
    return strip_html_media(text) if "<" in text or "&" in text else text


def expect(value: Any, kind: type, name: str, wanted: str) -> Any:
    """The value, or an error that names it."""
    if not isinstance(value, kind):
        raise ActionError(f"'{name}' must be {wanted}")
    return value
