from ankiconnect import READ, Action, hookimpl

PARAMS = {
    "type": "object",
    "properties": {"name": {"type": "string"}},
    "required": ["name"],
    "additionalProperties": False,
}
SCHEMA = {"properties": {"action": {"const": "greet"}, "params": PARAMS, "result": {}}}


@hookimpl
def ankiconnect_actions():
    return [Action(greet, READ, schema=SCHEMA)]


def greet(col, *, names):
    return names
