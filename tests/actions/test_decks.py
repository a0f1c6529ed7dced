"""Decks and their option groups, driven from outside."""

from __future__ import annotations

import copy

import pytest
from anki.decks import DeckId
from scheduling import NOBODY, column, filtered_card, keep_day, new_card, review_card
from servers import result_in

UNKNOWN = "No such deck"


@pytest.fixture
def col(col):
    keep_day(col)
    return col


def names(col):
    return [deck.name for deck in col.decks.all_names_and_ids()]


def home(col, card_id):
    """The names of the deck that a card is in, and of its home if that is another."""
    deck_ids = column(col, card_id, "did"), column(col, card_id, "odid")
    return [col.decks.name(deck_id) for deck_id in deck_ids if deck_id]


def group_used(col, deck):
    """The options that Anki's scheduler takes for a deck."""
    return col.decks.config_dict_for_deck_id(col.decks.id_for_name(deck))


def groups(col):
    return sorted((group["id"], group["name"]) for group in col.decks.all_config())


# deckNames, deckNamesAndIds


def test_deck_names_has_all_decks_the_empty_default_too(call, col):
    assert call("deckNames") == ["Default"]
    call("createDeck", deck="b::c")
    filtered = f"Filtered {filtered_card(col, new_card(col))}"
    assert sorted(call("deckNames")) == sorted(["Default", "b", "b::c", filtered])


def test_deck_names_and_ids_are_those_that_create_deck_gave(call):
    deck_id = call("createDeck", deck="日本語::N3")
    found = call("deckNamesAndIds")
    assert sorted(found) == ["Default", "日本語", "日本語::N3"]
    assert found["Default"] == 1
    assert found["日本語::N3"] == deck_id


# getDecks


def test_get_decks_groups_cards_in_the_order_asked(call, col):
    cards = [new_card(col, name) for name in ("a", "a::b", "a", "Default")]
    one, two, three, four = cards
    assert call("getDecks", cards=[four, three, str(two), one]) == {
        "Default": [four],
        "a": [three, one],
        "a::b": [two],
    }


def test_get_decks_leaves_out_unknown_cards(call, col):
    card = new_card(col)
    assert call("getDecks", cards=[NOBODY, card]) == {"Default": [card]}
    assert call("getDecks", cards=[NOBODY]) == {}
    assert call("getDecks", cards=[]) == {}


def test_get_decks_gives_the_filtered_deck_of_a_card_that_is_in_one(call, col):
    card = filtered_card(col, new_card(col))
    assert call("getDecks", cards=[card]) == {f"Filtered {card}": [card]}


def test_get_decks_repeats_a_card_that_is_asked_for_twice(call, col):
    card = new_card(col)
    assert call("getDecks", cards=[card, card]) == {"Default": [card, card]}


def test_get_decks_takes_more_cards_than_a_query_does(call, col):
    real = [new_card(col, f"deck {number % 3}") for number in range(6)]
    cards = [*real[:3], *range(1, 50_000), *real[3:]]
    assert call("getDecks", cards=cards) == {
        f"deck {number}": [real[number], real[number + 3]] for number in range(3)
    }


# createDeck


def test_create_deck_makes_parents_in_one_step_to_undo(call, col):
    deck_id = call("createDeck", deck="Japanese::Tokyo")
    assert col.decks.name(deck_id) == "Japanese::Tokyo"
    assert names(col) == ["Default", "Japanese", "Japanese::Tokyo"]
    assert col.undo_status().undo == "createDeck"
    col.undo()
    assert names(col) == ["Default"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a", "a"),
        ("Word", "wORD"),
        ("a", " a "),
        ("a::b", "a:: b"),
        ("a::::b", "a::::b"),
        ("", ""),
        ("caf\u00e9", "cafe\u0301"),
        ("Default", "default"),
    ],
)
def test_create_deck_that_exists_gives_it_and_changes_nothing(call, col, first, second):
    deck_id = call("createDeck", deck=first)
    before, undo = names(col), col.undo_status().undo
    assert call("createDeck", deck=second) == deck_id
    assert names(col) == before
    assert col.undo_status().undo == undo


def test_create_deck_below_a_filtered_deck_says_why_not(call, col):
    card = filtered_card(col, new_card(col))
    before = names(col)
    error = call.error("createDeck", deck=f"Filtered {card}::sub")
    assert error == "Filtered decks can not have child decks."
    # Anki itself would forget its undo over it.
    assert col.undo_status().undo != ""
    assert names(col) == before


