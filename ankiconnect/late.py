"""Plugins that come by themselves, before there is a server or while it runs."""

from __future__ import annotations

import threading
from typing import Any, Callable

_lock = threading.Lock()
_waiting: list[tuple[str, Any]] = []
_take: Callable[[str, Any], Any] | None = None


def register(name: str, plugin: Any) -> None:
    """Have a module, or an object with our hooks as methods, loaded as a plugin."""
    with _lock:
        take = _take
        if take is None:
            _waiting.append((name, plugin))
    if take is not None:
        take(name, plugin)


def receive(take: Callable[[str, Any], Any] | None) -> None:
    """Give ``take`` those that wait, and from now on each as it comes."""
    global _take
    with _lock:
        _take = take
        came = []
        if take is not None:
            came, _waiting[:] = _waiting[:], []
    if take is not None:
        for name, plugin in came:
            take(name, plugin)
