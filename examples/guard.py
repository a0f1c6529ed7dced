"""Lets each website use only the actions that the settings name for it."""

import logging

from ankiconnect import ActionError, hookimpl

log = logging.getLogger("ankiconnect.guard")


@hookimpl
def ankiconnect_settings(settings):
    global allowed
    allowed = settings


@hookimpl
def ankiconnect_before_call(action, context):
    origin = context.caller.origin
    if origin in allowed and action not in allowed[origin]:
        raise ActionError(f"{origin} may not use {action}")


@hookimpl
def ankiconnect_after_call(action, error):
    log.info("%s: %s", action, error or "done")