# changeDeck


def test_change_deck_moves_cards_to_a_new_deck_in_one_step(call, col):
    cards = [new_card(col, "a"), new_card(col, "b")]
    wanted = [cards[0], str(cards[1]), cards[0], NOBODY]
    assert call("changeDeck", cards=wanted, deck="c::d") is None
    assert [home(col, card) for card in cards] == [["c::d"], ["c::d"]]
    assert column(col, cards[0], "usn") == -1
    assert col.undo_status().undo == "changeDeck"
    col.undo()
    assert [home(col, card) for card in cards] == [["a"], ["b"]]
    assert names(col) == ["a", "b", "Default"]


def test_change_deck_without_cards_makes_the_deck(call, col):
    assert call("changeDeck", cards=[], deck="Obsidian::Notes") is None
    assert names(col) == ["Default", "Obsidian", "Obsidian::Notes"]


def test_change_deck_takes_a_card_out_of_a_filtered_deck(call, col):
    card = review_card(col)
    due = column(col, card, "due")
    filtered_card(col, card)
    call("changeDeck", cards=[card], deck="c")
    assert home(col, card) == ["c"]
    assert column(col, card, "due") == due
    assert column(col, card, "odue") == 0


def test_change_deck_to_a_filtered_deck_fails_and_changes_nothing(call, col):
    filtered = filtered_card(col, new_card(col))
    card = new_card(col, "a")
    undo = col.undo_status().undo
    error = call.error("changeDeck", cards=[card], deck=f"Filtered {filtered}")
    assert error == "Cards can't be manually moved into a filtered deck."
    assert home(col, card) == ["a"]
    assert col.undo_status().undo == undo


def test_change_deck_below_a_filtered_deck_leaves_no_deck(call, col):
    card = filtered_card(col, new_card(col))
    before = names(col)
    call.error("changeDeck", cards=[card], deck=f"Filtered {card}::sub")
    assert names(col) == before


# deleteDecks


@pytest.fixture
def decks(col):
    """A card in each of some decks."""
    return {name: new_card(col, name) for name in ("a", "a::b", "a::b::c", "d", "e")}


def test_delete_decks_moves_their_cards_to_the_default_deck(call, col, decks):
    assert call("deleteDecks", decks=["a", "d", UNKNOWN]) is None
    assert names(col) == ["Default", "e"]
    assert {name: home(col, card) for name, card in decks.items()} == {
        "a": ["Default"],
        "a::b": ["Default"],
        "a::b::c": ["Default"],
        "d": ["Default"],
        "e": ["e"],
    }
    assert col.undo_status().undo == "deleteDecks"
    col.undo()
    assert names(col) == ["a", "a::b", "a::b::c", "d", "Default", "e"]
    assert all(home(col, card) == [name] for name, card in decks.items())


def test_delete_decks_with_their_cards(call, col, decks):
    names_given = ["a", "a::b", "a", "D", UNKNOWN]
    assert call("deleteDecks", decks=names_given, cardsToo=True) is None
    assert names(col) == ["Default", "e"]
    assert col.find_cards("") == [decks["e"]]
    assert col.note_count() == 1
    assert col.undo_status().undo == "deleteDecks"
    col.undo()
    assert all(home(col, card) == [name] for name, card in decks.items())


@pytest.mark.parametrize("more", [{"cardsToo": False}, {"cardsToo": None}, {}])
def test_delete_decks_keeps_cards_unless_asked_to_delete_them(call, col, decks, more):
    call("deleteDecks", decks=["a::b"], **more)
    assert names(col) == ["a", "d", "Default", "e"]
    assert col.card_count() == len(decks)


@pytest.mark.parametrize("cards_too", [True, False])
@pytest.mark.parametrize("given", [[], [UNKNOWN]])
def test_delete_decks_that_are_not_there_changes_nothing(
    call, col, decks, given, cards_too
):
    before = names(col)
    assert col.undo_status().undo == "Add Note"
    assert call("deleteDecks", decks=given, cardsToo=cards_too) is None
    assert names(col) == before
    assert col.card_count() == len(decks)
    assert col.undo_status().undo == "Add Note"


def test_delete_decks_with_the_default_deck_empties_it_as_anki_does(call, col, decks):
    card = new_card(col)
    call("deleteDecks", decks=["Default", "d"], cardsToo=True)
    assert names(col) == ["a", "a::b", "a::b::c", "Default", "e"]
    assert card not in col.find_cards("")
    assert col.card_count() == len(decks) - 1


