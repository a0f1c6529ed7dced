"""Anki's errors in the words that a client gets."""

from __future__ import annotations

from anki.errors import AnkiException, BackendIOError, DBError

from ankiconnect.kit.texts import plain


def explain(error: Exception) -> str | None:
    """What Anki says of a client's mistake; None where it is somebody's bug."""
    if not isinstance(error, AnkiException) or isinstance(
        error, (DBError, BackendIOError)
    ):
        return None
    return line(error)


def line(error: Exception) -> str:
    """An error's text in one line."""
    # Anki words them for its windows, where some have a break.
    text = plain(str(error)).replace("<br>", " ")
    return " ".join(text.split()) or type(error).__name__
