"""What a plugin may say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Callable, TypeVar, overload

from ankiconnect._libs import pluggy

if TYPE_CHECKING:
    from ankiconnect.action import Action
    from ankiconnect.context import Context

NAME = "ankiconnect"

_Function = TypeVar("_Function", bound=Callable[..., Any])

hookspec = pluggy.HookspecMarker(NAME)


@overload
def hookimpl(function: _Function) -> _Function: ...
@overload
def hookimpl(
    function: None = None, *, tryfirst: bool = False, trylast: bool = False
) -> Callable[[_Function], _Function]: ...
def hookimpl(function: Any = None, **order: bool) -> Any:
    """Mark a plugin's function as what one of our hooks asks for.

    ``tryfirst`` and ``trylast``: before, or after, other plugins' hooks.
    """
    return _mark(function, **order)


_mark = pluggy.HookimplMarker(NAME)


@hookspec(historic=True)  # type: ignore[untyped-decorator,unused-ignore]
def ankiconnect_actions() -> list[Action]:  # type: ignore[empty-body]
    """The actions that this plugin brings."""


@hookspec  # type: ignore[untyped-decorator,unused-ignore]
def ankiconnect_settings(settings: Mapping[str, Any]) -> None:
    """Called once, before all else: the plugin's own settings, ever as they are now."""


@hookspec  # type: ignore[untyped-decorator,unused-ignore]
def ankiconnect_before_call(
    action: str, params: dict[str, Any], context: Context
) -> None:
    """Before a call that its schema allows; an ActionError refuses it."""


@hookspec  # type: ignore[untyped-decorator,unused-ignore]
def ankiconnect_after_call(
    action: str,
    params: dict[str, Any],
    context: Context,
    result: Any,
    error: str | None,
) -> None:
    """After a call, refused ones too: its result, or else the error's text."""


#: The names of all hooks.
HOOKS = tuple(name for name in vars() if name.startswith(f"{NAME}_"))