def test_delete_decks_with_the_default_deck_keeps_the_cards_in_it(call, col):
    card, below = new_card(col), new_card(col, "Default::below")
    call("deleteDecks", decks=["Default"])
    assert names(col) == ["Default"]
    assert home(col, card) == home(col, below) == ["Default"]


def test_delete_decks_above_the_default_deck_keeps_it_and_all_cards(call, col):
    above, card = new_card(col, "Above"), new_card(col)
    col.decks.rename(DeckId(1), "Above::Main")
    below = new_card(col, "Above::Main::below")
    call("deleteDecks", decks=["Above"])
    assert names(col) == ["Main"]
    for moved in (above, card, below):
        assert home(col, moved) == ["Main"]
    col.undo()
    assert names(col) == ["Above", "Above::Main", "Above::Main::below"]
    assert home(col, above) == ["Above"]


@pytest.mark.parametrize("cards_too", [True, False])
def test_delete_decks_returns_the_cards_of_a_filtered_deck(call, col, decks, cards_too):
    card = filtered_card(col, new_card(col))
    col.set_deck([decks["d"]], DeckId(1))
    call("deleteDecks", decks=[f"Filtered {card}"], cardsToo=cards_too)
    assert home(col, card) == ["Default"]
    assert column(col, card, "odue") == 0
    assert f"Filtered {card}" not in names(col)


def test_delete_decks_keeps_a_card_whose_home_goes_while_it_is_away(call, col):
    card = review_card(col)
    call("changeDeck", cards=[card], deck="a")
    due = column(col, card, "due")
    deck = col.sched.get_or_create_filtered_deck(DeckId(0))
    deck.name = "Away"
    deck.config.search_terms[0].search = f"cid:{card}"
    del deck.config.search_terms[1:]
    col.sched.add_or_update_filtered_deck(deck)
    assert home(col, card) == ["Away", "a"]
    call("deleteDecks", decks=["a"])
    assert home(col, card) == ["Default"]
    assert column(col, card, "due") == due
    assert names(col) == ["Away", "Default"]


# getDeckConfig, saveDeckConfig

SEEDS_CONFIG = {
    "lapse": {
        "leechFails": 8,
        "delays": [10],
        "minInt": 1,
        "leechAction": 0,
        "mult": 0,
    },
    "dyn": False,
    "autoplay": True,
    "mod": 1502970872,
    "id": 1,
    "maxTaken": 60,
    "new": {
        "bury": True,
        "order": 1,
        "initialFactor": 2500,
        "perDay": 20,
        "delays": [1, 10],
        "separate": True,
        "ints": [1, 4, 7],
    },
    "name": "Default",
    "rev": {
        "bury": True,
        "ivlFct": 1,
        "ease4": 1.3,
        "maxIvl": 36500,
        "perDay": 100,
        "minSpace": 1,
        "fuzz": 0.05,
    },
    "timer": 0,
    "replayq": True,
    "usn": -1,
}


def test_get_deck_config_has_the_members_of_the_seeds_sample(call):
    config = call("getDeckConfig", deck="Default")
    assert config["id"] == 1
    assert config["name"] == "Default"
    assert config["dyn"] is False
    assert set(SEEDS_CONFIG) <= set(config)
    # What Anki has no use for any more is gone from its groups.
    gone = {"separate", "minSpace", "fuzz"}
    for section in ("new", "rev", "lapse"):
        assert set(SEEDS_CONFIG[section]) - gone <= set(config[section])


def test_get_deck_config_of_an_unknown_deck_is_false(call, col):
    assert call("getDeckConfig", deck=UNKNOWN) is False
    assert names(col) == ["Default"]


def test_get_deck_config_of_a_filtered_deck_is_nothing_to_save(call, col):
    card = filtered_card(col, new_card(col))
    config = call("getDeckConfig", deck=f"Filtered {card}")
    assert config["dyn"] == 1
    before = groups(col)
    assert call("saveDeckConfig", config=config) is False
    assert groups(col) == before


