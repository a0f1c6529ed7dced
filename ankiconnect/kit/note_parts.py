"""A note's fields and tags as they come from the wire."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from anki.utils import strip_html_media

from ankiconnect.errors import ActionError

#: What Anki takes out of every field that it stores.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def field_positions(note_type: dict[str, Any]) -> dict[str, int]:
    """Where each field stands, by its name in lower case."""
    return {field["name"].lower(): field["ord"] for field in note_type["flds"]}


def find_position(positions: dict[str, int], name: str) -> int | None:
    """Where a field stands, by its name or what Anki made of that."""
    position = positions.get(name.lower())
    return positions.get(stored_name(name).lower()) if position is None else position


def stored_name(name: str) -> str:
    """The name of a field or a template as Anki stores it."""
    return unicodedata.normalize("NFC", name.replace('"', "").strip())


def stored_text(text: str, *, normalize: bool) -> str:
    """A field's text as Anki stores it, and compares it."""
    text = _CONTROL.sub("", text)
    return unicodedata.normalize("NFC", text) if normalize else text


def set_fields(
    fields: list[str], positions: dict[str, int], raw: Any, type_name: str | None = None
) -> None:
    """Fill in a note's fields by their names in any case.

    Without the note type's name, fields that it does not have are ignored.
    """
    for name, value in expect(raw, dict, "fields", "an object").items():
        position = find_position(positions, name)
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
