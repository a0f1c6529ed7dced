"""Anki's review log, which its undo knows nothing of."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ankiconnect.errors import ActionError
from ankiconnect.kit.lookup import select

if TYPE_CHECKING:
    from anki.collection import Collection

#: In the order in which the wire has them.
COLUMNS = ("id", "cid", "usn", "ease", "ivl", "lastIvl", "factor", "time", "type")
#: What Anki can read back; one row with another value, and it reads none.
_ID, _BYTE, _COUNT = (1, 2**53), (0, 255), (0, 2**31 - 1)
_RANGES = {
    **{"id": _ID, "cid": _ID, "usn": (-1, 2**31 - 1)},
    **{"ease": _BYTE, "type": _BYTE, "factor": _COUNT, "time": _COUNT},
    **dict.fromkeys(("ivl", "lastIvl"), (-(2**31), 2**31 - 1)),
}


def insert(col: Collection, reviews: list[list[int]]) -> None:
    """Insert rows, all of them or none."""
    if not reviews:
        return
    for review in reviews:
        for column, value in zip(COLUMNS, review):
            least, most = _RANGES[column]
            if not least <= value <= most:
                raise ActionError(f"review {review[0]}: {column} cannot be {value}")
    times = Counter(review[0] for review in reviews)
    ((review_id, count),) = times.most_common(1)
    if count > 1:
        raise ActionError(f"review {review_id} is given {count} times")
    for (review_id,) in select(col, "select id from revlog where id in {ids}", times):
        raise ActionError(f"review {review_id} is there already")
    assert col.db is not None
    values = ", ".join("?" * len(COLUMNS))
    statement = f"insert into revlog ({', '.join(COLUMNS)}) values ({values})"
    col.db.executemany(statement, reviews)
