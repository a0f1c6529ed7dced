"""What tests of several families need."""

import pytest
from anki import hooks
from basic_notes import add


@pytest.fixture
def clumsy_addon():
    """An add-on that makes of some notes what Anki does not take."""

    def spoil(col, note, deck_id):
        if "spoil" in note.fields[0]:
            note.fields.append("one too many")

    hooks.note_will_be_added.append(spoil)
    yield
    hooks.note_will_be_added.remove(spoil)


@pytest.fixture
def review(anki):
    """Two new cards in review, the first one's question shown; their notes."""
    anki("createDeck", deck="Review")
    notes = add(anki, "one", "two", deck="Review")
    assert anki("guiDeckReview", name="Review") is True
    return notes
