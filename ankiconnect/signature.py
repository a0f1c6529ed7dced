"""What a handler takes, and whether its prepare takes the same."""

from __future__ import annotations

import inspect
from typing import Any, NamedTuple

from ankiconnect.action import Action, Kind
from ankiconnect.errors import ContractError


class Signature(NamedTuple):
    """A handler's parameters on the wire."""

    required: frozenset[str]
    parameters: frozenset[str]
    defaults: dict[str, Any]


def signature_of(action: Action) -> Signature:
    """Read a handler's parameters, or raise ContractError."""
    _check_functions(action)
    required: set[str] = set()
    defaults: dict[str, Any] = {}
    positional = 0
    for name, parameter in inspect.signature(action.handler).parameters.items():
        if parameter.kind is parameter.KEYWORD_ONLY:
            if parameter.default is parameter.empty:
                required.add(name)
            else:
                defaults[name] = parameter.default
        elif parameter.kind in (
            parameter.POSITIONAL_ONLY,
            parameter.POSITIONAL_OR_KEYWORD,
        ):
            positional += 1
        else:
            raise ContractError(f"{action.name}: a handler takes no *{name}")
    given = (action.kind is not Kind.BATCH) + (action.prepare is not None)
    if positional != given:
        surplus = "; parameters stand behind a *" if positional > given else ""
        raise ContractError(
            f"{action.name}: the handler takes {positional} positional "
            f"arguments, a {action.kind.name} handler is given {given}{surplus}"
        )
    _check_prepare(action, required, defaults)
    return Signature(frozenset(required), frozenset(required | set(defaults)), defaults)


def _check_functions(action: Action) -> None:
    name, handler = action.name, action.handler
    for function in (handler, *([action.prepare] if action.prepare else [])):
        if not callable(function):
            raise ContractError(f"{name}: {function!r} cannot be called")
        if inspect.iscoroutinefunction(function):
            raise ContractError(f"{name}: a handler is no async function")
    yields = inspect.isgeneratorfunction(handler) or inspect.isasyncgenfunction(handler)
    if yields and action.kind is not Kind.BATCH:
        raise ContractError(
            f"{name}: the handler has to return its result, a list for example, "
            "not yield it"
        )


def _check_prepare(
    action: Action, required: set[str], defaults: dict[str, Any]
) -> None:
    if action.prepare is None:
        return
    try:
        signature = inspect.signature(action.prepare)
    except ValueError:  # something built in, that does not say
        return
    # What a client may send at most, and has to send at least.
    for names in ([*required, *defaults], [*required]):
        try:
            signature.bind(None, **dict.fromkeys(names))
        except TypeError as error:
            arguments = ", ".join(["context", *(f"{name}=…" for name in sorted(names))])
            raise ContractError(
                f"{action.name}: prepare has to take what the handler takes, and "
                f"require no more, but prepare({arguments}) fails: {error}"
            ) from None
