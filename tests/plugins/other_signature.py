from hello import SCHEMA

from ankiconnect import READ, Action, hookimpl


@hookimpl
def ankiconnect_actions():
    return [Action(hello, READ, schema=SCHEMA)]


def hello(col, *, names):
    return names
