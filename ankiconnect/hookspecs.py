"""What a plugin may say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ankiconnect._libs import pluggy

if TYPE_CHECKING:
    from ankiconnect.action import Action

NAME = "ankiconnect"

hookspec = pluggy.HookspecMarker(NAME)
hookimpl = pluggy.HookimplMarker(NAME)


@hookspec(historic=True)
def ankiconnect_actions() -> list[Action]:  # type: ignore[empty-body]
    """The actions that this plugin brings."""
