import pytest

pytest_plugins = ["ankiconnect.testing"]


@pytest.fixture(autouse=True)
def filtered_decks(load_plugin, col):
    load_plugin("ankiconnect_plugin.py", name="filtered_decks")
    note = col.new_note(col.models.by_name("Basic"))
    note.fields = ["front", "back"]
    col.add_note(note, deck_id=1)


def test_create_moves_the_cards_that_are_found(call, col):
    deck_id = call("filtered.create", deck="Cram", search="front")
    assert col.find_cards("deck:Cram")
    assert col.decks.name(deck_id) == "Cram"
    assert col.undo_status().undo == "filtered.create"


def test_rebuild_counts_and_empty_takes_the_cards_back(call, col):
    call("filtered.create", deck="Cram", search="front")
    call("filtered.empty", deck="Cram")
    assert not col.find_cards("deck:Cram")
    assert call("filtered.rebuild", deck="Cram") == 1


def test_what_is_no_filtered_deck_is_refused(call):
    assert call.error("filtered.empty", deck="Default") == (
        "there is no filtered deck Default"
    )
