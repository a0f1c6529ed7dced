"""What a change leaves in Anki's undo, and what a failed one leaves: nothing."""

import copy

import pytest
from anki.collection import AddNoteRequest
from anki.errors import CardTypeError

from ankiconnect import ActionError
from ankiconnect.hosts.steps import Steps
from ankiconnect.kit import MERGE_EVERY, merge_step


class Job:
    """A job of a test's own."""

    writes = True
    error = None

    def __init__(self, change):
        self.run = change

    def fail(self, error):
        self.error = error


def run(col, *changes, name="addThings"):
    steps = Steps(name)
    jobs = [Job(change) for change in changes]
    steps.run(col, jobs)
    return steps, [job.error for job in jobs]


def add_deck(name):
    return lambda col: col.decks.add_normal_deck_with_name(name)


def decks(col):
    return [deck.name for deck in col.decks.all_names_and_ids()]


def note(col, text):
    made = col.new_note(col.models.by_name("Basic"))
    made["Front"] = text
    return made


def test_one_request_is_one_step_of_its_name(col):
    steps, errors = run(col, lambda col: [add_deck(name)(col) for name in "abc"])
    assert errors == [None]
    assert col.undo_status().undo == "addThings"
    assert steps.changes.deck
    assert not steps.changes.note
    col.undo()
    assert decks(col) == ["Default"]


def test_a_change_of_nothing_leaves_no_step(col):
    run(col, add_deck("a"), name="before")
    steps, _ = run(col, lambda col: None)
    assert not col.op_made_changes(steps.changes)
    assert col.undo_status().undo == "before"
    assert col.undo_status().redo == ""


def test_nothing_of_a_failure_stays_and_redo_does_not_offer_it(col):
    run(col, add_deck("a"), name="before")

    def fail(col):
        kind = col.models.new("Half")
        col.models.add_field(kind, col.models.new_field("F"))
        template = col.models.new_template("T")
        template["qfmt"] = "{{F}}"
        col.models.add_template(kind, template)
        col.models.add_dict(kind)
        col.add_notes([AddNoteRequest(note(col, str(i)), 1) for i in range(50)])
        raise ActionError("no")

    _, (error,) = run(col, fail)
    assert str(error) == "no"
    assert col.note_count() == 0
    assert col.models.by_name("Half") is None
    assert col.undo_status().undo == "before"
    assert col.undo_status().redo == ""


def test_nothing_of_a_failure_of_ankis_own_stays(col):
    # When an operation of Anki's fails, it empties its undo queue.
    run(col, add_deck("a"))

    def fail(col):
        add_deck("half")(col)
        col.decks.set_config_id_for_deck_dict(col.decks.get(1), 99)
        basic = copy.deepcopy(col.models.by_name("Basic"))
        basic["name"] = "Better"
        col.models.update_dict(basic)
        assert col.models.by_name("Better")["id"] == basic["id"]
        basic["tmpls"][0]["qfmt"] = "{{"
        col.models.update_dict(basic)

    steps, (error,) = run(col, fail)
    assert isinstance(error, CardTypeError)
    assert decks(col) == ["a", "Default"]
    assert col.decks.get(1)["conf"] == 1
    assert col.models.by_name("Basic")["name"] == "Basic"
    assert col.models.get(col.models.by_name("Basic")["id"])["name"] == "Basic"
    assert steps.changes.notetype
    assert col.fix_integrity()[1]


def test_what_undo_does_not_know_of_goes_with_a_failure_too(col):
    def fail(col):
        add_deck("half")(col)
        col.db.execute("update cards set flags = 0")
        raise ActionError("no")

    _, errors = run(col, fail)
    assert [str(error) for error in errors] == ["no"]
    assert decks(col) == ["Default"]


def test_more_operations_than_the_queue_holds_are_merged(col):
    def many(col):
        for number in range(100):
            col.add_note(note(col, str(number)), 1)
            if number % MERGE_EVERY == 0:
                merge_step(col)

    _, errors = run(col, many)
    assert errors == [None]
    assert col.note_count() == 100
    col.undo()
    assert col.note_count() == 0


def test_a_change_that_empties_the_queue_stands_and_refreshes_all(col):
    def empties(col):
        add_deck("a")(col)
        col.db.execute("update cards set flags = 0")

    steps, errors = run(col, empties)
    assert errors == [None]
    assert "a" in decks(col)
    assert steps.changes.card
    assert steps.changes.notetype
    assert col.undo_status().undo == ""


def test_what_somebody_else_did_in_between_is_not_swallowed(col):
    steps = Steps("mine")
    steps.run(col, [Job(add_deck("a"))])
    col.decks.add_normal_deck_with_name("theirs")
    steps.run(col, [Job(add_deck("b"))])
    assert col.undo_status().undo == "mine"
    col.undo()
    assert decks(col) == ["a", "Default", "theirs"]


@pytest.mark.parametrize("closed", [True, False])
def test_without_a_collection_each_job_says_so(col, closed):
    if closed:
        col.close()
    jobs = [Job(add_deck("a"))]
    Steps("s").run(col if closed else None, jobs)
    assert str(jobs[0].error) == "collection is not available"
