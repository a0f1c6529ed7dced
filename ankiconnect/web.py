"""HTTP in, HTTP out: the WSGI application."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any, Callable

from ankiconnect import access, protocol
from ankiconnect.access import Caller
from ankiconnect.dispatch import Dispatcher, Forbidden

log = logging.getLogger(__name__)

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
StartResponse = Callable[[str, Headers], Any]

_JSON = "application/json"
_TEXT = "text/plain; charset=utf-8"
_METHODS = "GET, HEAD, POST, OPTIONS"


class Application:
    """Answers HTTP requests with a dispatcher."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self.dispatcher = dispatcher
        self.host = dispatcher.host

    def __call__(self, environ: Environ, start: StartResponse) -> Iterable[bytes]:
        try:
            status, kind, body, headers = self._answer(environ)
        except Exception:  # the one place where a bug of the core ends
            log.exception("a request failed")
            status, headers = "500 Internal Server Error", []
            kind, body = _JSON, _refusal("internal error; the log has more")
        headers += [("Content-Type", kind), ("Content-Length", str(len(body)))]
        start(status, headers)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]

    def _answer(self, environ: Environ) -> tuple[str, str, bytes, Headers]:
        settings = self.host.settings
        if not access.host_allowed(environ.get("HTTP_HOST"), settings):
            return _forbidden("this Host is not served; webHostList can allow it")
        if not access.machine_allowed(environ["REMOTE_ADDR"], settings):
            return _forbidden(
                "other machines need a key: set apiKey "
                "(or ANKICONNECT_API_KEY in the environment) and send it"
            )
        method, origin = environ["REQUEST_METHOD"], environ.get("HTTP_ORIGIN")
        if method == "OPTIONS":
            return "200 OK", _TEXT, b"", _preflight(environ, origin)
        if environ["PATH_INFO"] not in ("", "/"):
            return "404 Not Found", _TEXT, b"not found\n", []
        if method not in ("GET", "HEAD", "POST"):
            return (
                "405 Method Not Allowed",
                _TEXT,
                b"use POST\n",
                [("Allow", _METHODS)],
            )
        allowed = origin is None or access.origin_allowed(
            origin, settings, self.host.refused_origins()
        )
        body = _read(environ) if method == "POST" else b""
        if not body:
            headers = _cors(origin) if allowed else []
            return "200 OK", _TEXT, protocol.GREETING.encode(), headers
        caller = Caller(origin, allowed, access.may_name_files(settings))
        try:
            reply = self.dispatcher.answer(body, caller)
        except Forbidden:
            return _forbidden(
                f"origin {origin} is not allowed; webCorsOriginList can allow it"
            )
        return "200 OK", _JSON, reply, _cors(origin)


def _read(environ: Environ) -> bytes:
    # waitress has read the body by now, chunked or not, and says its length.
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body: bytes = environ["wsgi.input"].read(length) if length else b""
    return body


def _cors(origin: str | None) -> Headers:
    if origin is None:
        return []
    return [("Access-Control-Allow-Origin", origin), ("Vary", "Origin")]


def _preflight(environ: Environ, origin: str | None) -> Headers:
    # Any origin gets this far, since it may ask for permission; what it sends
    # after is decided when it comes.
    headers = _cors(origin) or [("Access-Control-Allow-Origin", "*")]
    headers += [
        ("Access-Control-Allow-Headers", "*"),
        ("Access-Control-Allow-Methods", _METHODS),
    ]
    if environ.get("HTTP_ACCESS_CONTROL_REQUEST_PRIVATE_NETWORK") == "true":
        headers.append(("Access-Control-Allow-Private-Network", "true"))
    return headers


def _forbidden(message: str) -> tuple[str, str, bytes, Headers]:
    return "403 Forbidden", _JSON, _refusal(message), []


def _refusal(message: str) -> bytes:
    return protocol.encode(protocol.failure(message))
