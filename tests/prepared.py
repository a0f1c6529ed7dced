"""A collection in which every example of every schema has what it asks for.

`prepare(col)` runs on a headless collection and, by its source, inside Anki;
so it needs nothing but anki. Ids are the seed's own.
"""

import base64

NOTES = (
    1483959289817,
    1483959291695,
    1502098025183,
    1502098029797,
    1502298033753,
    1514547547030,
    1514547547031,
    1514547547032,
)
#: Card → the note that it becomes a card of.
CARDS = {
    1483959291685: 1483959289817,
    1483959293217: 1483959291695,
    1502098034045: 1502098025183,
    1502098034048: 1502098029797,
    1498938915662: 1502298033753,
    1502298036657: 1514547547030,
    1502298033753: 1514547547031,
    1502032366472: 1514547547032,
}
#: Card → the intervals of its reviews, in days or negative seconds.
REVIEWS = {
    1502298033753: (-120, -180, -240, -300, -360, -14400),
    1502298036657: (-120, -180, -240, -300, -360, -14400, 1, 3),
}
#: The note type Custom.
NOTE_TYPE = 1551462107104
DECKS = ("Japanese::JLPT N3", "Japanese::JLPT N5", "Easy Spanish")


def prepare(col):
    """Fill an empty collection."""
    for name in DECKS:
        col.decks.add_normal_deck_with_name(name)
    custom = col.models.new("Custom")
    for name in ("Question", "Answer"):
        col.models.add_field(custom, col.models.new_field(name))
    template = col.models.new_template("Card 1")
    template.update(qfmt="{{Question}}", afmt="{{Answer}}")
    col.models.add_template(custom, template)
    custom_id = col.models.add_dict(custom).id
    for table, column in ("notetypes", "id"), ("fields", "ntid"), ("templates", "ntid"):
        col.db.execute(
            f"update {table} set {column} = ? where {column} = ?", NOTE_TYPE, custom_id
        )
    basic = col.models.by_name("Basic")
    for note_id in NOTES:
        note = col.new_note(basic)
        note.fields = [f"front {note_id}", f"back {note_id}"]
        note.tags = ["european-languages"]
        col.add_note(note, 1)
        card_id = note.card_ids()[0]
        col.db.execute("update notes set id = ? where id = ?", note_id, note.id)
        col.db.execute("update cards set nid = ? where id = ?", note_id, card_id)
        for wanted, of_note in CARDS.items():
            if of_note == note_id:
                col.db.execute("update cards set id = ? where id = ?", wanted, card_id)
    row = 1502298040000
    for card_id, intervals in REVIEWS.items():
        for interval in intervals:
            row += 1
            col.db.execute(
                "insert or replace into revlog"
                " values (?, ?, -1, 3, ?, 0, 2500, 4000, 0)",
                *(row, card_id, interval),
            )
    deck = col.decks.id_for_name("Japanese::JLPT N3")
    col.set_deck([1502298033753, 1502298036657], deck)
    col.media.write_data("_hello.txt", base64.b64decode("SGVsbG8sIHdvcmxkIQ=="))
