"""What goes to a log, and what never does: keys, and the bytes of media."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import orjson

log = logging.getLogger(__name__)
#: One line a request, for whoever set apiLogPath.
requests = logging.getLogger("ankiconnect.requests")
requests.propagate = False

#: The loggers of what runs here, plugins' files among it, and what they tell.
OURS = {
    "ankiconnect": logging.INFO,
    "ankiconnect_plugins": logging.INFO,
    "waitress": logging.WARNING,
}
FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_SIZE, _FILES = 1024 * 1024, 3
#: Characters of one text, and of one line.
_SHOWN, _LINE = 60, 500
_SHORTEST_KEY = 4
#: Members of a request that hold a key or the bytes of a file.
_HIDDEN = ("key", "data")
#: Base64 and the bytes that a message may quote.
_BYTES = re.compile(r"""[A-Za-z0-9+/=]{120,}|\bb(['"])(?:\\.|(?!\1).){16,}\1""")


_settings: Mapping[str, Any] = {}


def set_levels() -> None:
    """Have our loggers tell the same in both hosts."""
    for name, level in OURS.items():
        logging.getLogger(name).setLevel(level)


def keep_secret(settings: Mapping[str, Any]) -> None:
    """Have the key that those settings hold at any time stand in no log."""
    global _settings
    _settings = settings


class Formatter(logging.Formatter):
    """Takes out what is not to stand in a log."""

    def __init__(self) -> None:
        super().__init__(FORMAT)

    def format(self, record: logging.LogRecord) -> str:
        text = _BYTES.sub(
            lambda found: f"[{len(found[0])} characters]", super().format(record)
        )
        key = _settings.get("apiKey")
        if key and len(key) >= _SHORTEST_KEY:
            text = text.replace(key, "[key]")
        return text


class File(RotatingFileHandler):
    """A log file that does not grow for ever."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        super().__init__(
            path, maxBytes=_SIZE, backupCount=_FILES, encoding="utf-8", delay=True
        )
        self.setFormatter(Formatter())

    def format(self, record: logging.LogRecord) -> str:
        # A new line is an entry's beginning, whoever wrote what stands in it.
        return super().format(record).replace("\n", "\n    ")

    def handleError(self, record: logging.LogRecord) -> None:
        """A full disk: what Python would print, Anki would show in a window."""


class ApiLog:
    """The log at ``apiLogPath``: what the other logs hold, and each request."""

    def __init__(self, base: Path, settings: Mapping[str, Any]) -> None:
        """``base``: where a relative path starts."""
        self._base = base
        self._settings = settings
        self._file: File | None = None

    def follow(self) -> None:
        """Write where the settings say, or nowhere."""
        self.close()
        if not self._settings["apiLogPath"]:
            return
        path = self._base / self._settings["apiLogPath"]
        try:
            self._file = File(path)
            path.open("a").close()
        except (OSError, ValueError) as error:
            log.warning("apiLogPath: %s cannot be written: %s", path, error)
            self._file = None
            return
        for name in (*OURS, requests.name):
            logging.getLogger(name).addHandler(self._file)
        requests.setLevel(logging.DEBUG)

    def close(self) -> None:
        """Write no more."""
        requests.setLevel(logging.NOTSET)
        if self._file is not None:
            for name in (*OURS, requests.name):
                logging.getLogger(name).removeHandler(self._file)
            with suppress(OSError):  # the disk is full
                self._file.close()
            self._file = None


def brief(body: bytes) -> str:
    """What is logged of a request's body, if requests are logged."""
    if not requests.isEnabledFor(logging.DEBUG):
        return ""
    return _cut(_brief(_decode(body)), _LINE)


def note_request(asked: str, reply: bytes, seconds: float, who: str) -> None:
    """Log a request in brief."""
    if requests.isEnabledFor(logging.DEBUG):
        requests.debug(
            "%s %s -> %s in %.1f ms",
            _cut(who, _SHOWN),
            asked,
            _outcome(_decode(reply), len(reply)),
            seconds * 1000,
        )


def _decode(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except ValueError:
        return f"{len(text)} bytes that are no JSON"


def _outcome(reply: Any, size: int) -> str:
    if isinstance(reply, dict) and set(reply) == {"result", "error"}:
        if reply["error"] is not None:
            return f"error: {_cut(_one_line(str(reply['error'])), _LINE)}"
    return f"{size} bytes"


def _brief(value: Any, depth: int = 0) -> str:
    if isinstance(value, str):
        return repr(_cut(value, _SHOWN))
    if isinstance(value, (dict, list)) and depth > 6:
        return "…"
    if isinstance(value, dict):
        members = (
            f"{_member(name)}: "
            + ("[hidden]" if name in _HIDDEN else _brief(member, depth + 1))
            for name, member in list(value.items())[:20]
        )
        return f"{{{', '.join(members)}}}"
    if isinstance(value, list):
        return f"[{', '.join(_brief(entry, depth + 1) for entry in value[:10])}]"
    return _cut(repr(value), _SHOWN)


def _member(name: str) -> str:
    return name if name.isidentifier() else repr(_cut(name, _SHOWN))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[:length]}… ({len(text)})"
