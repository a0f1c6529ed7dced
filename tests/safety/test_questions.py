"""requestPermission: the user is asked by nobody in particular, and never flooded."""

import threading

import pytest
import requests

from ankiconnect.access import may_ask
from ankiconnect.hosts.questions import LONGEST_QUIET, QUIET, Questions

ASK = {"action": "requestPermission", "version": 6}
DENIED = {"result": {"permission": "denied"}, "error": None}


@pytest.mark.parametrize(
    ("origin", "may"),
    [
        ("https://example.com", True),
        ("http://example.com:8080", True),
        ("app://obsidian.md", True),
        ("chrome-extension://abcdef", True),
        ("http://xn--bcher-kva.example", True),
        ("http://[2001:db8::1]:80", True),
        ("null", False),
        ("", False),
        ("https://", False),
        ("example.com", False),
        ("https://example.com/", False),
        ("https://example.com/trust-me", False),
        ("https://user@example.com", False),
        ("https://example.com\nAllow?", False),
        ("https://example.com Allow?", False),
        ("https://<b>anki</b>", False),
        ("https://example.com\u202egro.ikna", False),
        ("https://" + "a" * 300 + ".com", False),
        ("http://[::1", False),
    ],
)
def test_who_can_be_asked_about(origin, may):
    assert may_ask(origin) is may


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_one_question_at_a_time():
    questions = Questions(Clock())
    assert questions.begin()
    assert not questions.begin()
    questions.end(True)
    assert questions.begin()


def test_each_no_makes_the_next_question_rarer_whoever_asks():
    clock = Clock()
    questions = Questions(clock)

    def seconds_until_asked():
        begun = clock.now
        while not questions.begin():
            clock.now += 1
        questions.end(False)
        return clock.now - begun

    waits = [seconds_until_asked() for _ in range(12)]
    assert waits[:5] == [0, 0, QUIET, 2 * QUIET, 4 * QUIET]
    assert waits[-1] == LONGEST_QUIET
    # A page that asks all day has had the user asked fewer than 30 times.
    begun, asked = clock.now, 0
    while clock.now < begun + 24 * 3600:
        seconds_until_asked()
        asked += 1
    assert asked < 30


def test_a_yes_and_a_long_peace_make_up_for_the_noes():
    clock = Clock()
    questions = Questions(clock)
    for allowed in (False, False, False):
        clock.now += LONGEST_QUIET
        assert questions.begin()
        questions.end(allowed)
    assert not questions.begin()
    clock.now += 3 * LONGEST_QUIET
    for allowed in (False, True, False):
        assert questions.begin()
        questions.end(allowed)
    assert questions.begin()


def test_what_a_request_says_of_itself_is_not_believed(here):
    for params in ({"origin": "http://localhost"}, {"allowed": True}):
        reply = here.reply({**ASK, "params": params}, Origin="https://evil.com")
        assert reply["result"] is None
        assert "unexpected keyword argument" in reply["error"]
    assert here.settings["webCorsOriginList"] == ["http://localhost"]


def test_a_flood_without_anki_writes_few_lines(here, caplog):
    for number in range(300):
        origin = f"https://{number}.evil.com"
        assert here.reply(ASK, Origin=origin) == DENIED
        assert here.reply(ASK, Origin=origin) == DENIED
    assert len(caplog.records) == 100


def test_a_flood_in_anki_shows_one_window_and_holds_nobody(anki):
    anki.look(
        "import ankiconnect.addon as a; "
        "from ankiconnect.hosts.questions import Questions; "
        "a.current.host._questions = Questions()"
    )
    replies = []

    def ask(number):
        headers = {"Origin": f"https://{number}.evil.com"}
        response = requests.post(anki.url, json=ASK, headers=headers, timeout=30)
        replies.append(response.json())

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(50)]
    for thread in threads:
        thread.start()
    anki.wait_for("mw.app.activeModalWidget() is not None")
    boxes = (
        "len([w for w in mw.app.topLevelWidgets() "
        "if isinstance(w, aqt.qt.QMessageBox) and w.isVisible()])"
    )
    assert anki.look(boxes) == 1
    # While it is open, all that needs no answer is answered.
    assert anki("version") == 6
    assert anki("deckNames") == ["Default"]
    no = "QMessageBox.StandardButton.No"
    click = f"mw.app.activeModalWidget().button(aqt.qt.{no}).click()"
    anki.look(click)
    # Whoever came late may have had one more asked.
    for _ in range(2):
        anki.look(f"mw.app.activeModalWidget() and {click}")
    for thread in threads:
        thread.join(10)
    assert replies == [DENIED] * 50
    for _ in range(2):
        if anki.look("mw.app.activeModalWidget() is None"):
            asking = threading.Thread(target=ask, args=(0,))
            asking.start()
            asking.join(0.5)
            anki.look(f"mw.app.activeModalWidget() and {click}")
            asking.join(10)
    # After two Noes nothing comes up any more.
    assert anki.reply(ASK, Origin="https://more.evil.com") == DENIED
    assert anki.look("mw.app.activeModalWidget() is None")
    anki.look("a.current.host._questions = Questions()")
