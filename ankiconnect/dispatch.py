"""From a request to its reply: look up, validate, run where it belongs.

A request becomes a tree of calls, one unless it is a batch. All that a call
needs beforehand is done before the collection is taken; calls that follow one
another and need the collection run there in one go.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import groupby
from typing import Any, Callable

from ankiconnect import access, protocol
from ankiconnect.access import Caller
from ankiconnect.action import Kind
from ankiconnect.context import Context
from ankiconnect.contract import Contract
from ankiconnect.errors import ActionError
from ankiconnect.hosts import Host
from ankiconnect.hosts.steps import Steps
from ankiconnect.plugins import Plugins

log = logging.getLogger(__name__)

#: How deep a batch may stand in a batch.
MAX_DEPTH = 32
#: How many calls may wait for Anki at once; the server has more threads than that.
MAX_WAITING = 480

UNSUPPORTED = "unsupported action"
WRONG_KEY = "valid api key must be provided"

_ON_COLLECTION = (Kind.READ, Kind.WRITE)


class Forbidden(ActionError):
    """The caller's origin may not have this answered."""


class Dispatcher:
    """Answers requests on one host."""

    def __init__(self, plugins: Plugins, host: Host) -> None:
        self.plugins = plugins
        self.host = host
        self.max_waiting = MAX_WAITING
        self._waiting = 0
        self._lock = threading.Lock()

    def answer(self, body: bytes, caller: Caller) -> bytes:
        """Bytes of a request to bytes of its reply; raises only Forbidden."""
        return self.finish(self.plan(body, caller))

    def finish(self, root: _Call) -> bytes:
        """Run the calls of a plan, and make the reply."""
        self.run(root)
        reply = _encode(root)
        if self.plugins.after_call is not None and self._look_after(root):
            reply = _encode(root)
        return reply

    def plan(self, body: bytes, caller: Caller) -> _Call:
        """Make the calls of a request, each validated, none run yet.

        Raises only Forbidden.
        """
        try:
            request = protocol.parse(protocol.decode(body))
        except ActionError as error:
            return _Call.failed(error)
        contract = self.plugins.registry.find(request.action, request.version)
        if not caller.allowed and not (contract and contract.action.open_to_all):
            raise Forbidden("origin is not allowed")
        context = Context(self.host, self.plugins, caller)
        return self._plan(request, contract, context, None, 0)

    def _plan_child(
        self, data: Any, context: Context, key: str | None, depth: int
    ) -> _Call:
        try:
            request = protocol.parse(data)
        except ActionError as error:
            return _Call.failed(error)
        contract = self.plugins.registry.find(request.action, request.version)
        return self._plan(request, contract, context, key, depth)

    def _plan(
        self,
        request: protocol.Request,
        contract: Contract | None,
        context: Context,
        outer_key: str | None,
        depth: int,
    ) -> _Call:
        call = _Call(request.version, contract, context)
        call.request = request
        # Some clients forget the key in a batch's children.
        key = request.key if request.key is not None else outer_key
        try:
            call.params = self._admit(request, contract, key)
            if self.plugins.before_call is not None:
                self._look_before(call)
            if call.error is None and contract and contract.action.kind is Kind.BATCH:
                if depth >= MAX_DEPTH:
                    raise ActionError(f"batches may nest {MAX_DEPTH} deep, no more")
                with _no_exit():
                    children = contract.action.handler(**call.params)
                    if isinstance(children, (str, Mapping)):
                        raise TypeError(f"a list of requests, not {children!r:.60}")
                    children = list(children)
                call.children = [
                    self._plan_child(child, context, key, depth + 1)
                    for child in children
                ]
        except Exception as error:
            call.fail(error)
        return call

    def _admit(
        self, request: protocol.Request, contract: Contract | None, key: str | None
    ) -> dict[str, Any]:
        is_open = contract is not None and contract.action.open_to_all
        if not is_open and not access.key_valid(key, self.host.settings):
            raise ActionError(WRONG_KEY)
        if contract is None:
            raise ActionError(UNSUPPORTED)
        if contract.action.kind not in self.host.kinds:
            raise ActionError(
                f"{contract.action.name} needs Anki's window, "
                "and this server runs without one"
            )
        return contract.accept(request.params)

    def _look_before(self, call: _Call) -> None:
        """Let plugins look at a call, and refuse it."""
        before_call = self.plugins.before_call
        assert before_call is not None
        try:
            with _no_exit():
                before_call(
                    action=call.contract.action.name,
                    params=call.params,
                    context=call.context,
                )
        except Exception as error:
            call.fail(error, f"{call.name} was not run: a plugin")

    def _look_after(self, call: _Call) -> bool:
        """Let plugins look at what was answered; whether that changed it."""
        changed = False
        for child in call.children or ():
            changed |= self._look_after(child)
        after_call, request = self.plugins.after_call, call.request
        if after_call is None or request is None:
            return changed
        try:
            with _no_exit():
                after_call(
                    action=call.name,
                    params=call.params or request.params,
                    context=call.context,
                    result=call.answer(),
                    error=call.error,
                )
        except Exception as error:
            call.fail(error, f"{call.name} was answered, but a plugin")
            return True
        return changed

    def run(self, root: _Call) -> None:
        """Run the calls of a plan and wait for the last of them."""
        calls = [call for call in root.leaves() if call.error is None]
        for call in calls:
            if call.contract.action.prepare is not None:
                self._admitted([call], call.prepare)
        steps: Steps | None = None
        for on_collection, group in groupby(calls, key=_Call.needs_collection):
            jobs = [call for call in group if call.error is None]
            if not on_collection:
                for call in jobs:
                    self._run_elsewhere(call)
            elif jobs:
                # The same steps for all: the changes of a batch are one.
                steps = steps or Steps(root.contract.action.name)
                self._admitted(jobs, partial(self.host.run_jobs, jobs, steps))

    def _run_elsewhere(self, call: _Call) -> None:
        kind = call.contract.action.kind
        if kind is Kind.GUI:
            self._admitted([call], partial(self._run_gui, call))
        elif kind is Kind.HOST:
            self._admitted([call], partial(call.run, self.host))
        else:
            try:
                call.run(call.context)
            except Exception as error:
                call.fail(error)

    def _run_gui(self, call: _Call) -> None:
        call.result = self.host.run_gui(call.handle, call.name)

    def _admitted(self, calls: list[_Call], work: Callable[[], Any]) -> None:
        """Do what may take long, for never so many that nothing else runs."""
        with self._lock:
            admitted = self._waiting < self.max_waiting
            self._waiting += admitted
        try:
            if not admitted:
                raise ActionError("too many requests are waiting for Anki")
            work()
        except Exception as error:
            for call in calls:
                call.fail(error)
        finally:
            with self._lock:
                self._waiting -= admitted


