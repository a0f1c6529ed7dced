"""Work on a collection, one piece at a time."""

import threading
import time

import pytest

from ankiconnect.hosts.headless import Headless
from ankiconnect.hosts.worker import Worker


def started(work):
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_one_at_a_time_in_the_order_in_which_it_came():
    worker, done, free = Worker(), [], threading.Event()
    threads = [started(lambda: worker.run("first", free.wait))]
    for number in range(20):
        time.sleep(0.01)
        threads.append(
            started(
                lambda number=number: worker.run("next", lambda: done.append(number))
            )
        )
    time.sleep(0.05)
    assert done == []
    free.set()
    for thread in threads:
        thread.join(5)
    assert done == list(range(20))


def test_what_is_raised_reaches_who_asked_and_nobody_else():
    worker, free, raised = Worker(), threading.Event(), []

    def fail():
        with pytest.raises(ZeroDivisionError):
            worker.run("fails", lambda: 1 / 0)
        raised.append(True)

    fail()
    first = started(lambda: worker.run("first", free.wait))
    time.sleep(0.05)
    second = started(fail)
    time.sleep(0.05)
    free.set()
    first.join(5)
    second.join(5)
    assert raised == [True, True]
    assert worker.run("after", lambda: 5) == 5


def test_all_is_done_where_there_are_no_more_threads(monkeypatch):
    worker, free, done = Worker(), threading.Event(), []
    threads = [started(lambda: worker.run("first", free.wait))]
    time.sleep(0.05)
    for number in range(3):
        threads.append(
            started(
                lambda number=number: worker.run("next", lambda: done.append(number))
            )
        )
        time.sleep(0.05)

    def none_left(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", none_left)
    free.set()
    for thread in threads:
        thread.join(5)
    assert done == [0, 1, 2]
    assert worker.run("after", lambda: 5) == 5


def test_finish_names_what_does_not_let_go():
    worker, free, ended = Worker(), threading.Event(), []
    thread = started(lambda: worker.run("the slow one", free.wait))
    time.sleep(0.05)
    assert worker.finish(lambda: ended.append(1), 0.1) == "the slow one"
    free.set()
    thread.join(5)
    assert worker.finish(lambda: ended.append(2), 5) is None
    assert ended == [1, 2]


def test_a_profile_that_is_open_is_opened_again_whatever_its_path(base):
    host = Headless(base / ".." / base.name)
    host.open()
    before = host.collection
    assert host.load_profile("User 1") is True
    assert host.collection is before
    host.close()
