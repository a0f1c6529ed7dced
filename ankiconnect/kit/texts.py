"""Anki's texts as clients get them."""

from __future__ import annotations

# Anki wraps what it inserts into a text in these direction marks.
_MARKS = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))


def plain(text: str) -> str:
    """A text of Anki's without its invisible direction marks."""
    return text.translate(_MARKS)
