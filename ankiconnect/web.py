"""HTTP in, HTTP out: the WSGI application."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping
from typing import Any, Callable

from ankiconnect import access, logs, protocol
from ankiconnect.access import Caller
from ankiconnect.catalog import Catalog
from ankiconnect.connections import SMALL_BODY
from ankiconnect.dispatch import Dispatcher, Forbidden

log = logging.getLogger(__name__)

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
Answer = tuple[str, str, bytes, Headers]
StartResponse = Callable[[str, Headers], Any]

_JSON = "application/json"
_TEXT = "text/plain; charset=utf-8"
_NOT_MODIFIED = "304 Not Modified"
_METHODS = "GET, HEAD, POST, OPTIONS"


class Application:
    """Answers HTTP requests with a dispatcher."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self.dispatcher = dispatcher
        self.host = dispatcher.host
        self.catalog = Catalog(dispatcher.plugins.registry, self.host.kinds)

    def body_limit(self, headers: Mapping[str, str], address: str) -> int:
        """How large a body may be with those headers, from there."""
        settings = self.host.settings
        limit: int = settings["webBodyLimit"]
        if (
            access.host_allowed(headers.get("HOST"), settings)
            and access.machine_allowed(address, settings)
            and self._origin_allowed(headers.get("ORIGIN"))
        ):
            return limit
        return min(SMALL_BODY, limit)

    def __call__(self, environ: Environ, start: StartResponse) -> Iterable[bytes]:
        try:
            status, kind, body, headers = self._answer(environ)
        except Exception:  # the one place where a bug of the core ends
            log.exception("a request failed")
            status, headers = "500 Internal Server Error", []
            kind, body = _JSON, _refusal("internal error; the log has more")
        if status != _NOT_MODIFIED:
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
            return self._schemas(environ, method, origin)
        if method not in ("GET", "HEAD", "POST"):
            return (
                "405 Method Not Allowed",
                _TEXT,
                b"use POST\n",
                [("Allow", _METHODS)],
            )
        allowed = self._origin_allowed(origin)
        body = _read(environ) if method == "POST" else b""
        if not body:
            headers = _cors(origin) if allowed else []
            return "200 OK", _TEXT, protocol.GREETING.encode(), headers
        caller = Caller(origin, allowed, access.may_name_files(settings))
        try:
            begun = time.perf_counter()
            call = self.dispatcher.plan(body, caller)
        except Forbidden:
            return _wrong_origin(origin)
        asked = logs.brief(body)
        # A body may be large, and all of it is in the call.
        del body
        reply = self.dispatcher.finish(call)
        who = origin or environ["REMOTE_ADDR"]
        logs.note_request(asked, reply, time.perf_counter() - begun, who)
        return "200 OK", _JSON, reply, _cors(origin)

    def _schemas(self, environ: Environ, method: str, origin: str | None) -> Answer:
        """The schemas, which need no key: they say nothing of the collection."""
        if not self._origin_allowed(origin):
            return _wrong_origin(origin)
        page = self.catalog.page(environ["PATH_INFO"])
        if page is None:
            return "404 Not Found", _TEXT, b"not found\n", _cors(origin)
        if method not in ("GET", "HEAD"):
            allow = [("Allow", "GET, HEAD, OPTIONS"), *_cors(origin)]
            return "405 Method Not Allowed", _TEXT, b"use GET\n", allow
        headers = [
            ("ETag", page.tag),
            ("Cache-Control", "no-cache"),  # keep it, but ask whether it holds
            ("Access-Control-Expose-Headers", "ETag"),
            *_cors(origin),
        ]
        if page.matches(environ.get("HTTP_IF_NONE_MATCH")):
            return _NOT_MODIFIED, _JSON, b"", headers
        return "200 OK", _JSON, page.body, headers

    def _origin_allowed(self, origin: str | None) -> bool:
        return origin is None or access.origin_allowed(
            origin, self.host.settings, self.host.refused_origins()
        )


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


def _wrong_origin(origin: str | None) -> Answer:
    return _forbidden(f"origin {origin} is not allowed; webCorsOriginList can allow it")


def _refusal(message: str) -> bytes:
    return protocol.encode(protocol.failure(message))
