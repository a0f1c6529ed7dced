"""From a request to its reply: look up, validate, run where it belongs.

A request becomes a tree of calls, one unless it is a batch. All that a call
needs beforehand is done before the collection is taken; calls that follow one
another and need the collection run there in one go.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import partial
from itertools import groupby
from typing import Any, Callable

from ankiconnect import access, protocol
from ankiconnect.access import Caller
from ankiconnect.action import Kind
from ankiconnect.call import Call, NotJson, no_exit
from ankiconnect.context import Context
from ankiconnect.contract import Contract
from ankiconnect.errors import ActionError
from ankiconnect.hosts import Host
from ankiconnect.hosts.steps import Steps
from ankiconnect.plugins import Plugins

#: How deep a batch may stand in a batch.
MAX_DEPTH = 32
#: How many calls may wait for Anki at once; the server has more threads than that.
MAX_WAITING = 480

UNSUPPORTED = "unsupported action"
WRONG_KEY = "valid api key must be provided"


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

    def finish(self, root: Call) -> bytes:
        """Run the calls of a plan, and make the reply."""
        self.run(root)
        reply = _encode(root)
        if self.plugins.after_call is not None and self._look_after(root):
            reply = _encode(root)
        return reply

    def plan(self, body: bytes, caller: Caller) -> Call:
        """Make the calls of a request, each validated, none run yet.

        Raises only Forbidden.
        """
        try:
            request = protocol.parse(protocol.decode(body))
        except ActionError as error:
            return Call.failed(error)
        contract = self.plugins.registry.find(request.action, request.version)
        if not caller.allowed and not (contract and contract.action.open_to_all):
            raise Forbidden("origin is not allowed")
        context = Context(self.host, self.plugins, caller)
        return self._plan(request, contract, context, None, 0)

    def _plan_child(
        self, data: Any, context: Context, key: str | None, depth: int
    ) -> Call:
        try:
            request = protocol.parse(data)
        except ActionError as error:
            return Call.failed(error)
        contract = self.plugins.registry.find(request.action, request.version)
        return self._plan(request, contract, context, key, depth)

    def _plan(
        self,
        request: protocol.Request,
        contract: Contract | None,
        context: Context,
        outer_key: str | None,
        depth: int,
    ) -> Call:
        call = Call(request.version, contract, context)
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
                with no_exit():
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

    def _look_before(self, call: Call) -> None:
        """Let plugins look at a call, and refuse it."""
        before_call = self.plugins.before_call
        assert before_call is not None
        try:
            with no_exit():
                before_call(
                    action=call.contract.action.name,
                    params=call.params,
                    context=call.context,
                )
        except Exception as error:
            call.fail(error, f"{call.name} was not run: a plugin")

    def _look_after(self, call: Call) -> bool:
        """Let plugins look at what was answered; whether that changed it."""
        changed = False
        for child in call.children or ():
            changed |= self._look_after(child)
        after_call, request = self.plugins.after_call, call.request
        if after_call is None or request is None:
            return changed
        try:
            with no_exit():
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

    def run(self, root: Call) -> None:
        """Run the calls of a plan and wait for the last of them."""
        calls = [call for call in root.leaves() if call.error is None]
        for call in calls:
            if call.contract.action.prepare is not None:
                self._admitted([call], call.prepare)
        steps: Steps | None = None
        for on_collection, group in groupby(calls, key=Call.needs_collection):
            jobs = [call for call in group if call.error is None]
            if not on_collection:
                for call in jobs:
                    self._run_elsewhere(call)
            elif jobs:
                # The same steps for all: the changes of a batch are one.
                steps = steps or Steps(root.contract.action.name)
                self._admitted(jobs, partial(self.host.run_jobs, jobs, steps))

    def _run_elsewhere(self, call: Call) -> None:
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

    def _run_gui(self, call: Call) -> None:
        call.result = self.host.run_gui(call.handle, call.name)

    def _admitted(self, calls: list[Call], work: Callable[[], Any]) -> None:
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


def _encode(root: Call) -> bytes:
    try:
        return protocol.encode(root.reply())
    except TypeError:
        for call in root.leaves():
            try:
                call.check_json()
            except NotJson as error:
                call.fail(error)
        return protocol.encode(root.reply())
