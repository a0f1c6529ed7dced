"""Many single operations within one undo step."""

from __future__ import annotations

from contextlib import suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING

from anki.errors import InvalidInput

if TYPE_CHECKING:
    from anki.collection import Collection

#: The step of the WRITE that runs now.
current_step: ContextVar[int] = ContextVar("current_step")

#: Anki's undo queue holds 30 steps; a handler that makes more operations than
#: that calls merge_step after every so many.
MERGE_EVERY = 20


def merge_step(col: Collection) -> None:
    """Merge what this WRITE did so far into its undo step."""
    # An operation that fails empties Anki's undo queue, the step included.
    with suppress(InvalidInput):
        col.merge_undo_entries(current_step.get())
