from ankiconnect import FREE, Action, hookimpl

from .parts import PARAMS

__version__ = "1.1"


@hookimpl
def ankiconnect_actions():
    action, result = {"const": "aa.first"}, {"type": "string"}
    properties = {"action": action, "params": PARAMS, "result": result}
    schema = {"type": "object", "properties": properties}
    return [Action(first, FREE, name="aa.first", schema=schema)]


def first(context):
    return "first"
