"""Anki's texts and errors as clients get them."""

from __future__ import annotations

from anki.errors import AnkiException, BackendIOError, DBError

# Anki wraps what it inserts into a text in these direction marks.
_MARKS = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))


def plain(text: str) -> str:
    """A text of Anki's without its invisible direction marks."""
    return text.translate(_MARKS)


def line(error: Exception) -> str:
    """An error's text in one line."""
    # Anki words them for its windows, where some have a break.
    text = plain(str(error)).replace("<br>", " ")
    return " ".join(text.split()) or type(error).__name__


def explain(error: Exception) -> str | None:
    """What Anki says of a client's mistake; None where it is somebody's bug."""
    if not isinstance(error, AnkiException) or isinstance(
        error, (DBError, BackendIOError)
    ):
        return None
    return line(error)
