"""The names that Anki gives to media files, foretold.

Anki drops what some system does not take in a name, shortens long ones and,
lately, makes lower case of all.
"""

from __future__ import annotations

import re
import unicodedata

from anki.utils import int_version

_ILLEGAL = re.compile(r'[\[\]<>:"/?*^\\|\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com[1-9]|lpt[1-9])(?=\.|$)")

_MAX_BYTES = 120
_MAX_ENDING = 10
#: 25.09 does not, 26.09 does.
_MAY_LOWER_CASE = int_version() > 251000


def legal(filename: str) -> str:
    """A name without what may not stand in one."""
    return _ILLEGAL.sub("", filename)


def stored(filename: str) -> list[str]:
    """The names under which Anki may store what is sent as that."""
    name = legal(unicodedata.normalize("NFC", filename))
    name = _RESERVED.sub(r"\1_", name)
    spelled = [name]
    if _MAY_LOWER_CASE:
        spelled.append(unicodedata.normalize("NFC", name.lower()))
    return list(dict.fromkeys(map(_fit, spelled)))


def sought(filename: str) -> list[str]:
    """The names under which to look for that one: its own comes first."""
    own = [filename] if legal(filename) == filename else []
    last_part = re.split(r"[/\\]", filename)[-1]
    return [*own, *stored(filename), *stored(last_part)]


def beside(name: str, digest: str) -> str:
    """What Anki stores beside a file of that name, by its content's SHA-1."""
    stem, ending = _split(name, _MAX_BYTES - len(digest) - 1)
    return f"{stem}-{digest}.{ending}"


def _fit(name: str) -> str:
    name = _end(name)
    if len(name.encode()) <= _MAX_BYTES:
        return name
    stem, ending = _split(name, _MAX_BYTES)
    return _end(f"{stem}.{ending}" if ending else stem)


def _end(name: str) -> str:
    # "", "." and ".." become harmless as well.
    return name if name and name[-1] not in ". " else f"{name}_"


def _split(name: str, max_bytes: int) -> tuple[str, str]:
    """A name's stem and ending, cut so that a dot and one more have room."""
    stem, dot, ending = name.rpartition(".")
    if not dot:
        stem, ending = name, ""
    ending = _cut(ending, _MAX_ENDING)
    return _cut(stem, max_bytes - len(ending.encode()) - 2), ending


def _cut(text: str, max_bytes: int) -> str:
    return text.encode()[:max_bytes].decode(errors="ignore")
