"""What tests of several families need."""

import pytest
from anki import hooks


@pytest.fixture
def clumsy_addon():
    """An add-on that makes of some notes what Anki does not take."""

    def spoil(col, note, deck_id):
        if "spoil" in note.fields[0]:
            note.fields.append("one too many")

    hooks.note_will_be_added.append(spoil)
    yield
    hooks.note_will_be_added.remove(spoil)
