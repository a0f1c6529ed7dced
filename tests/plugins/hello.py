"""The smallest plugin."""

from ankiconnect import READ, Action, hookimpl

SCHEMA = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "properties": {
        "action": {"const": "hello"},
        "params": {
            "type": "object",
            "properties": {"name": {"type": "string"}},
            "required": ["name"],
            "additionalProperties": False,
        },
        "result": {"type": "string"},
    },
}


@hookimpl
def ankiconnect_actions():
    return [Action(hello, READ, schema=SCHEMA)]


def hello(col, *, name):
    return f"Hello {name}, you have {col.note_count()} notes"
