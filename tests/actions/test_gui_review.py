"""A review in Anki's window, led from outside."""

import json
import time

import pytest
from basic_notes import add, cards
from servers import start_anki
from windows import ADD, dialog

IN_REVIEW = [
    ("guiReviewActive", {}),
    ("guiStartCardTimer", {}),
    ("guiShowQuestion", {}),
    ("guiShowAnswer", {}),
    ("guiAnswerCard", {"ease": 1}),
    ("guiPlayAudio", {}),
]


@pytest.mark.parametrize(("action", "params"), IN_REVIEW)
def test_outside_of_a_review_the_answer_is_false(anki, action, params):
    assert anki(action, **params) is False


def test_gui_review_active_tells_whether_a_card_is_shown(anki, review):
    assert anki("guiReviewActive") is True
    anki("guiDeckBrowser")
    assert anki("guiReviewActive") is False


def test_gui_current_card_tells_all_about_it(anki, review):
    (card,) = cards(anki, review[0])
    current = anki("guiCurrentCard")
    (info,) = anki("cardsInfo", cards=[card])
    same = [
        "question",
        "answer",
        "css",
        "modelName",
        "deckName",
        "fields",
        "fieldOrder",
        "cardId",
    ]
    assert {name: current.pop(name) for name in same} == {
        name: info[name] for name in same
    }
    assert current == {
        "buttons": [1, 2, 3, 4],
        "nextReviews": ["<1m", "<6m", "<10m", current["nextReviews"][3]],
        "template": "Card 1",
    }
    assert info["fields"] == {
        "Front": {"value": "one", "order": 0},
        "Back": {"value": "back of one", "order": 1},
    }
    assert "\u2068" not in json.dumps(current, ensure_ascii=False)


def test_gui_current_card_with_a_button_of_an_addons_own(anki, review):
    anki.look(
        "five = lambda buttons, *_: (*buttons, (5, 'Never'))\n"
        "hook = aqt.gui_hooks.reviewer_will_init_answer_buttons\n"
        "hook.append(five)"
    )
    current = anki("guiCurrentCard")
    anki.look("hook.remove(five)")
    assert current["buttons"] == [1, 2, 3, 4, 5]
    assert current["nextReviews"][4] == ""


@pytest.fixture
def behind(anki, review):
    """A review while another of Anki's windows is in front; its notes."""
    anki("guiAddCards")
    anki.look(f"{ADD}.activateWindow()")
    anki.wait_for("mw.app.activeWindow() is not mw")
    return review


@pytest.mark.parametrize(
    ("change", "key"), [("deleteNotes", "notes"), ("suspend", "cards")]
)
def test_a_card_that_goes_is_not_reviewed_whatever_changes_next(
    anki, behind, change, key
):
    one, two = behind
    ids = [one] if key == "notes" else cards(anki, one)
    anki(change, **{key: ids})
    anki("updateNoteFields", note={"id": two, "fields": {"Front": "changed"}})
    assert anki("guiReviewActive") is True
    assert [anki("guiCurrentCard")["cardId"]] == cards(anki, two)
    assert anki("guiShowAnswer") is True
    assert anki("guiAnswerCard", ease=3) is True


def test_what_others_add_does_not_turn_a_card_round(anki, behind):
    one, _ = behind
    assert anki("guiShowAnswer") is True
    add(anki, "other")
    anki("updateNoteFields", note={"id": one, "fields": {"Back": "changed"}})
    add(anki, "another")
    assert anki("guiCurrentCard")["fields"]["Back"]["value"] == "changed"
    assert anki.look("mw.reviewer.state") == "answer"
    assert anki("guiAnswerCard", ease=3) is True
    (info,) = anki("cardsInfo", cards=cards(anki, one))
    assert info["reps"] == 1


def test_a_card_whose_schedule_others_change_is_shown_anew(anki, behind):
    one, _ = behind
    assert anki("guiShowAnswer") is True
    assert anki("setDueDate", cards=cards(anki, one), days="0") is True
    assert anki("guiAnswerCard", ease=3) is False
    assert anki("guiShowAnswer") is True
    assert anki("guiAnswerCard", ease=3) is True


def test_gui_answer_card_replies_while_anki_says_that_the_time_is_up(anki, review):
    anki.look("mw.col.set_config('timeLim', 1)\nmw.col._startTime = 0")
    assert anki("guiShowAnswer") is True
    assert anki("guiAnswerCard", ease=4) is True
    dialog(anki, "QMessageBox")
    # The card is answered, and the next one is not there yet.
    assert anki("guiShowAnswer") is False
    assert anki("guiAnswerCard", ease=4) is False
    anki.look("dialog.reject()\nmw.col.set_config('timeLim', 0)")


FAILS = """
def fails(*args):
    hook.remove(fails)
    raise ValueError("an add-on's own fault")
hook = aqt.gui_hooks.{}
hook.append(fails)
"""


def test_an_addon_that_fails_keeps_nobody_waiting(tmp_path):
    own = start_anki(tmp_path)
    try:
        own("createDeck", deck="Review")
        add(own, "one", "two", deck="Review")
        own.look(FAILS.format("operation_did_execute"))
        assert own("guiDeckReview", name="Review") is True
        own.look(FAILS.format("reviewer_did_answer_card"))
        assert own("guiShowAnswer") is True
        assert own("guiAnswerCard", ease=4) is True
        own.look(FAILS.format("operation_did_execute"))
        assert own("guiUndo") is True
        own.look(FAILS.format("operation_did_execute"))
        own("createDeck", deck="Another")
        begun = time.monotonic()
        for _ in range(10):
            own("guiSelectedNotes")
        assert time.monotonic() - begun < 5
    finally:
        own.process.kill()
        own.process.wait(10)


