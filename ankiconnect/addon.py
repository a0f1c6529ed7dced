"""The way in as an add-on: Anki loads it, and it serves until Anki closes."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from aqt import gui_hooks, mw
from aqt.qt import QTimer, qconnect
from aqt.utils import showWarning

from ankiconnect.dispatch import Dispatcher
from ankiconnect.hosts.anki import Anki
from ankiconnect.plugins import ADDON_MODULE, Plugins
from ankiconnect.registry import Registry
from ankiconnect.server import Server
from ankiconnect.settings import Settings
from ankiconnect.web import Application

log = logging.getLogger(__name__)

_LOG_SIZE, _LOGS = 1024 * 1024, 3


class Addon:
    """Our part of a running Anki."""

    def __init__(self, module: str) -> None:
        """``module``: the name of our folder, which settings go by."""
        self.module = module
        _start_log()
        manager = mw.addonManager
        self.settings = Settings(manager.getConfig(module), self._save)
        manager.setConfigUpdatedAction(module, self.settings.load)
        self.host = Anki(mw, self.settings)
        self.plugins = Plugins(Registry(), self.settings["disabledPlugins"])
        self.application = Application(Dispatcher(self.plugins, self.host))
        self.server: Server | None = None

    def start(self) -> None:
        """Load all plugins, once every add-on is there, and serve."""
        self.plugins.load_builtin()
        self.plugins.load_installed()
        for name in mw.addonManager.allAddons():
            folder = Path(mw.addonManager.addonsFolder(name))
            if name == self.module:
                self.plugins.load_folder(folder / "user_files" / "plugins")
            elif mw.addonManager.isEnabled(name):
                self._load_addon(name, folder)
        self.serve()

    def serve(self) -> None:
        """Serve, unless we do already; a port that is taken is said."""
        if self.server is not None:
            return
        address, port = self.settings["webBindAddress"], self.settings["webBindPort"]
        try:
            self.server = Server(
                self.application, address, port, self.settings["webBodyLimit"]
            )
        except OSError as error:
            log.warning("cannot serve on %s port %s: %s", address, port, error)
            _say(
                f"AnkiConnect cannot serve on port {port} of {address}: "
                f"{error.strerror or error}.\n\nIf another program has that port, "
                "end it or change webBindPort in AnkiConnect's configuration. "
                "AnkiConnect tries again the next time that a profile is opened."
            )
            return
        self.server.start()
        log.info("listening on %s", self.server.url)

    def stop(self) -> None:
        """Answer who waits, and end."""
        self.host.close()
        if self.server is not None:
            self.server.stop()
            self.server = None

    def _load_addon(self, name: str, folder: Path) -> None:
        if (folder / f"{ADDON_MODULE}.py").exists():
            self.plugins.load_module(name, f"{name}.{ADDON_MODULE}")

    def _save(self, changes: dict[str, Any]) -> None:
        stored = mw.addonManager.getConfig(self.module) or {}
        mw.addonManager.writeConfig(self.module, {**stored, **changes})


#: The one that runs.
current: Addon


def start(module: str) -> None:
    """Begin, as Anki loads us."""
    global current
    current = Addon(module)
    gui_hooks.main_window_did_init.append(current.start)
    gui_hooks.profile_did_open.append(current.serve)
    qconnect(mw.app.aboutToQuit, current.stop)


def _start_log() -> None:
    # Where Anki keeps add-ons' logs. Nothing may reach standard error, which
    # Anki shows to the user in a window.
    folder = Path(mw.pm.base, "logs", "addons", "ankiconnect")
    folder.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        folder / "ankiconnect.log",
        maxBytes=_LOG_SIZE,
        backupCount=_LOGS,
        encoding="utf-8",
        delay=True,
    )
    handler.setFormatter(
        logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    )
    for name, level in (("ankiconnect", logging.INFO), ("waitress", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.setLevel(level)
        logger.addHandler(handler)
        logger.propagate = False


def _say(message: str) -> None:
    # Once the event loop runs: a window before that would keep Anki from starting.
    QTimer.singleShot(0, lambda: showWarning(message, title="AnkiConnect"))
