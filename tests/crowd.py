"""A server with every plugin that there is here, by every way in."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from servers import (
    ROOT,
    Server,
    start_anki,
    start_headless,
    stop_anki,
    stop_headless,
)

FOLDER = ROOT / "tests" / "plugins"
ADDONS = ROOT / "tests" / "anki" / "addons"
EXAMPLES = ROOT / "examples"
SETTINGS = {
    "disabledPlugins": ["unwanted"],
    "pluginSettings": {"watchful": {"forbidden": "private"}},
}


def write_installed(folder: Path) -> None:
    """A package that pip has installed, as far as Python can tell."""
    info = folder / "stranger-3.2.1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: stranger\nVersion: 3.2.1\n"
    )
    (info / "entry_points.txt").write_text("[ankiconnect]\ninstalled = stranger\n")
    source = (EXAMPLES / "hello.py").read_text("utf-8")
    (folder / "stranger.py").write_text(source.replace("example.", "stranger."))


def write_addon(source: Path, target: Path) -> Path:
    """An .ankiaddon of a folder's files."""
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(source.rglob("*")):
            if path.suffix in (".py", ".json") and not path.name.startswith("test_"):
                archive.write(path, path.relative_to(source).as_posix())
    return target


@pytest.fixture(scope="session", params=["headless", "anki"])
def crowd(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server with every plugin that there is here, by every way in."""
    folder = tmp_path_factory.mktemp("crowd")
    plugins = folder / "plugins"
    shutil.copytree(FOLDER, plugins, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "tests" / "anki" / "plugins" / "probe.py", plugins)
    shutil.copy(EXAMPLES / "kinds.py", plugins)
    (plugins / "unwanted.py").write_text("raise RuntimeError('it is disabled')\n")
    write_installed(folder / "installed")
    base = folder / "base"
    if request.param == "headless":
        filtered = EXAMPLES / "filtered_decks"
        shutil.copy(filtered / "ankiconnect_plugin.py", plugins / "filtered.py")
        shutil.copytree(filtered / "schemas", plugins / "schemas")
        base.mkdir()
        (base / "ankiconnect.json").write_text(json.dumps(SETTINGS))
        with _found(folder / "installed"):
            server = start_headless(base, "--port", "0", "--plugins", str(plugins))
        yield server
        server("awkward.release")
        stop_headless(server)
    else:
        also = []
        for source in (EXAMPLES / "filtered_decks", *sorted(ADDONS.iterdir())):
            also.append(write_addon(source, folder / f"{source.name}.ankiaddon"))
        for name, meta in (
            ("ankiconnect", {"config": SETTINGS}),
            ("switched_off", {"disabled": True}),
        ):
            (base / "addons21" / name).mkdir(parents=True)
            path = base / "addons21" / name / "meta.json"
            path.write_text(json.dumps({"name": name, **meta}))
        options = [part for file in also for part in ("--also", str(file))]
        with _found(folder / "installed"):
            server = start_anki(folder, "--plugins", str(plugins), *options)
        yield server
        server("awkward.release")
        stop_anki(server)


@contextmanager
def _found(installed: Path) -> Iterator[None]:
    """Have the server that is started find what is installed there, and no other."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(installed))
        yield
