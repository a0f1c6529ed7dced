"""Changes as Anki's undo sees them: one step a request, nothing of a failure."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Callable

from anki.collection import OpChanges
from anki.errors import InvalidInput

from ankiconnect.errors import ActionError
from ankiconnect.hosts import Job
from ankiconnect.kit.steps import current_step

if TYPE_CHECKING:
    from anki.collection import Collection

log = logging.getLogger(__name__)

NO_COLLECTION = "collection is not available"


class Steps:
    """The undo step that all changes of one request become.

    ``changes`` is what Anki's windows have to refresh by.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.changes = OpChanges()
        self._target: int | None = None

    def run(self, col: Collection | None, jobs: Sequence[Job]) -> None:
        """Run jobs in order; each that fails is taken back alone."""
        if col is not None and col.db is not None and self._target is not None:
            # Between two parts of a batch somebody else may have worked.
            if col.undo_status().last_step != self._target:
                self._target = None
        for job in jobs:
            try:
                if col is None or col.db is None:
                    raise ActionError(NO_COLLECTION)
                if job.writes:
                    self._write(col, job.run)
                else:
                    job.run(col)
            except Exception as raised:
                # Closed under way, by the user; what came of that is no bug.
                closed = col is not None and col.db is None
                job.fail(ActionError(NO_COLLECTION) if closed else raised)

    def _write(self, col: Collection, change: Callable[[Collection], None]) -> None:
        """Make a change in one transaction; of a failed one nothing stays.

        Undo takes a failed one back, and the user's own history with it stays
        as it was. But when an operation of Anki's fails, it empties its undo
        queue, and then only the transaction knows what was there before.
        """
        taken_back: list[Exception] = []

        def attempt() -> None:
            own = col.add_custom_undo_entry(self.name)
            token = current_step.set(own)
            try:
                change(col)
            except Exception as error:
                if self._merge(col, own) is None:
                    raise
                _drop_last(col)
                taken_back.append(error)
            else:
                self._keep(col, own)
            finally:
                current_step.reset(token)

        assert col.db is not None
        try:
            col.db.transact(attempt)
        except Exception:
            # Anki's own copies of note types may have what is no more.
            col.models._clear_cache()
            raise
        if taken_back:
            raise taken_back[0]

    def _keep(self, col: Collection, own: int) -> None:
        """Make a change that was made part of the step."""
        changes = self._merge(col, own)
        if changes is None:
            return
        if not col.op_made_changes(changes):
            _drop_last(col)
            return
        if self._target is None:
            self._target = own
        else:
            changes = self._merge(col, self._target)
        if changes is not None:
            _unite(self.changes, changes)

    def _merge(self, col: Collection, step: int) -> OpChanges | None:
        """Merge all that was done since the step began into it."""
        try:
            return col.merge_undo_entries(step)
        except InvalidInput:
            # Some changes empty the undo queue. They stand; what they
            # touched is not known, so that windows refresh in full.
            self._target = None
            for field in self.changes.DESCRIPTOR.fields:
                if field.name != "kind":
                    setattr(self.changes, field.name, True)
            return None


def _drop_last(col: Collection) -> None:
    """Take the last step back for good."""
    col.undo()
    # Or Redo would offer it; an update of nothing empties Redo and adds no step.
    col.update_notes([])


def _unite(total: OpChanges, changes: OpChanges) -> None:
    for field in total.DESCRIPTOR.fields:
        if field.name != "kind" and getattr(changes, field.name):
            setattr(total, field.name, True)
