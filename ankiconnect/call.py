"""One request on its way: what it asks, what becomes of it, what it answers."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ankiconnect import protocol
from ankiconnect.action import Kind
from ankiconnect.context import Context
from ankiconnect.contract import Contract
from ankiconnect.errors import ActionError

log = logging.getLogger(__name__)

_ON_COLLECTION = (Kind.READ, Kind.WRITE)


@contextmanager
def no_exit() -> Iterator[None]:
    """A plugin that wants to end the program, or its thread, has only failed."""
    try:
        yield
    except Exception:
        raise
    except BaseException as error:
        raise RuntimeError(f"it wanted to exit: {error!r}") from error


class NotJson(Exception):
    """A result that cannot be sent."""


class Call:
    """A request: first its parameters, then its result or error."""

    __slots__ = (
        "children",
        "context",
        "contract",
        "error",
        "params",
        "prepared",
        "request",
        "result",
        "version",
    )

    contract: Contract  # of every call without an error

    def __init__(
        self, version: int, contract: Contract | None, context: Context | None
    ) -> None:
        self.version = version
        self.contract = contract  # type: ignore[assignment]
        self.context = context
        #: What was asked, if it was a request at all.
        self.request: protocol.Request | None = None
        self.params: dict[str, Any] = {}
        self.prepared: tuple[Any, ...] = ()
        self.children: list[Call] | None = None
        self.result: Any = None
        self.error: str | None = None

    @classmethod
    def failed(cls, error: ActionError) -> Call:
        """A call that stands for a request that is none."""
        call = cls(protocol.DEFAULT_VERSION, None, None)
        call.error = str(error)
        return call

    @property
    def name(self) -> str:
        """The action's, or what was asked for in its place."""
        if self.contract:
            return self.contract.action.name
        return self.request.action if self.request else "request"

    @property
    def writes(self) -> bool:
        """Whether it changes the collection."""
        return self.contract.action.kind is Kind.WRITE

    def needs_collection(self) -> bool:
        """Whether it reads or changes the collection."""
        return self.contract.action.kind in _ON_COLLECTION

    def leaves(self) -> Iterator[Call]:
        """The calls that do something, in the order of the requests."""
        if self.children is None:
            yield self
        else:
            for child in self.children:
                yield from child.leaves()

    def prepare(self) -> None:
        """Do what the action does beforehand, and forget what that used up."""
        prepare = self.contract.action.prepare
        assert prepare is not None
        with no_exit():
            self.prepared = (prepare(self.context, **self.params),)
        for name in self.contract.action.spent:
            for params in (self.params, self.request.params if self.request else {}):
                if name in params:
                    params[name] = None

    def run(self, target: Any) -> None:
        """Do it, and keep the result."""
        self.result = self.handle(target)
        if self.writes:
            # While it can be taken back: who reads of an error may ask again.
            self.check_json()

    def handle(self, target: Any) -> Any:
        """What the action's handler makes of its target; ``run`` without the rest."""
        with no_exit():
            return self.contract.action.handler(target, *self.prepared, **self.params)

    def fail(self, error: Exception, who: str = "") -> None:
        """Make it the error of this call; ``who`` failed, if not the action."""
        self.result = None
        if isinstance(error, ActionError):
            self.error = str(error) or f"{self.name} was refused"
            return
        known = self.context.host.explain(error) if self.context else None
        if known is not None:
            self.error = known
            return
        who = who or self.name
        if self.request is not None and protocol.too_deep(self.request.params):
            # Python, Anki and libraries each give up at a depth of their own.
            self.error = f"{who}() got parameters that are nested too deeply"
            return
        if isinstance(error, NotJson):
            log.error("%s failed: %s", who, error)
            self.error = f"{who} failed inside: {error}"
            return
        log.error("%s failed", who, exc_info=error)
        self.error = f"{who} failed inside: {type(error).__name__}; the log has more"

    def check_json(self) -> None:
        """Raise if JSON cannot hold the result."""
        try:
            protocol.encode(self.result)
        except TypeError as error:
            raise NotJson(f"its result: {error}") from None

    def reply(self) -> Any:
        """What its version answers."""
        if self.error is not None:
            return protocol.failure(self.error)
        return protocol.success(self.version, self.answer())

    def answer(self) -> Any:
        """The result, which for a batch is the replies to its children."""
        if self.children is not None and self.error is None:
            return [child.reply() for child in self.children]
        return self.result
