"""Finds and loads plugins: ours, add-ons', drop-in files, installed packages.

All come through one door, in any order, each whole or not at all.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, Callable

from ankiconnect import actions as builtin
from ankiconnect import hookspecs
from ankiconnect._libs import pluggy
from ankiconnect.registry import Registry

log = logging.getLogger(__name__)

#: The file by which an Anki add-on brings a plugin, and pip's entry-point group.
ADDON_MODULE = "ankiconnect_plugin"
ENTRY_POINTS = "ankiconnect"

LOADED, REFUSED, DISABLED = "loaded", "refused", "disabled"


class PluginError(Exception):
    """A plugin is refused; the text says why."""


@dataclass(frozen=True)
class Plugin:
    """What became of one plugin."""

    name: str
    state: str
    reason: str = ""
    version: str = ""
    actions: tuple[str, ...] = ()


class Plugins:
    """Loads plugins into a registry, and remembers what became of each."""

    def __init__(self, registry: Registry, disabled: Iterable[str] = ()) -> None:
        self.registry = registry
        self.disabled = frozenset(disabled)
        self.all: dict[str, Plugin] = {}
        self._manager = pluggy.PluginManager(hookspecs.NAME)
        self._manager.add_hookspecs(hookspecs)
        self._added: list[str] = []
        # Called before any plugin exists: each that registers is asked at once.
        self._manager.hook.ankiconnect_actions.call_historic(self._take_in)

    def load_builtin(self) -> None:
        """Load the families that come with this package."""
        for family in builtin.FAMILIES:
            self.load_module(family, f"{builtin.__name__}.{family}")

    def load_installed(self) -> None:
        """Load what pip-installed packages offer under our entry-point group."""
        found = entry_points()
        if hasattr(found, "select"):
            group = found.select(group=ENTRY_POINTS)
        else:  # Python 3.9
            group = found.get(ENTRY_POINTS, ())  # type: ignore[arg-type,attr-defined,unused-ignore]
        for entry in sorted(group, key=lambda entry: entry.name):
            self.load(entry.name, entry.load)

    def load_folder(self, folder: Path) -> None:
        """Load every Python file of a folder as a plugin of its name."""
        for path in sorted(folder.glob("*.py")):
            self.load_file(path.stem, path)

    def load_file(self, name: str, path: Path) -> None:
        """Load one file."""
        self.load(name, lambda: _import_file(name, path))

    def load_module(self, name: str, module: str) -> None:
        """Load a module that can be imported."""
        self.load(name, lambda: importlib.import_module(module))

    def load(self, name: str, find: Callable[[], Any]) -> Plugin:
        """Load what ``find`` gives under a name; a failure is recorded, not raised."""
        if name in self.all:
            name = _next_free(name, self.all)
            plugin = Plugin(name, REFUSED, "there is a plugin of that name already")
        elif name in self.disabled:
            plugin = Plugin(name, DISABLED)
        else:
            plugin = self._load(name, find)
        self.all[name] = plugin
        return plugin

    def _load(self, name: str, find: Callable[[], Any]) -> Plugin:
        self._added = []
        module: Any = None
        try:
            module = find()
            self._manager.register(module, name)
            self._check_hooks(module)
        except Exception as error:
            if module is not None and self._manager.is_registered(module):
                self._manager.unregister(module)
            self.registry.remove(self._added)
            log.warning("plugin %s is refused: %s", name, error, exc_info=True)
            return Plugin(name, REFUSED, f"{type(error).__name__}: {error}")
        version = str(getattr(module, "__version__", ""))
        return Plugin(name, LOADED, version=version, actions=tuple(self._added))

    def _take_in(self, actions: Any) -> None:
        self._added = self.registry.add(actions)

    def _check_hooks(self, module: Any) -> None:
        callers = self._manager.get_hookcallers(module) or []
        if not callers:
            raise PluginError("it implements none of our hooks")
        for caller in callers:
            if not caller.has_spec():
                raise PluginError(f"there is no hook {caller.name}")


def _import_file(name: str, path: Path) -> ModuleType:
    full_name = f"ankiconnect_plugins.{name}"
    spec = importlib.util.spec_from_file_location(full_name, path)
    if spec is None or spec.loader is None:
        raise PluginError(f"{path.name} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[full_name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[full_name]
        raise
    return module


def _next_free(name: str, taken: Iterable[str]) -> str:
    number = 2
    while f"{name} ({number})" in taken:
        number += 1
    return f"{name} ({number})"
