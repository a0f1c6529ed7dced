"""What is brought late."""

from ankiconnect import READ, Action, hookimpl

PARAMS = {"type": "object", "additionalProperties": False}
RESULT = {"type": "integer"}
SCHEMA = {
    "properties": {"action": {"const": "zz.late"}, "params": PARAMS, "result": RESULT}
}


@hookimpl
def ankiconnect_actions():
    return [Action(late, READ, name="zz.late", schema=SCHEMA)]


def late(col):
    return col.card_count()
