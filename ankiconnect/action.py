"""What an action is: a handler, and where it runs."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Union


class Kind(enum.Enum):
    """Where a handler runs, and what it is given as its first argument."""

    READ = "a query, off the main thread: handler(col, …)"
    WRITE = "a change, off the main thread, one undo step: handler(col, …)"
    GUI = "on Anki's main thread: handler(mw, …) returns a result or its Future"
    HOST = "on the caller's own thread: handler(host, …)"
    FREE = "on the caller's own thread: handler(context, …)"
    BATCH = "handler(…) returns requests; the replies to them are the result"


READ = Kind.READ
WRITE = Kind.WRITE
GUI = Kind.GUI
HOST = Kind.HOST
FREE = Kind.FREE
BATCH = Kind.BATCH

#: A schema as such, or the file that holds it.
SchemaSource = Union[dict[str, Any], str, Path]


@dataclass(frozen=True)
class Action:
    """One action: its handler and kind; its name on the wire is computed.

    The handler's keyword-only arguments are the wire's parameters. Of the rest:

    - ``name``: the wire name where it cannot be computed from the handler's,
      as that of a stranger's action: ``vendor.action``;
    - ``prepare``: called as ``prepare(context, **params)`` before the
      collection is taken, for slow work such as downloads; what it returns
      is the handler's second positional argument;
    - ``spent``: optional parameters that only ``prepare`` needs; it is the last
      to see them, so that what is large can go;
    - ``schema``: a dict or a file; by default a file beside the handler's module;
    - ``open_to_all``: answered without a key and for every origin;
    - ``formerly``: ``(name, version)``, an older name that requests up to that
      API version may still use;
    - ``versions``: ``(since, until)``, the API versions whose requests may use
      it, both included; ``None`` leaves an end open.
    """

    handler: Callable[..., Any]
    kind: Kind
    name: str = ""
    prepare: Callable[..., Any] | None = None
    spent: tuple[str, ...] = ()
    schema: SchemaSource | None = None
    open_to_all: bool = False
    formerly: tuple[str, int] | None = None
    versions: tuple[int | None, int | None] = (None, None)

    def __post_init__(self) -> None:
        if not self.name:
            object.__setattr__(self, "name", wire_name(self.handler.__name__))


def wire_name(python_name: str) -> str:
    """``create_deck`` → ``createDeck``."""
    return re.sub(r"_+([a-z0-9])", lambda match: match[1].upper(), python_name)
