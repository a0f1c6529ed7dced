"""AnkiConnect: other programs drive Anki over HTTP.

What a plugin needs stands here: ``hookimpl``, ``Action``, the kinds of action,
and ``ActionError`` for what a client is to read.
"""

from ankiconnect.action import BATCH, FREE, GUI, HOST, READ, WRITE, Action
from ankiconnect.errors import ActionError
from ankiconnect.hookspecs import hookimpl
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
]
