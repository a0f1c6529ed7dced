"""A parameter that fails its schema is named, with what is wrong with it."""

import pytest

from ankiconnect.explain import explain

SCHEMA = {
    "type": "object",
    "properties": {
        "deck": {"type": "string"},
        "ids": {"type": "array", "items": {"title": "an id", "type": "integer"}},
        "note": {
            "type": "object",
            "properties": {
                "fields": {
                    "type": "object",
                    "additionalProperties": {"type": "string"},
                },
                "scope": {"enum": ["deck", "collection"]},
                "ease": {"type": ["integer", "null"], "minimum": 1, "maximum": 4},
                "tags": {"type": "array", "minItems": 1},
                "day": {"type": "string", "pattern": "^[0-9]+$"},
                "never": False,
            },
            "required": ["fields"],
            "additionalProperties": False,
        },
    },
    "required": ["deck"],
    "additionalProperties": False,
}


def _note(**members):
    return {"deck": "d", "note": {"fields": {}, **members}}


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (_note(never=1), "act() got parameters that its schema does not allow"),
        ({}, "act() missing 1 required positional argument: 'deck'"),
        ({"dekc": "d"}, "act() got an unexpected keyword argument 'dekc'"),
        ({"deck": "d", "x": 1}, "act() got an unexpected keyword argument 'x'"),
        ({"deck": 5}, "'deck' must be a string, not an integer"),
        ({"deck": None}, "'deck' must be a string, not null"),
        ({"deck": True}, "'deck' must be a string, not a boolean"),
        ({"deck": "d", "ids": [1, "a"]}, "'ids[1]' must be an id, not 'a'"),
        ({"deck": "d", "note": []}, "'note' must be an object, not an array"),
        ({"deck": "d", "note": {}}, "'note' must have 'fields'"),
        (
            _note(fields={"Front": 5}),
            "'note.fields.Front' must be a string, not an integer",
        ),
        (_note(colour=1), "'note' must not have 'colour'"),
        (
            _note(scope="all"),
            "'note.scope' must be one of 'deck', 'collection', not 'all'",
        ),
        (_note(ease=5), "'note.ease' must be at most 4, not 5"),
        (_note(ease="x"), "'note.ease' must be an integer, not a string"),
        (_note(tags=[]), "'note.tags' must have at least 1 entries, not 0"),
        (
            _note(day="x" * 99),
            "'note.day' must match ^[0-9]+$, not be '" + "x" * 59 + "…",
        ),
    ],
)
def test_message(params, message):
    assert explain("act", SCHEMA, params) == message
