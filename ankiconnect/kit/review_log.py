"""Anki's review log, which its undo knows nothing of."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

from ankiconnect.errors import ActionError
from ankiconnect.kit.lookup import select

if TYPE_CHECKING:
    from anki.collection import Collection

#: In the order in which the wire has them.
COLUMNS = ("id", "cid", "usn", "ease", "ivl", "lastIvl", "factor", "time", "type")
_RESCHEDULED = 5
#: Anki's own check moves what is further off in the future, in seconds.
_AHEAD = 86_400


def insert(col: Collection, reviews: list[list[int]]) -> None:
    """Insert rows, all of them or none."""
    if not reviews:
        return
    times = Counter(review[0] for review in reviews)
    earliest, latest = min(times), max(times)
    if earliest <= 0:
        raise ActionError(f"review {earliest} is before any time")
    if latest > (time.time() + _AHEAD) * 1000:
        raise ActionError(f"review {latest} is in the future")
    ((review_id, count),) = times.most_common(1)
    if count > 1:
        raise ActionError(f"review {review_id} is given {count} times")
    for (review_id,) in select(col, "select id from revlog where id in {ids}", times):
        raise ActionError(f"review {review_id} is there already")
    assert col.db is not None
    values = ", ".join("?" * len(COLUMNS))
    statement = f"insert into revlog ({', '.join(COLUMNS)}) values ({values})"
    col.db.executemany(statement, map(_as_anki_has_it, reviews))


def _as_anki_has_it(review: list[int]) -> list[int]:
    *rest, kind = review
    ease, took = review[3], review[7]
    # Without a button and in no time, nothing was learnt; Anki's own check
    # makes the same of such a row.
    return [*rest, _RESCHEDULED if ease == took == kind == 0 else kind]
