from ankiconnect import READ, Action, hookimpl


@hookimpl
def ankiconnect_actions():
    return [Action(hello, READ, name="example.hello", schema=HELLO)]


def hello(col, *, name):
    return f"Hello {name}, you have {col.note_count()} notes"


HELLO = {
    "description": "Greets somebody, and says how many notes there are.",
    "type": "object",
    "properties": {
        "action": {"const": "example.hello"},
        "params": {
            "type": "object",
            "properties": {"name": {"description": "Whom to greet.", "type": "string"}},
            "required": ["name"],
            "additionalProperties": False,
        },
        "result": {"type": "string"},
    },
    "examples": [
        {
            "action": "example.hello",
            "params": {"name": "Ada"},
            "result": "Hello Ada, you have 0 notes",
        }
    ],
}