def test_save_deck_config_makes_anki_use_what_was_changed(call, col):
    cards = [new_card(col, "a") for _ in range(30)]
    assert call("setDeckConfigId", decks=["a"], configId=clone(call)) is True
    config = call("getDeckConfig", deck="a")
    config["new"]["perDay"] = 7
    config["new"]["delays"] = [2, 25]
    config["rev"]["hardFactor"] = 1.1
    config["lapse"]["mult"] = 0.5
    config["autoplay"] = False
    config["name"] = "Renamed"
    assert call("saveDeckConfig", config=config) is True
    used = group_used(col, "a")
    assert used["mod"] >= config["mod"]
    assert used["usn"] == -1
    assert {**used, "mod": 0} == {**config, "mod": 0}
    (stats,) = call("getDeckStats", decks=["a"]).values()
    assert stats["new_count"] == 7
    col.decks.select(col.decks.id_for_name("a"))
    states = col._backend.get_scheduling_states(cards[0])
    assert states.good.normal.learning.scheduled_secs == 25 * 60
    assert group_used(col, "Default")["new"]["perDay"] == 20


def test_save_deck_config_takes_the_seeds_sample_and_keeps_what_it_lacks(call, col):
    config = call("getDeckConfig", deck="Default")
    config["rev"]["hardFactor"] = 1.05
    config["newMix"] = 1
    assert call("saveDeckConfig", config=config) is True
    assert call("saveDeckConfig", config=SEEDS_CONFIG) is True
    used = group_used(col, "Default")
    assert used["new"]["bury"] is True
    assert used["rev"]["perDay"] == 100
    assert used["lapse"]["leechAction"] == 0
    assert used["rev"]["hardFactor"] == pytest.approx(1.05)
    assert used["newMix"] == 1
    assert groups(col) == [(1, "Default")]


def test_save_deck_config_with_an_id_in_a_string(call, col):
    assert call("saveDeckConfig", config={"id": "1", "timer": 1}) is True
    assert group_used(col, "Default")["timer"] == 1


@pytest.mark.parametrize(
    "config",
    [
        {**SEEDS_CONFIG, "id": NOBODY},
        {**SEEDS_CONFIG, "id": str(NOBODY)},
        {**SEEDS_CONFIG, "id": "one"},
        {**SEEDS_CONFIG, "id": None},
        {**SEEDS_CONFIG, "id": [1]},
        {**SEEDS_CONFIG, "id": 0},
        {},
    ],
)
def test_save_deck_config_of_an_unknown_group_is_false_and_makes_none(
    call, col, config
):
    before = copy.deepcopy(col.decks.all_config())
    assert call("saveDeckConfig", config=config) is False
    assert col.decks.all_config() == before


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"new": 5}, "'config.new' must be an object"),
        ({"new": {"perDay": "x"}}, "'config.new.perDay' must be a number"),
        (
            {"new": {"perDay": -5}},
            "'config.new.perDay' must be a whole number, not negative",
        ),
        (
            {"new": {"perDay": 20.5}},
            "'config.new.perDay' must be a whole number, not negative",
        ),
        ({"new": {"bury": "yes"}}, "'config.new.bury' must be a boolean"),
        ({"new": {"delays": 10}}, "'config.new.delays' must be an array"),
        ({"lapse": {"delays": [1, "x"]}}, "'config.lapse.delays[1]' must be a number"),
        ({"fsrsWeights": ["x"]}, "'config.fsrsWeights[0]' must be a number"),
        ({"name": 5}, "'config.name' must be a string"),
    ],
)
def test_save_deck_config_with_a_wrong_type_is_an_error_and_saves_nothing(
    call, col, change, error
):
    before = col.decks.all_config()
    given = {"id": 1, "timer": 1, "rev": {"perDay": 3}, **change}
    assert call.error("saveDeckConfig", config=given) == error
    assert col.decks.all_config() == before


def test_save_deck_config_reads_numbers_as_clients_write_them(call, col):
    # Anki would take its defaults for all of `new` for any of these.
    config = {
        "id": 1,
        "mod": "whenever",
        "new": {"perDay": 33.0, "bury": 1, "order": None},
        "timer": True,
    }
    assert call("saveDeckConfig", config=config) is True
    used = group_used(col, "Default")
    assert used["new"]["perDay"] == 33
    assert used["new"]["bury"] is True
    assert used["new"]["order"] == 1
    assert used["timer"] == 1


# setDeckConfigId, cloneDeckConfigId, removeDeckConfigId


def clone(call, name="Mine", **more):
    return call("cloneDeckConfigId", name=name, **more)


