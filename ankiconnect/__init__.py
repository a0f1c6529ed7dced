"""AnkiConnect: other programs drive Anki over HTTP.

What a plugin needs stands here: ``hookimpl``, ``Action``, the kinds of action,
``ActionError`` for what a client is to read, and ``register`` for a plugin that
comes while the server runs.
"""

from ankiconnect.action import BATCH, FREE, GUI, HOST, READ, WRITE, Action
from ankiconnect.errors import ActionError
from ankiconnect.hookspecs import hookimpl
from ankiconnect.late import register
from ankiconnect.protocol import API_VERSION

__version__ = "0.1.0"

__all__ = [
    "API_VERSION",
    "BATCH",
    "FREE",
    "GUI",
    "HOST",
    "READ",
    "WRITE",
    "Action",
    "ActionError",
    "hookimpl",
    "register",
]
