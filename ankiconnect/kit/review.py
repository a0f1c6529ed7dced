"""Anki's reviewer, as far as others change what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anki.scheduler.v3 import Scheduler

from ankiconnect.kit.lookup import rows

if TYPE_CHECKING:
    from aqt.main import AnkiQt

#: The reviewer's state from an answer to the next card.
ANSWERED = "transition"


def take_in_changes(mw: AnkiQt) -> None:
    """Have it show what changed meanwhile, as Anki does once its window is in front.

    What does not concern the card that is shown leaves it as it is, its answer
    included: another client may have added a note.
    """
    from aqt.reviewer import RefreshNeeded

    reviewer = mw.reviewer
    if reviewer.state == ANSWERED:
        return
    if reviewer.card is not None:
        sql = "select queue from cards where id = ?"
        queues = [queue for (queue,) in rows(mw.col, sql, reviewer.card.id)]
        if not queues or queues[0] < 0:
            # Anki remembers only the last change, and this may not have been it.
            reviewer._refresh_needed = RefreshNeeded.QUEUES
        elif reviewer._refresh_needed is RefreshNeeded.QUEUES and _is_next(mw):
            reviewer._refresh_needed = RefreshNeeded.NOTE_TEXT
    reviewer.refresh_if_needed()


def _is_next(mw: AnkiQt) -> bool:
    """Whether the card that is shown is still the one to review now, as it was."""
    scheduler, shown = mw.col.sched, mw.reviewer._v3
    assert isinstance(scheduler, Scheduler)
    due = scheduler.get_queued_cards().cards
    return bool(due and shown is not None and due[0].card == shown.top_card().card)
