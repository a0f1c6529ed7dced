"""Looks at calls, refuses some, and fails on others."""

from ankiconnect import FREE, Action, ActionError, hookimpl

seen = []


@hookimpl
def ankiconnect_settings(settings):
    global own
    own = settings


@hookimpl
def ankiconnect_actions():
    params = {"type": "object", "additionalProperties": False}
    schema = {"type": "object", "properties": {"params": params, "result": {}}}
    schema["properties"]["action"] = {"const": "watchful.seen"}
    return [Action(tell, FREE, name="watchful.seen", schema=schema)]


@hookimpl
def ankiconnect_before_call(action, params):
    seen.append(["before", action])
    if params.get("deck") == own.get("forbidden"):
        raise ActionError("that deck is not yours")
    if params.get("deck") == "bug before":
        raise KeyError(action)
    if params.get("deck") == "exit before":
        raise SystemExit(1)


@hookimpl
def ankiconnect_after_call(action, params, result, error, context):
    seen.append(["after", action, error])
    assert context.host.active_profile()
    if params.get("deck") == "bug after":
        raise KeyError(action)


def tell(context):
    told = list(seen)
    del seen[:]
    return told