def _encode(root: _Call) -> bytes:
    try:
        return protocol.encode(root.reply())
    except TypeError:
        for call in root.leaves():
            try:
                call.check_json()
            except _NotJson as error:
                call.fail(error)
        return protocol.encode(root.reply())


@contextmanager
def _no_exit() -> Iterator[None]:
    """A plugin that wants to end the program, or its thread, has only failed."""
    try:
        yield
    except Exception:
        raise
    except BaseException as error:
        raise RuntimeError(f"it wanted to exit: {error!r}") from error


class _NotJson(Exception):
    """A result that cannot be sent."""


class _Call:
    """One request on its way: first its parameters, then its result or error."""

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
        self.children: list[_Call] | None = None
        self.result: Any = None
        self.error: str | None = None

    @classmethod
    def failed(cls, error: ActionError) -> _Call:
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
        return self.contract.action.kind is Kind.WRITE

    def needs_collection(self) -> bool:
        return self.contract.action.kind in _ON_COLLECTION

    def leaves(self) -> Iterator[_Call]:
        """The calls that do something, in the order of the requests."""
        if self.children is None:
            yield self
        else:
            for child in self.children:
                yield from child.leaves()

    def prepare(self) -> None:
        prepare = self.contract.action.prepare
        assert prepare is not None
        with _no_exit():
            self.prepared = (prepare(self.context, **self.params),)
        for name in self.contract.action.spent:
            for params in (self.params, self.request.params if self.request else {}):
                if name in params:
                    params[name] = None

    def run(self, target: Any) -> None:
        self.result = self.handle(target)
        if self.writes:
            # While it can be taken back: who reads of an error may ask again.
            self.check_json()

    def handle(self, target: Any) -> Any:
        with _no_exit():
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
        if isinstance(error, _NotJson):
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
            raise _NotJson(f"its result: {error}") from None

    def reply(self) -> Any:
        if self.error is not None:
            return protocol.failure(self.error)
        return protocol.success(self.version, self.answer())

    def answer(self) -> Any:
        """The result, which for a batch is the replies to its children."""
        if self.children is not None and self.error is None:
            return [child.reply() for child in self.children]
        return self.result
