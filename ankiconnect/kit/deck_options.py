"""Deck option groups, as Anki's old format has them and the wire still does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ankiconnect.errors import ActionError

if TYPE_CHECKING:
    from anki.collection import Collection

#: What Anki sets itself whenever a group is saved.
_ANKIS_OWN = ("id", "mod", "usn")
_LARGEST = 2**31 - 1


def find_group(col: Collection, group_id: Any) -> dict[str, Any] | None:
    """The group with that id.

    Anki's own look-up answers the default group for an id that is not there,
    and saving such a group would make one.
    """
    try:
        number = int(group_id)
    except (TypeError, ValueError, OverflowError):
        return None
    return next(
        (group for group in col.decks.all_config() if group["id"] == number), None
    )


def updated(group: dict[str, Any], config: dict[str, Any]) -> dict[str, Any]:
    """A group with what a client's config says of it.

    One value of a wrong type would make Anki take its own defaults for a whole
    section, without a word.
    """
    given = {key: value for key, value in config.items() if key not in _ANKIS_OWN}
    merged: dict[str, Any] = _fit(group, given, "config")
    return merged


def _fit(current: Any, given: Any, name: str) -> Any:
    """The given value in the type that the current one has."""
    if isinstance(current, dict):
        if not isinstance(given, dict):
            raise _wrong(name, "an object")
        merged = dict(current)
        for key, value in given.items():
            if key not in current:
                merged[key] = value
            elif value is not None:
                merged[key] = _fit(current[key], value, f"{name}.{key}")
        return merged
    if isinstance(current, list):
        if not isinstance(given, list):
            raise _wrong(name, "an array")
        # Every list of a group is one of numbers.
        like = current[0] if current else 0.0
        return [_fit(like, item, f"{name}[{at}]") for at, item in enumerate(given)]
    if isinstance(current, str):
        if not isinstance(given, str):
            raise _wrong(name, "a string")
        return given
    if isinstance(current, bool):
        # Some clients have no booleans.
        if given not in (0, 1):
            raise _wrong(name, "a boolean")
        return bool(given)
    if not isinstance(given, (int, float)):
        raise _wrong(name, "a number")
    if isinstance(current, int):
        if given != given // 1 or not 0 <= given <= _LARGEST:
            raise _wrong(name, "a whole number, not negative")
        return int(given)
    return given


def _wrong(name: str, wanted: str) -> ActionError:
    return ActionError(f"'{name}' must be {wanted}")
