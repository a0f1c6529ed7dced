"""Actions that do what a handler should not."""

import sys
import threading
import time
from types import SimpleNamespace

import ankiconnect
from ankiconnect import FREE, GUI, READ, Action, hookimpl

released = threading.Event()
__version__ = "0.5"


@hookimpl
def ankiconnect_actions():
    return [
        _action("awkward.noJson", no_json, READ),
        _action("awkward.raises", raises, READ),
        _action("awkward.exits", exits, READ),
        _action("awkward.freezes", freezes, GUI, seconds={"type": "number"}),
        _action("awkward.waits", waits, FREE),
        _action("awkward.release", release, FREE),
        _action("awkward.brings", brings, FREE, name={"type": "string"}),
    ]


def _action(name, handler, kind, /, **params):
    schema = {
        "type": "object",
        "properties": {
            "action": {"const": name},
            "params": {
                "type": "object",
                "properties": params,
                "required": list(params),
                "additionalProperties": False,
            },
            "result": {},
        },
    }
    return Action(handler, kind, name=name, schema=schema)


def no_json(col):
    return {1, 2}


def raises(col):
    raise ValueError("/home/me/secret")


def exits(col):
    sys.exit(3)


def freezes(mw, *, seconds):
    time.sleep(seconds)
    return "back"


def waits(context):
    """For ever, but that the test has to end."""
    released.wait(120)


def release(context):
    released.set()


def brings(context, *, name):
    """A plugin that comes while the server runs."""

    @hookimpl
    def ankiconnect_actions():
        def come(col):
            return col.note_count()

        return [_action(name, come, READ)]

    plugin = SimpleNamespace(ankiconnect_actions=ankiconnect_actions, __version__="2")
    ankiconnect.register(f"brought {name}", plugin)