def test_gui_current_card_is_null_outside_of_a_review(anki):
    assert anki("guiCurrentCard") is None


def test_gui_current_card_is_as_it_is_by_now(anki, review):
    one, two = review
    anki("updateNoteFields", note={"id": one, "fields": {"Front": "changed"}})
    assert anki("guiCurrentCard")["fields"]["Front"]["value"] == "changed"
    anki("deleteNotes", notes=[one])
    assert [anki("guiCurrentCard")["cardId"]] == cards(anki, two)
    anki("deleteNotes", notes=[two])
    assert anki("guiCurrentCard") is None
    assert anki.look("mw.state") == "overview"


def test_gui_start_card_timer_starts_it_anew(anki, review):
    anki.look("import time\nmw.reviewer.card.timer_started = 0")
    assert anki("guiStartCardTimer") is True
    assert anki.look("0 <= time.time() - mw.reviewer.card.timer_started < 60")


def test_gui_show_question_and_back(anki, review):
    assert anki("guiShowAnswer") is True
    assert anki("guiShowQuestion") is True
    assert anki.look("mw.reviewer.state") == "question"


def test_gui_show_answer_shows_it(anki, review):
    assert anki.look("mw.reviewer.state") == "question"
    assert anki("guiShowAnswer") is True
    assert anki.look("mw.reviewer.state") == "answer"
    anki.look(
        "page = []\nmw.web.evalWithCallback('document.body.textContent', page.append)"
    )
    anki.wait_for("page")
    # Twice is no harm.
    assert anki("guiShowAnswer") is True


def test_gui_show_answer_of_a_card_to_type(anki):
    anki("createDeck", deck="Typed")
    fields = {"Front": "one", "Back": "eins"}
    kind = "Basic (type in the answer)"
    anki("addNote", note={"deckName": "Typed", "modelName": kind, "fields": fields})
    anki("guiDeckReview", name="Typed")
    assert anki("guiShowAnswer") is True
    assert anki("guiAnswerCard", ease=4) is True
    assert anki.look("mw.state") == "overview"


def test_gui_answer_card_goes_on_to_the_next(anki, review):
    one, two = review
    assert anki("guiAnswerCard", ease=3) is False  # its answer is not shown yet
    for note in (one, two):
        assert [anki("guiCurrentCard")["cardId"]] == cards(anki, note)
        assert anki("guiShowAnswer") is True
        assert anki("guiAnswerCard", ease=4) is True
        (info,) = anki("cardsInfo", cards=cards(anki, note))
        assert (info["reps"], info["type"]) == (1, 2)
    assert anki("guiCurrentCard") is None
    assert anki("guiAnswerCard", ease=4) is False


def test_gui_answer_card_in_one_batch(anki, review):
    actions = [
        {"action": "guiShowAnswer", "version": 6},
        {"action": "guiAnswerCard", "version": 6, "params": {"ease": 4}},
        {"action": "guiCurrentCard", "version": 6},
    ]
    *_, last = anki("multi", actions=actions)
    assert [last["result"]["cardId"]] == cards(anki, review[1])


@pytest.mark.parametrize("ease", [0, 5, -1])
def test_gui_answer_card_with_a_button_that_is_not_there(anki, review, ease):
    anki("guiShowAnswer")
    assert anki("guiAnswerCard", ease=ease) is False
    assert anki.look("mw.reviewer.state") == "answer"


def test_gui_answer_card_that_an_addon_refuses(anki, review):
    anki("guiShowAnswer")
    anki.look(
        "refuse = lambda answer, reviewer, card: (False, answer[1])\n"
        "aqt.gui_hooks.reviewer_will_answer_card.append(refuse)"
    )
    try:
        assert anki("guiAnswerCard", ease=1) is False
    finally:
        anki.look("aqt.gui_hooks.reviewer_will_answer_card.remove(refuse)")


def test_gui_answer_card_is_one_step_of_undo(anki, review):
    anki("guiShowAnswer")
    anki("guiAnswerCard", ease=4)
    assert anki("guiUndo") is True
    (info,) = anki("cardsInfo", cards=cards(anki, review[0]))
    assert info["reps"] == 0


#: A player as add-ons bring them, since not every machine has one.
PLAYER = """
played = []
class Player(aqt.sound.Player):
    def rank_for_tag(self, tag):
        return 1000
    def play(self, tag, on_done):
        played.append(tag.filename)
        on_done()
    def stop(self):
        pass
player = Player()
aqt.sound.av_player.players.append(player)
"""


def test_gui_play_audio_plays_the_shown_side(anki):
    anki("createDeck", deck="Sounds")
    fields = {"Front": "[sound:question.mp3]", "Back": "[sound:answer.mp3]"}
    note = {"deckName": "Sounds", "modelName": "Basic", "fields": fields}
    anki("addNote", note=note)
    anki.look(PLAYER)
    try:
        anki("guiDeckReview", name="Sounds")
        for side in ("question.mp3", "answer.mp3"):
            anki.look("played.clear()")
            assert anki("guiPlayAudio") is True
            anki.wait_for(f"played[-1] == {side!r}")
            anki("guiShowAnswer")
    finally:
        anki.look("aqt.sound.av_player.players.remove(player)")
