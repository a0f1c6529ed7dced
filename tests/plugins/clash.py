from hello import SCHEMA

from ankiconnect import READ, Action, hookimpl


@hookimpl
def ankiconnect_actions():
    return [Action(fine, READ, schema=_named("fine")), Action(version, READ)]


def _named(name):
    properties = {**SCHEMA["properties"], "action": {"const": name}}
    return {**SCHEMA, "properties": properties}


def fine(col, *, name):
    return name


def version(col):
    return 7
