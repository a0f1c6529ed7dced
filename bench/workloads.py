"""Each workload beside its floor: the same work in process, by anki itself."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Callable

import orjson
from anki.collection import AddNoteRequest, Collection
from anki.utils import ids2str
from scene import request


@dataclass(frozen=True)
class Workload:
    """One row: what is sent, and what is the least that would have to be done."""

    name: str
    floor_name: str
    #: At most so many times the floor; None where no goal is set.
    goal: float | None
    #: Makes the body of the next request.
    body: Callable[[int], bytes]
    #: Does the floor's work on the collection, for the same turn.
    floor: Callable[[Collection, int], Any]
    turns: int = 7


def workloads(col: Collection) -> Iterator[Workload]:
    """All rows that need a collection."""
    notes = col.db.list("select id from notes")
    cards = col.db.list("select id from cards")
    count = min(20_000, len(notes))
    notes, cards = notes[:count], cards[:count]
    ids = ids2str(cards)
    n = f"{count:,}"

    yield Workload(
        f"findNotes, {len(notes):,} ids or more",
        "search, orjson",
        1.5,
        lambda turn: request("findNotes", query="tag:all"),
        lambda col, turn: orjson.dumps(list(col.find_notes("tag:all"))),
    )
    yield Workload(
        f"findCards, {len(notes):,} ids or more",
        "search, orjson",
        1.5,
        lambda turn: request("findCards", query="tag:all"),
        lambda col, turn: orjson.dumps(list(col.find_cards("tag:all"))),
    )
    yield Workload(
        "addNotes of 1,000",
        "col.add_notes",
        4,
        lambda turn: request("addNotes", notes=_new_notes("http", turn)),
        _add_notes,
    )
    asked = [
        _note(f"front {number}" if number % 2 else f"never seen {number}")
        for number in range(min(1000, count))
    ]
    sums = ids2str(
        int(hashlib.sha1(note["fields"]["Front"].encode()).hexdigest()[:8], 16)
        for note in asked
    )
    yield Workload(
        f"canAddNotes of {len(asked):,}, half duplicates",
        "one select",
        4,
        lambda turn: request("canAddNotes", notes=asked),
        lambda col, turn: col.db.all(
            f"select id, csum, flds, mid from notes where csum in {sums}"
        ),
    )
    yield Workload(
        f"notesInfo of {n}",
        "two selects, orjson",
        2.5,
        lambda turn: request("notesInfo", notes=notes),
        lambda col, turn: orjson.dumps(
            [
                col.db.all(
                    "select id, mid, mod, tags, flds from notes"
                    f" where id in {ids2str(notes)}"
                ),
                col.db.all(
                    "select nid, id from cards"
                    f" where nid in {ids2str(notes)} order by nid, ord"
                ),
            ]
        ),
    )
    some = cards[:1000]
    yield Workload(
        f"cardsInfo of {len(some):,}",
        "rendering both sides",
        2,
        lambda turn: request("cardsInfo", cards=some),
        lambda col, turn: [
            (card.question(), card.answer()) for card in map(col.get_card, some)
        ],
        turns=3,
    )
    for action, floor in (
        ("areSuspended", f"select id, queue from cards where id in {ids}"),
        ("getDecks", f"select id, did, odid from cards where id in {ids}"),
        (
            "getIntervals",
            "select id, type, (select ivl from revlog where cid = cards.id"
            f" order by id desc limit 1) from cards where id in {ids}",
        ),
        ("areDue", f"select id, type, queue, due from cards where id in {ids}"),
    ):
        yield Workload(
            f"{action} of {n}",
            "one select",
            3,
            lambda turn, action=action: request(action, cards=cards),
            lambda col, turn, floor=floor: col.db.all(floor),
        )
    files = [base64.b64encode(os.urandom(16 * 1024 * 1024)).decode() for _ in range(3)]
    yield Workload(
        "storeMediaFile of 16 MiB",
        "base64, Anki's write",
        3,
        lambda turn: request(
            "storeMediaFile", filename=f"http{turn}.bin", data=files[turn % 3]
        ),
        lambda col, turn: col.media.write_data(
            f"floor{turn}.bin", base64.b64decode(files[turn % 3])
        ),
        turns=3,
    )
    queries = [f"front:{number}*" for number in range(100)]
    yield Workload(
        "multi of 100 findNotes",
        "100 searches",
        3,
        lambda turn: request(
            "multi",
            actions=[
                {"action": "findNotes", "version": 6, "params": {"query": query}}
                for query in queries
            ],
        ),
        lambda col, turn: [list(col.find_notes(query)) for query in queries],
        turns=3,
    )


def _note(front: str) -> dict[str, Any]:
    return {
        "deckName": "Deck 1",
        "modelName": "Basic",
        "fields": {"Front": front, "Back": "some back"},
        "tags": ["new"],
    }


def _new_notes(label: str, turn: int) -> list[dict[str, Any]]:
    return [_note(f"{label} {turn} {number}") for number in range(1000)]


def _add_notes(col: Collection, turn: int) -> None:
    basic = col.models.by_name("Basic")
    assert basic is not None
    deck = col.decks.id_for_name("Deck 1")
    assert deck is not None
    requests = []
    for raw in _new_notes("floor", turn):
        note = col.new_note(basic)
        note.fields = list(raw["fields"].values())
        note.tags = raw["tags"]
        requests.append(AddNoteRequest(note, deck))
    col.add_notes(requests)
