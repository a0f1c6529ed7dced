"""What a plugin may say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, TypeVar

from ankiconnect._libs import pluggy

if TYPE_CHECKING:
    from ankiconnect.action import Action

NAME = "ankiconnect"

_Function = TypeVar("_Function", bound=Callable[..., Any])

hookspec = pluggy.HookspecMarker(NAME)


def hookimpl(function: _Function) -> _Function:
    """Mark a plugin's function as what one of our hooks asks for."""
    marked: _Function = _mark(function)
    return marked


_mark = pluggy.HookimplMarker(NAME)


@hookspec(historic=True)  # type: ignore[untyped-decorator,unused-ignore]
def ankiconnect_actions() -> list[Action]:  # type: ignore[empty-body]
    """The actions that this plugin brings."""
