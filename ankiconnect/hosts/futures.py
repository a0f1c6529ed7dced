"""Results that another thread has later."""

from __future__ import annotations

from concurrent.futures import Future
from concurrent.futures import TimeoutError as TakesLong
from typing import Any, Callable, TypeVar

T = TypeVar("T")


def wait_for(done: Future[T], look: Callable[[], float | None] | None = None) -> T:
    """The result, once it is there.

    ``look`` is called meanwhile, and gives the seconds until it is to be again.
    """
    while True:
        try:
            return done.result(look() if look else None)
        except TakesLong:
            if done.done():
                return done.result()


def settle(
    future: Future[Any], result: Any = None, error: BaseException | None = None
) -> None:
    """Give a future its result or error, unless it has one."""
    # Anki may close in the meantime, and what comes second is of no use.
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)


def pass_on(later: Future[Any], done: Future[Any]) -> None:
    """Settle a future as another was."""
    try:
        settle(done, later.result())
    except Exception as error:
        settle(done, error=error)
