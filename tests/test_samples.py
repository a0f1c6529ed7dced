"""The seed's three samples run unchanged, on its own port, against both hosts.

The files in samples/ have its text to the letter, but for white space.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from servers import start_headless, stop_headless

SAMPLES = Path(__file__).parent / "samples"
PORT = 8765

#: Serves a second time, inside Anki, on the port that everybody expects.
SERVE = f"""
from ankiconnect import addon, server
second = server.Server(addon.current.application, "127.0.0.1", {PORT})
second.start()
"""


@pytest.fixture(params=["headless", "anki"])
def on_port_8765(request, base):
    """A host on the standard port, to be looked at by other means."""
    if request.param == "headless":
        server = start_headless(base)
        assert server.url == f"http://127.0.0.1:{PORT}"
        yield server
        stop_headless(server)
    else:
        anki = request.getfixturevalue("anki")
        anki.look(SERVE)
        yield anki
        anki.look("second.stop()")


@pytest.mark.usefixtures("on_port_8765")
def test_curl():
    command = (SAMPLES / "curl.sh").read_text()
    shell = subprocess.run(["sh", "-c", command], capture_output=True, check=True)
    assert json.loads(shell.stdout) == {"result": ["Default"], "error": None}


@pytest.mark.usefixtures("on_port_8765")
def test_python():
    script = subprocess.run(
        [sys.executable, SAMPLES / "python.py"],
        capture_output=True,
        check=True,
        text=True,
    )
    assert script.stdout == "got list of decks: ['Default', 'test1']\n"


def test_javascript_from_a_page_in_a_browser(on_port_8765, files, tmp_path):
    folder, address = files
    shutil.copy(SAMPLES / "javascript.js", folder)
    (folder / "index.html").write_text(
        '<!doctype html><script type="module" src="javascript.js"></script>'
    )
    page = address.replace("127.0.0.1", "localhost")
    assert "got list of decks: Default,test1" in _console(page, tmp_path)
    assert on_port_8765("deckNames") == ["Default", "test1"]


def _console(page: str, profile: Path) -> str:
    """What a page says first on a browser's console."""
    browser = subprocess.Popen(
        [
            _browser(),
            *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"),
            *("--disable-background-networking", "--disable-component-update"),
            *("--disable-sync", "--enable-logging=stderr", "--disable-quic"),
            f"--user-data-dir={profile / 'browser'}",
            page,
        ],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    assert browser.stderr is not None
    try:
        for line in browser.stderr:
            match = re.search(r'CONSOLE.*?\] "(.*)", source:', line)
            if match and "favicon" not in line:
                return match[1]
    finally:
        browser.kill()
        browser.wait()
        browser.stderr.close()
    pytest.fail("the browser ended without a word on its console")


def _browser() -> str:
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    mac = (
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    )
    for found in (*map(shutil.which, names), *mac):
        if found and os.access(found, os.X_OK):
            return found
    pytest.fail("no browser found: install chromium", pytrace=False)
