"""The settings: AnkiConnect's own keys, ours, and what the environment says."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any, Callable

from ankiconnect.errors import ActionError

DEFAULTS: dict[str, Any] = {
    "allowFilePaths": False,
    "allowKeylessNetwork": False,
    "apiKey": None,
    "apiLogPath": None,
    "disabledPlugins": [],
    "ignoreOriginList": [],
    "mediaDownloadLimit": 100 * 1024 * 1024,
    "webBindAddress": "127.0.0.1",
    "webBindPort": 8765,
    "webBodyLimit": 512 * 1024 * 1024,
    "webCorsOriginList": ["http://localhost"],
    "webHostList": [],
    "webTimeout": 10000,
}

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
        self.load(stored or {})

    def load(self, stored: Mapping[str, Any]) -> None:
        """Take over what is stored now; unknown keys are left alone."""
        values = {**DEFAULTS, **{k: v for k, v in stored.items() if k in DEFAULTS}}
        for variable, key in ENVIRONMENT.items():
            if os.environ.get(variable):
                values[key] = os.environ[variable]
        origin = os.environ.get(ENVIRONMENT_ORIGIN)
        if origin and origin not in values["webCorsOriginList"]:
            values["webCorsOriginList"] = [*values["webCorsOriginList"], origin]
        self._values = values

    def override(self, key: str, value: Any) -> None:
        """Set a value for this run only."""
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
