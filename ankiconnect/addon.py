"""The way in as an add-on: Anki loads it, and it serves until Anki closes."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from aqt import gui_hooks, mw
from aqt.qt import QMessageBox, Qt, QTimer, qconnect

from ankiconnect import access, late, logs
from ankiconnect.dispatch import Dispatcher
from ankiconnect.hosts.anki import Anki
from ankiconnect.kit import downloads
from ankiconnect.plugins import ADDON_MODULE, Plugins
from ankiconnect.registry import Registry
from ankiconnect.server import Server
from ankiconnect.settings import Settings
from ankiconnect.web import Application

log = logging.getLogger(__name__)


class Addon:
    """Our part of a running Anki."""

    def __init__(self, module: str) -> None:
        """``module``: the name of our folder, which settings go by."""
        self.module = module
        manager = mw.addonManager
        _start_log()
        self.settings = Settings(manager.getConfig(module), self._save)
        logs.keep_secret(self.settings)
        self.api_log = logs.ApiLog(Path(mw.pm.base), self.settings)
        manager.setConfigUpdatedAction(module, self._configured)
        self.host = Anki(mw, self.settings)
        self.plugins = Plugins(Registry(), self.settings)
        self.application = Application(Dispatcher(self.plugins, self.host))
        self.server: Server | None = None
        self.api_log.follow()

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
        late.receive(self.plugins.load_object)
        self.serve()

    def serve(self) -> None:
        """Serve, unless we do already; a port that is taken is said."""
        if self.server is not None:
            return
        address, port = self.settings["webBindAddress"], self.settings["webBindPort"]
        try:
            self.server = Server(self.application, address, port)
        except (OSError, OverflowError) as error:
            log.warning("cannot serve on %s port %s: %s", address, port, error)
            reason = getattr(error, "strerror", None) or error
            _say(
                f"AnkiConnect cannot serve on port {port} of {address}: {reason}.\n\n"
                "If another program has that port, end it or change webBindPort in "
                "AnkiConnect's configuration. AnkiConnect tries again the next time "
                "that a profile is opened: choose File, then Switch Profile."
            )
            return
        # What is served stays so until the next start, and so do its rules.
        self.settings.override("webBindAddress", address)
        self.server.start()
        if _said is not None:
            _said.hide()
        log.info("listening on %s", self.server.url)
        exposure = access.exposure(self.settings)
        if exposure:
            log.warning("%s", exposure)

    def stop(self) -> None:
        """Answer who waits, and end."""
        self.host.close()
        downloads.end_all()
        if self.server is not None:
            self.server.stop()
            self.server = None
        self.api_log.close()

    def _configured(self, stored: dict[str, Any]) -> None:
        self.settings.load(stored)
        self.api_log.follow()

    def _load_addon(self, name: str, folder: Path) -> None:
        if (folder / f"{ADDON_MODULE}.py").exists():
            version = mw.addonManager.addon_meta(name).human_version or ""
            self.plugins.load_module(name, f"{name}.{ADDON_MODULE}", version)

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
    handler = logs.File(folder / "ankiconnect.log")
    logs.set_levels()
    for name in logs.OURS:
        logger = logging.getLogger(name)
        logger.addHandler(handler)
        logger.propagate = False


#: What is said at the moment: one message, however often it has to be said.
_said: QMessageBox | None = None


def _say(message: str) -> None:
    """Tell the user, and have nothing wait until he has read it."""
    global _said
    if _said is None:
        _said = QMessageBox(mw)
        _said.setIcon(QMessageBox.Icon.Warning)
        _said.setWindowTitle("AnkiConnect")
        _said.setTextFormat(Qt.TextFormat.PlainText)
        _said.setModal(False)
    _said.setText(message)
    # Once the event loop runs, and Anki's window is there to stand before.
    QTimer.singleShot(0, _said.show)
