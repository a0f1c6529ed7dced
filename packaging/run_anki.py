"""Runs real Anki with the add-on on a throw-away profile.

    python packaging/run_anki.py [--base DIR] [--addon FILE] [--also FILE] [--port PORT]

The .ankiaddon is installed by Anki's own add-on manager. Without a screen Anki
draws off screen.
"""

from __future__ import annotations

import argparse
import importlib.abc
import os
import sys
import tempfile
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "ankiconnect"
PROFILE = "User 1"


class NotInAnki(importlib.abc.MetaPathFinder):
    """Hides what the environment has and Anki's own Python has not.

    The add-on has to bring these itself, and what it forgot should show.
    """

    HIDDEN = ("ankiconnect", "fastjsonschema", "pluggy", "platformdirs")

    def find_spec(self, name, path, target=None):  # type: ignore[no-untyped-def]
        if name in self.HIDDEN and path is None:
            if not any((Path(entry) / name).is_dir() for entry in self._addons()):
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return

    def _addons(self) -> list[str]:
        return [entry for entry in sys.path if Path(entry).name == "addons21"]


def main() -> None:
    """Prepare a base folder and run Anki on it until it is closed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=Path, help="Anki's base folder, kept")
    parser.add_argument(
        "--addon", type=Path, default=ROOT / "dist" / "ankiconnect.ankiaddon"
    )
    parser.add_argument(
        "--also", type=Path, action="append", default=[], help="another add-on"
    )
    parser.add_argument("--port", type=int, help="port to serve on")
    parser.add_argument("--plugins", type=Path, help="plugin files to drop in")
    options = parser.parse_args()

    base = options.base or Path(tempfile.mkdtemp(prefix="anki-"))
    if not options.addon.is_file():
        sys.exit(f"{options.addon} is not there: build it with 'tox -e addon'")
    _set_environment()
    _run(base, [options.addon, *options.also], options.port, options.plugins)


def _set_environment() -> None:
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        if sys.platform.startswith("linux"):
            os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if os.environ.get("QT_QPA_PLATFORM") == "offscreen":
        os.environ["QTWEBENGINE_CHROMIUM_FLAGS"] = "--no-sandbox --disable-gpu"
        os.environ["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
        os.environ["ANKI_SOFTWAREOPENGL"] = "1"
    # Or it would wake another Anki of the same user and end.
    os.environ["ANKI_SINGLE_INSTANCE_KEY"] = uuid.uuid4().hex


def _run(
    base: Path, addons: list[Path], port: int | None, plugins: Path | None
) -> None:
    import aqt
    import aqt.update
    from aqt.addons import AddonManager, InstallOk
    from aqt.profiles import ProfileManager

    aqt.AnkiApp.KEY = os.environ["ANKI_SINGLE_INSTANCE_KEY"]
    # What the first run asks, and what looks for updates on the network.
    ProfileManager.setDefaultLang = lambda self, idx: self.setLang("en_US")
    aqt.update.check_for_update = lambda: None

    set_up_meta = ProfileManager.setupMeta

    def set_up_with_profile(self: ProfileManager):  # type: ignore[no-untyped-def]
        result = set_up_meta(self)
        self.meta["firstRun"] = False
        self.meta["suppressUpdate"] = True
        self.meta["check_for_addon_updates"] = False
        self.meta["check_for_updates"] = False
        self.create(PROFILE)
        return result

    ProfileManager.setupMeta = set_up_with_profile

    load_addons = AddonManager.loadAddons

    def install_and_load(self: AddonManager) -> None:
        for addon in addons:
            installed = self.install(str(addon))
            if not isinstance(installed, InstallOk):
                sys.exit(f"{addon} was not installed: {installed}")
        if port is not None:
            config = self.getConfig(PACKAGE) or {}
            self.writeConfig(PACKAGE, {**config, "webBindPort": port})
        if plugins is not None:
            folder = Path(self.addonsFolder(PACKAGE), "user_files", "plugins")
            folder.mkdir(parents=True, exist_ok=True)
            for file in plugins.glob("*.py"):
                (folder / file.name).write_bytes(file.read_bytes())
        load_addons(self)

    AddonManager.loadAddons = install_and_load

    sys.meta_path.insert(0, NotInAnki())
    sys.argv = ["anki", "-b", str(base), "-p", PROFILE, "-l", "en_US"]
    aqt.run()


if __name__ == "__main__":
    main()
