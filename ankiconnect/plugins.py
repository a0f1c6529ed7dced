"""Finds and loads plugins: ours, add-ons', drop-in files, installed packages.

All come through one door, in any order, each whole or not at all.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import sys
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from types import ModuleType
from typing import Any, Callable

import ankiconnect
from ankiconnect import actions as builtin
from ankiconnect import hookspecs, refusals
from ankiconnect._libs import pluggy
from ankiconnect.action import Action
from ankiconnect.errors import ContractError
from ankiconnect.registry import Registry
from ankiconnect.settings import OwnSettings

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

    def __init__(
        self, registry: Registry, settings: Mapping[str, Any] | None = None
    ) -> None:
        self.registry = registry
        self.settings = settings or {}
        disabled = self.settings.get("disabledPlugins")
        self.disabled = frozenset(disabled if isinstance(disabled, list) else ())
        self.all: dict[str, Plugin] = {}
        #: Calls all plugins' hooks; None where no plugin has any, so that it
        #: costs nothing.
        self.before_call: Callable[..., Any] | None = None
        self.after_call: Callable[..., Any] | None = None
        # A plugin may come on any thread, and while another is being loaded.
        self._lock = threading.RLock()
        self._manager = pluggy.PluginManager(hookspecs.NAME)
        self._manager.add_hookspecs(hookspecs)
        #: What the plugin that is being loaded brought; None until its hook says.
        self._added: list[str] | None = None
        # Called before any plugin exists: each that registers is asked at once.
        self._manager.hook.ankiconnect_actions.call_historic(self._take_in)

    def load_builtin(self) -> None:
        """Load the families that come with this package."""
        for family in builtin.FAMILIES:
            self.load_module(
                family, f"{builtin.__name__}.{family}", ankiconnect.__version__
            )

    def load_installed(self) -> None:
        """Load what pip-installed packages offer under our entry-point group."""
        found: dict[tuple[str, str], tuple[Any, str]] = {}
        for package in distributions():
            for entry in package.entry_points:
                if entry.group == ENTRY_POINTS:
                    # A package is found once for each place on the path.
                    name = package.metadata["Name"]
                    found.setdefault((entry.name, name), (entry, package.version))
        for (name, _), (entry, version) in sorted(found.items()):
            module = entry.value.partition(":")[0].strip()
            self.load(name, entry.load, version, module)

    def load_folder(self, folder: Path) -> None:
        """Load every Python file of a folder as a plugin of its name.

        But for those that begin with _ or test_, which are a plugin's own affair.
        """
        for path in sorted(folder.glob("*.py")):
            if not path.name.startswith(("_", "test_")):
                self.load_file(path.stem, path)

    def load_file(self, name: str, path: Path) -> Plugin:
        """Load one file."""
        module = f"ankiconnect_plugins.{name}"
        return self.load(name, lambda: _import_file(module, path), module=module)

    def load_module(self, name: str, module: str, version: str = "") -> None:
        """Load a module that can be imported."""
        self.load(name, lambda: importlib.import_module(module), version, module)

    def load_object(self, name: str, plugin: Any) -> None:
        """Load what is there already."""
        self.load(name, lambda: plugin)

    def load(
        self, name: str, find: Callable[[], Any], version: str = "", module: str = ""
    ) -> Plugin:
        """Load what ``find`` gives under a name; a failure is recorded, not raised.

        ``version`` is the plugin's where it has no ``__version__`` of its own;
        ``module`` is what ``find`` imports, to say where that fails.
        """
        with self._lock:
            if name in self.all:
                name = _next_free(name, self.all)
                plugin = Plugin(name, REFUSED, "there is a plugin of that name already")
                log.warning("plugin %s is refused: %s", name, plugin.reason)
            elif name in self.disabled:
                plugin = Plugin(name, DISABLED)
            else:
                plugin = self._load(name, find, version, module)
            # A new dict, since others read the old one meanwhile.
            self.all = {**self.all, name: plugin}
            hook = self._manager.hook
            self.before_call = _caller(hook.ankiconnect_before_call)
            self.after_call = _caller(hook.ankiconnect_after_call)
        return plugin

    def _load(
        self, name: str, find: Callable[[], Any], version: str, module: str
    ) -> Plugin:
        outer, self._added = self._added, None
        found: Any = None
        registered = False
        try:
            found = find()
            module = refusals.module_of(found)
            self._hand_settings(name, found)
            registered = not self._manager.is_registered(found)
            self._manager.register(found, name)
            self._check_hooks(found)
            version = str(getattr(found, "__version__", version))
            actions: tuple[str, ...] = tuple(self._added or ())
            return Plugin(name, LOADED, version=version, actions=actions)
        except (Exception, SystemExit) as error:
            if registered and self._manager.is_registered(found):
                self._manager.unregister(found)
            self.registry.remove(self._added or ())
            reason = refusals.reason(error, module)
            # Where a plugin's own code failed, its author wants to see how.
            own = not isinstance(error, (PluginError, ContractError))
            log.warning("plugin %s is refused: %s", name, reason, exc_info=own)
            return Plugin(name, REFUSED, reason)
        finally:
            self._added = outer

    def _hand_settings(self, name: str, module: Any) -> None:
        # To each its own, and before its actions, which may depend on them.
        hook = "ankiconnect_settings"
        if hasattr(module, hook) and self._is_marked(module, hook):
            getattr(module, hook)(settings=OwnSettings(self.settings, name))

    def _is_marked(self, module: Any, hook: str) -> bool:
        """Whether a plugin's hook, if it has that, is marked as one."""
        return not callable(getattr(module, hook, None)) or (
            self._manager.parse_hookimpl_opts(module, hook) is not None
        )

    def _take_in(self, actions: Any) -> None:
        self._added = self.registry.add(_listed(actions))

    def _check_hooks(self, module: Any) -> None:
        for hook in hookspecs.HOOKS:
            if not self._is_marked(module, hook):
                raise PluginError(f"{hook} has no @hookimpl before it")
        callers = self._manager.get_hookcallers(module) or []
        if not callers:
            raise PluginError("it implements none of our hooks")
        for caller in callers:
            if not caller.has_spec():
                raise PluginError(f"there is no hook {caller.name}")
            # Of a hook that returns None, pluggy tells us nothing.
            if caller.name == "ankiconnect_actions" and self._added is None:
                _listed(None)


def _import_file(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise PluginError(f"{path.name} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _listed(actions: Any) -> list[Action]:
    """What the hook returned, if it is a list of actions."""
    if isinstance(actions, Iterable) and not isinstance(actions, (str, bytes, Mapping)):
        listed = list(actions)
        for action in listed:
            if not isinstance(action, Action):
                raise PluginError(
                    f"ankiconnect_actions has to return a list of Actions: "
                    f"{refusals.name_of(action)} is not an Action, "
                    f"Action(function, kind) is"
                )
        return listed
    raise PluginError(
        f"ankiconnect_actions has to return a list of Actions, "
        f"[Action(function, kind), …], not {refusals.name_of(actions)}"
    )


def _caller(hook: Any) -> Callable[..., Any] | None:
    return hook if hook.get_hookimpls() else None


def _next_free(name: str, taken: Iterable[str]) -> str:
    number = 2
    while f"{name} ({number})" in taken:
        number += 1
    return f"{name} ({number})"
