"""Brings its actions when a profile is opened, if AnkiConnect is there."""

from aqt import gui_hooks


def bring():
    try:
        import ankiconnect
    except ImportError:
        return
    from . import actions

    ankiconnect.register("zz_late", actions)
    gui_hooks.profile_did_open.remove(bring)


gui_hooks.profile_did_open.append(bring)
