"""The settings: AnkiConnect's own keys, ours, and what the environment says."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from typing import Any, Callable

from ankiconnect.errors import ActionError

log = logging.getLogger(__name__)

DEFAULTS: dict[str, Any] = {
    "allowFilePaths": False,
    "allowKeylessNetwork": False,
    "apiKey": None,
    "apiLogPath": None,
    "disabledPlugins": [],
    "ignoreOriginList": [],
    "mediaDownloadLimit": 100 * 1024 * 1024,
    "pluginSettings": {},
    "webBindAddress": "127.0.0.1",
    "webBindPort": 8765,
    "webBodyLimit": 512 * 1024 * 1024,
    "webCorsOriginList": ["http://localhost"],
    "webHostList": [],
    "webTimeout": 10000,
}

#: What AnkiConnect's own settings have beside ours, and nothing here needs.
NOT_NEEDED = frozenset({"apiPollInterval", "apiVersion", "webBacklog", "webCorsOrigin"})

#: Environment variable → the setting that it stands before.
ENVIRONMENT = {
    "ANKICONNECT_BIND_ADDRESS": "webBindAddress",
    "ANKICONNECT_API_KEY": "apiKey",
}
#: One more origin, beside those of the list.
ENVIRONMENT_ORIGIN = "ANKICONNECT_CORS_ORIGIN"


class Settings(Mapping[str, Any]):
    """Defaults, overridden by what is stored, overridden by the environment.

    ``save`` is given a dict of what was changed, to store it.
    """

    def __init__(
        self,
        stored: Mapping[str, Any] | None = None,
        save: Callable[[dict[str, Any]], None] | None = None,
    ) -> None:
        self._save = save
        self._overrides: dict[str, Any] = {}
        self.load(stored or {})

    def load(self, stored: Mapping[str, Any]) -> None:
        """Take over what is stored now; unknown keys are said and left alone."""
        values = dict(DEFAULTS)
        for key, value in stored.items():
            if key in DEFAULTS:
                values[key] = _usable(key, value)
            elif key not in NOT_NEEDED:
                log.warning("there is no setting %s", key)
        for variable, key in ENVIRONMENT.items():
            if os.environ.get(variable):
                values[key] = os.environ[variable]
        origin = os.environ.get(ENVIRONMENT_ORIGIN)
        if origin and origin not in values["webCorsOriginList"]:
            values["webCorsOriginList"] = [*values["webCorsOriginList"], origin]
        self._values = {**values, **self._overrides}

    def override(self, key: str, value: Any) -> None:
        """Set a value for this run, whatever is stored meanwhile."""
        self._overrides[key] = value
        self._values = {**self._values, key: value}

    def append(self, key: str, value: Any) -> None:
        """Add one entry to a list and store it."""
        if self._save is None:
            raise ActionError(f"{key} cannot be stored here")
        entries = [*self._values[key], value]
        self._values = {**self._values, key: entries}
        self._save({key: entries})

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def _usable(key: str, value: Any) -> Any:
    """A stored value if it is one, or else what is safe instead."""
    default = DEFAULTS[key]
    if value == default:
        return default
    if key == "apiKey":
        # Whatever this is, it is no wish to do without a key.
        return None if value is False or value == "" else str(value)
    if isinstance(default, bool):
        usable = isinstance(value, bool)
    elif isinstance(default, int):
        # Every limit, and a port, is a whole number that is not below none.
        usable = type(value) is int and value >= 0
    elif isinstance(default, list):
        # One entry by itself would be looked for letter by letter.
        value = [value] if isinstance(value, str) else value
        usable = isinstance(value, list) and all(isinstance(one, str) for one in value)
    elif default is None:
        usable = isinstance(value, str)
    else:
        usable = isinstance(value, type(default)) and value != ""
    if usable:
        return value
    log.warning("%s cannot be %r; %r holds", key, value, default)
    return default


class OwnSettings(Mapping[str, Any]):
    """What the settings say of one plugin, always as they are now."""

    def __init__(self, settings: Mapping[str, Any], plugin: str) -> None:
        self._settings = settings
        self._plugin = plugin

    def _now(self) -> Mapping[str, Any]:
        every = self._settings.get("pluginSettings")
        own = every.get(self._plugin) if isinstance(every, dict) else None
        return own if isinstance(own, dict) else {}

    def __getitem__(self, key: str) -> Any:
        return self._now()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())
