"""Each workload beside its floor: the same work in process, by anki itself."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Callable

import orjson
from anki.collection import AddNoteRequest, Collection
from anki.utils import field_checksum, ids2str
from scene import request


@dataclass(frozen=True)
class Workload:
    """One row: what is sent, and what is the least that would have to be done."""

    #: What it is, whatever the collection's size.
    label: str
    #: How many of what it is asked for, and in words.
    items: int
    count: str
    floor_name: str
    #: At most so many times the floor; None where no goal is set.
    goal: float | None
    #: Makes the body of the next request.
    body: Callable[[int], bytes]
    #: Does the floor's work on the collection, for the same turn.
    floor: Callable[[Collection, int], Any]
    turns: int = 7

    @property
    def name(self) -> str:
        """What its row is called."""
        return f"{self.label} {self.count}".strip()


def workloads(col: Collection) -> Iterator[Workload]:
    """All rows that need a collection."""
    all_notes = col.db.list("select id from notes")
    count = min(20_000, len(all_notes))
    notes = all_notes[:count]
    cards = col.db.list("select id from cards limit ?", count)
    ids = ids2str(cards)

    yield Workload(
        "findNotes",
        len(all_notes),
        f"of {len(all_notes):,}",
        "search, orjson",
        1.5,
        lambda turn: request("findNotes", query="tag:all"),
        lambda col, turn: orjson.dumps(list(col.find_notes("tag:all"))),
    )
    yield Workload(
        "findCards",
        len(all_notes),
        f"of {len(all_notes):,}",
        "search, orjson",
        1.5,
        lambda turn: request("findCards", query="tag:all"),
        lambda col, turn: orjson.dumps(list(col.find_cards("tag:all"))),
    )
    yield Workload(
        "addNotes",
        1000,
        "of 1,000",
        "col.add_notes",
        4,
        lambda turn: request("addNotes", notes=_new_notes("http", turn)),
        _add_notes,
    )
    asked = asked_notes(min(1000, count))
    alike = query_of_alike(asked)
    yield Workload(
        "canAddNotes",
        len(asked),
        f"of {len(asked):,}, half duplicates",
        "one select",
        4,
        lambda turn: request("canAddNotes", notes=asked),
        lambda col, turn: col.db.all(alike),
    )
    yield Workload(
        "notesInfo",
        count,
        f"of {count:,}",
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
        "cardsInfo",
        len(some),
        f"of {len(some):,}",
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
            action,
            count,
            f"of {count:,}",
            "one select",
            3,
            lambda turn, action=action: request(action, cards=cards),
            lambda col, turn, floor=floor: col.db.all(floor),
        )
    yield _upload(16, 3)
    yield _upload(64, None)
    queries = [f"front:{number}*" for number in range(100)]
    yield Workload(
        "multi",
        len(queries),
        f"of {len(queries)} findNotes",
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


def _upload(mebibytes: int, goal: float | None) -> Workload:
    files = [base64.b64encode(os.urandom(mebibytes << 20)).decode() for _ in range(3)]
    return Workload(
        f"storeMediaFile of {mebibytes} MiB",
        mebibytes,
        "",
        "base64, Anki's write",
        goal,
        lambda turn: request(
            "storeMediaFile", filename=f"http{turn}.bin", data=files[turn % 3]
        ),
        lambda col, turn: col.media.write_data(
            f"floor{turn}.bin", base64.b64decode(files[turn % 3])
        ),
        turns=3,
    )


def asked_notes(count: int) -> list[dict[str, Any]]:
    """Notes to ask about: every other one is there."""
    return [
        _note(f"front {number}" if number % 2 else f"never seen {number}")
        for number in range(count)
    ]


def query_of_alike(asked: list[dict[str, Any]]) -> str:
    """The query for notes that have the same first fields."""
    sums = ids2str(field_checksum(note["fields"]["Front"]) for note in asked)
    return f"select id, csum, flds, mid from notes where csum in {sums}"


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