def test_set_deck_config_id_gives_decks_a_group_in_one_step(call, col):
    for deck in ("a", "b::c"):
        call("createDeck", deck=deck)
    group = clone(call)
    decks = ["a", "B::C", "a"]
    assert call("setDeckConfigId", decks=decks, configId=str(group)) is True
    assert group_used(col, "a")["id"] == group_used(col, "b::c")["id"] == group
    assert group_used(col, "b")["id"] == 1
    assert col.undo_status().undo == "setDeckConfigId"
    col.undo()
    assert group_used(col, "a")["id"] == group_used(col, "b::c")["id"] == 1


def test_set_deck_config_id_of_many_decks_is_one_step(call, col):
    decks = [f"deck {number}" for number in range(45)]
    for deck in decks:
        call("createDeck", deck=deck)
    group = clone(call)
    assert call("setDeckConfigId", decks=decks, configId=group) is True
    assert {group_used(col, deck)["id"] for deck in decks} == {group}
    assert col.undo_status().undo == "setDeckConfigId"
    col.undo()
    assert {group_used(col, deck)["id"] for deck in decks} == {1}


def test_set_deck_config_id_with_something_unknown_changes_nothing(call, col):
    call("createDeck", deck="a")
    filtered = f"Filtered {filtered_card(col, new_card(col))}"
    group = clone(call)
    for decks in (["a", UNKNOWN], ["a", filtered]):
        assert call("setDeckConfigId", decks=decks, configId=group) is False
    assert call("setDeckConfigId", decks=["a"], configId=NOBODY) is False
    assert group_used(col, "a")["id"] == 1
    assert UNKNOWN not in names(col)
    assert groups(col) == [(1, "Default"), (group, "Mine")]


def test_set_deck_config_id_without_decks_asks_for_the_group_alone(call):
    assert call("setDeckConfigId", decks=[], configId=1) is True
    assert call("setDeckConfigId", decks=[], configId=NOBODY) is False


@pytest.mark.parametrize("given", [{}, {"cloneFrom": None}])
def test_clone_deck_config_id_copies_the_default_group(call, col, given):
    assert call("saveDeckConfig", config={"id": 1, "new": {"perDay": 9}}) is True
    group = clone(call, "Copy of Default", **given)
    assert groups(col) == [(1, "Default"), (group, "Copy of Default")]
    assert col.decks.get_config(group)["new"]["perDay"] == 9
    assert col.decks.get_config(1)["new"]["perDay"] == 9


@pytest.mark.parametrize("kind", [int, str])
def test_clone_deck_config_id_copies_another_group(call, col, kind):
    first = clone(call)
    assert call("saveDeckConfig", config={"id": first, "maxTaken": 33}) is True
    second = clone(call, "Second", cloneFrom=kind(first))
    assert second not in (1, first)
    assert col.decks.get_config(second)["name"] == "Second"
    assert col.decks.get_config(second)["maxTaken"] == 33
    assert col.decks.get_config(1)["maxTaken"] == 60


@pytest.mark.parametrize("unknown", [NOBODY, str(NOBODY), 0])
def test_clone_deck_config_id_of_an_unknown_group_is_false(call, col, unknown):
    assert clone(call, cloneFrom=unknown) is False
    assert groups(col) == [(1, "Default")]


def test_remove_deck_config_id_gives_its_decks_the_default_group(call, col):
    for deck in ("a", "b"):
        call("createDeck", deck=deck)
    gone, stays = clone(call, "Gone"), clone(call, "Stays")
    assert call("setDeckConfigId", decks=["a"], configId=gone) is True
    assert call("setDeckConfigId", decks=["b"], configId=stays) is True
    assert call("removeDeckConfigId", configId=str(gone)) is True
    assert groups(col) == [(1, "Default"), (stays, "Stays")]
    assert col.decks.by_name("a")["conf"] == 1
    assert group_used(col, "b")["id"] == stays
    assert call("removeDeckConfigId", configId=gone) is False


@pytest.mark.parametrize("group", [1, "1", NOBODY, str(NOBODY), 0])
def test_remove_deck_config_id_of_the_default_or_an_unknown_is_false(call, col, group):
    scm = col.db.scalar("select scm from col")
    assert call("removeDeckConfigId", configId=group) is False
    assert groups(col) == [(1, "Default")]
    assert col.db.scalar("select scm from col") == scm


