"""How long Anki's main thread is kept from its event loop.

A timer that only looks at the clock: a tick that comes late was held up. It
does not touch the collection, or it would wait for whoever has that.
"""

import time

from aqt.qt import QTimer, qconnect

from ankiconnect import GUI, Action, hookimpl

EVERY = 0.002
ticks = []
timer = None


@hookimpl
def ankiconnect_actions():
    return [
        Action(probe_start, GUI, schema=_schema("probeStart")),
        Action(probe_stop, GUI, schema=_schema("probeStop")),
    ]


def _schema(name):
    params = {"type": "object", "properties": {}, "additionalProperties": False}
    return {"properties": {"action": {"const": name}, "params": params, "result": {}}}


def probe_start(mw):
    """Start to listen to the event loop."""
    global timer
    ticks.clear()
    timer = QTimer(mw)
    timer.setInterval(int(EVERY * 1000))
    qconnect(timer.timeout, lambda: ticks.append(time.perf_counter()))
    timer.start()


def probe_stop(mw):
    """The longest waits between two ticks, in milliseconds, longest first."""
    timer.stop()
    gaps = [late - early - EVERY for early, late in zip(ticks, ticks[1:])]
    return [round(gap * 1000, 1) for gap in sorted(gaps, reverse=True)[:5]]
