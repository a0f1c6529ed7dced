"""Says of every call whether its schema allows it, and runs none, once it is on."""

from ankiconnect import FREE, Action, ActionError, hookimpl

PARAMS = {
    "type": "object",
    "properties": {"on": {"type": "boolean"}},
    "required": ["on"],
    "additionalProperties": False,
}
SCHEMA = {
    "properties": {"action": {"const": "verdict.only"}, "params": PARAMS, "result": {}}
}
is_on = False


@hookimpl
def ankiconnect_actions():
    return [Action(only, FREE, name="verdict.only", schema=SCHEMA)]


@hookimpl
def ankiconnect_before_call(action):
    if is_on and action != "verdict.only":
        raise ActionError("its schema allows it")


def only(context, *, on):
    global is_on
    is_on = on