def test_remove_deck_config_id_in_anki_asks_nobody(anki):
    """Anki would ask before the first change that needs a full sync."""
    group = anki("cloneDeckConfigId", name="Mine")
    anki("createDeck", deck="a")
    assert anki("setDeckConfigId", decks=["a"], configId=group) is True
    anki.look("mw.col.db.execute('update col set ls = scm + 1')")
    assert anki.look("mw.col.schema_changed()") in (False, 0)
    assert anki("removeDeckConfigId", configId=group) is True
    assert anki.look("[group['id'] for group in mw.col.decks.all_config()]") == [1]
    assert anki.look("mw.col.decks.by_name('a')['conf']") == 1


def test_delete_decks_in_anki_refreshes_its_list_of_decks(anki):
    # Anki shows changes in a window that has the focus, in others once they get it.
    anki.look("mw.activateWindow()\nmw.web.setFocus()")
    anki.wait_for("aqt.utils.current_window() is mw")
    anki("createDeck", deck="To be seen")
    browser = "mw.deckBrowser"
    # Anki 23.10 keeps the tree by itself.
    tree = f"getattr({browser}, '_dueTree', None) or {browser}._render_data.tree"
    names = f"[deck.name for deck in ({tree}).children]"
    anki.wait_for(f"'To be seen' in {names}")
    anki("deleteDecks", decks=["To be seen"])
    anki.wait_for(f"'To be seen' not in {names}")
    assert anki.look("mw.col.undo_status().undo") == "deleteDecks"


# getDeckStats, deckNameFromId


def test_get_deck_stats_counts_what_is_due(call, col):
    for _ in range(3):
        new_card(col, "a::b")
    new_card(col, "a")
    due = review_card(col)
    col.set_deck([due], col.decks.id_for_name("a::b"))
    col.sched.set_due_date([due], "0")
    upper, lower = (col.decks.id_for_name(name) for name in ("a", "a::b"))
    found = call("getDeckStats", decks=["A::B", "a"])
    assert list(found) == [str(lower), str(upper)]
    assert found[str(lower)] == {
        "deck_id": lower,
        "name": "b",
        "new_count": 3,
        "learn_count": 0,
        "review_count": 1,
        "total_in_deck": 4,
    }
    assert found[str(upper)] == {
        "deck_id": upper,
        "name": "a",
        "new_count": 4,
        "learn_count": 0,
        "review_count": 1,
        "total_in_deck": 1,
    }


def test_get_deck_stats_of_unknown_decks_is_empty_and_makes_none(call, col):
    assert call("getDeckStats", decks=[UNKNOWN]) == {}
    assert call("getDeckStats", decks=[]) == {}
    assert names(col) == ["Default"]


def test_get_deck_stats_has_an_empty_default_deck_beside_others(call):
    call("createDeck", deck="a")
    nothing = dict.fromkeys(
        ("new_count", "learn_count", "review_count", "total_in_deck"), 0
    )
    assert call("getDeckStats", decks=["Default"]) == {
        "1": {"deck_id": 1, "name": "Default", **nothing}
    }


@pytest.mark.parametrize("kind", [int, str])
def test_deck_name_from_id_gives_the_whole_name(call, kind):
    deck_id = call("createDeck", deck="a::b")
    assert call("deckNameFromId", deckId=kind(deck_id)) == "a::b"


@pytest.mark.parametrize("unknown", [NOBODY, str(NOBODY), 0])
def test_deck_name_from_id_of_an_unknown_deck_is_an_error(call, unknown):
    error = call.error("deckNameFromId", deckId=unknown)
    assert error == f"deck was not found: {unknown}"


# As clients send it


@pytest.mark.parametrize(
    ("action", "params"),
    [
        ("deckNames", {}),
        ("deckNamesAndIds", {}),
        ("createDeck", {"deck": "Obsidian"}),
        ("changeDeck", {"cards": [], "deck": "Obsidian"}),
        ("changeDeck", {"cards": [str(NOBODY)], "deck": "Obsidian::Sub"}),
        ("getDecks", {"cards": [NOBODY, str(NOBODY)]}),
        ("deleteDecks", {"decks": [UNKNOWN], "cardsToo": True}),
        ("getDeckStats", {"decks": ["Default"]}),
        ("cloneDeckConfigId", {"name": "x", "cloneFrom": "1"}),
        ("setDeckConfigId", {"decks": ["Default"], "configId": "1"}),
        ("removeDeckConfigId", {"configId": "1"}),
        ("getDeckConfig", {"deck": "Default"}),
    ],
)
@pytest.mark.parametrize("version", [2, 6])
def test_create_deck_and_the_others_take_what_clients_send(
    call, action, params, version
):
    reply = call.reply({"action": action, "version": version, "params": params})
    result_in(reply, version)
