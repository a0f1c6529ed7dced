"""Anki's errors in the words that a client gets."""

from __future__ import annotations

from anki.errors import AnkiException, BackendIOError, DBError

# Anki wraps what it inserts into a text in these direction marks.
_MARKS = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))


def plain(text: str) -> str:
    """A text of Anki's without its invisible direction marks."""
    return text.translate(_MARKS)


def explain(error: Exception) -> str | None:
    """What Anki says of a client's mistake; None where it is somebody's bug."""
    if not isinstance(error, AnkiException) or isinstance(
        error, (DBError, BackendIOError)
    ):
        return None
    return " ".join(plain(str(error)).split()) or type(error).__name__
