"""Work on a collection, one piece at a time."""

import threading
import time
from functools import partial

import pytest

from ankiconnect.hosts.headless import Headless
from ankiconnect.hosts.worker import Worker


def started(worker, name, work, waiting=0):
    """A thread that asks for work, once it runs or so many pieces wait for it."""
    thread = threading.Thread(target=worker.run, args=(name, work))
    thread.start()
    deadline = time.monotonic() + 10
    while not worker._busy or len(worker._waiting) < waiting:
        assert time.monotonic() < deadline
        time.sleep(0.001)
    return thread


@pytest.fixture
def free():
    """What the first piece of work waits for."""
    return threading.Event()


@pytest.fixture
def worker(free):
    """One that has work until it is free."""
    worker = Worker()
    thread = started(worker, "the slow one", partial(free.wait, 30))
    yield worker
    free.set()
    thread.join(5)


def queue(worker, count):
    """Have the worker do so many pieces; their threads, and what is done by now."""
    done = []
    threads = [
        started(worker, "next", partial(done.append, number), number + 1)
        for number in range(count)
    ]
    assert done == []
    return threads, done


def test_one_at_a_time_in_the_order_in_which_it_came(worker, free):
    threads, done = queue(worker, 20)
    free.set()
    for thread in threads:
        thread.join(5)
    assert done == list(range(20))


def test_all_is_done_where_there_are_no_more_threads(worker, free, monkeypatch):
    threads, done = queue(worker, 3)

    def none_left(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", none_left)
    free.set()
    for thread in threads:
        thread.join(5)
    assert done == [0, 1, 2]
    assert worker.run("after", lambda: 5) == 5


def test_what_is_raised_reaches_who_asked_and_nobody_else(worker, free):
    threading.Timer(0.1, free.set).start()
    for _ in range(2):  # after the slow one, and at once
        with pytest.raises(ZeroDivisionError):
            worker.run("fails", lambda: 1 / 0)
    assert worker.run("after", lambda: 5) == 5


def test_finish_names_what_does_not_let_go(worker, free):
    ended = []
    assert worker.finish(lambda: ended.append(1), 0.1) == "the slow one"
    free.set()
    assert worker.finish(lambda: ended.append(2), 5) is None
    assert ended == [1, 2]


def test_a_profile_that_is_open_is_opened_again_whatever_its_path(base):
    host = Headless(base / ".." / base.name)
    host.open()
    before = host.collection
    assert host.load_profile("User 1") is True
    assert host.collection is before
    host.close()
