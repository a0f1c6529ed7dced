"""The schemas as clients fetch them: pages by path, each with its tag."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import orjson

from ankiconnect import documents
from ankiconnect.action import Kind
from ankiconnect.registry import Registry

ALL, ANY_REQUEST, OPENAPI = "/schemas", "/request.json", "/openapi.json"
_ONE = f"{ALL}/"


@dataclass(frozen=True)
class Page:
    """One document, and the tag that changes with it."""

    body: bytes
    tag: str

    def matches(self, if_none_match: str | None) -> bool:
        """Whether a request's If-None-Match names this very document."""
        tags = [tag.strip() for tag in (if_none_match or "").split(",")]
        return "*" in tags or any(tag in (self.tag, f"W/{self.tag}") for tag in tags)


class Catalog:
    """What a registry's actions that can run here look like, over HTTP."""

    def __init__(self, registry: Registry, kinds: frozenset[Kind]) -> None:
        self._registry = registry
        self._kinds = kinds
        self._pages: dict[str, Page] = {}
        self._generation = -1

    def page(self, path: str) -> Page | None:
        """What is at a path, if that is one of ours."""
        generation = self._registry.generation
        if generation != self._generation:  # there are other actions by now
            self._pages, self._generation = {}, generation
        pages = self._pages
        if path not in pages:
            document = self._document(path)
            if document is None:
                return None
            body = orjson.dumps(document)
            pages[path] = Page(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')
        return pages[path]

    def _document(self, path: str) -> dict[str, Any] | None:
        contracts = self._registry.runnable(self._kinds)
        if path.startswith(_ONE):
            contract = contracts.get(path[len(_ONE) :])
            return contract.schema if contract else None
        make = {
            ALL: documents.schemas,
            ANY_REQUEST: documents.request,
            OPENAPI: documents.openapi,
        }.get(path)
        return make(contracts) if make else None
