"""Results that Anki's window has only later.

A GUI handler cannot wait for them, since it holds the main thread that they come
on; it gives their futures.
"""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Callable, TypeVar

if TYPE_CHECKING:
    from anki.collection import Collection, OpChanges
    from aqt.main import AnkiQt

T = TypeVar("T")

#: Milliseconds; a window that was closed meanwhile never says that it has saved.
_SAVING_TAKES = 5000


def after_background(mw: AnkiQt, result: T) -> Future[T]:
    """A result for when all is done, and shown, that waits for the collection now.

    The host looks at it on the main thread, after what Anki does there itself.
    """
    future: Future[T] = mw.taskman.run_in_background(lambda: result)
    return future


def after_change(
    mw: AnkiQt, change: Callable[[Collection], OpChanges], work: Callable[[], T]
) -> Future[T]:
    """Change the collection as Anki's own operations do, but for their window."""
    from aqt.operations import QueryOp, on_op_finished

    future: Future[T] = Future()

    def finish(changes: OpChanges) -> None:
        try:
            on_op_finished(mw, changes, None)
        finally:
            # It calls add-ons, and one of them may fail.
            _settle(future, work)

    QueryOp(parent=mw, op=change, success=finish).failure(
        future.set_exception
    ).run_in_background()
    return future


def after_saving(editor: Any, work: Callable[[], T]) -> Future[T]:
    """Do it once an editor has what the user typed last."""
    from aqt.qt import QTimer

    future: Future[T] = Future()
    editor.call_after_note_saved(lambda: _settle(future, work))
    QTimer.singleShot(_SAVING_TAKES, lambda: _settle(future, work))
    return future


def _settle(future: Future[T], work: Callable[[], T]) -> None:
    if future.done():
        return
    try:
        future.set_result(work())
    except Exception as error:
        future.set_exception(error)


def soon(work: Callable[[], Any], after: int) -> None:
    """Do it so many milliseconds after the reply."""
    from aqt.qt import QTimer

    QTimer.singleShot(after, work)


def when_idle(mw: AnkiQt, work: Callable[[], Any]) -> None:
    """Do it from the event loop, where a dialog may wait without holding others,
    once no window of Anki's own shows progress."""
    mw.progress.single_shot(0, work)
