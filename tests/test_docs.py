"""What docs/plugins.md shows is what is there, and what it says to type works."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from servers import ROOT, start_headless, stop_headless

TEXT = (ROOT / "docs" / "plugins.md").read_text("utf-8")
EXAMPLES = ROOT / "examples"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


def test_each_sample_is_a_file_that_tests_load():
    files = {
        path.read_text("utf-8")
        for folder in (EXAMPLES, ROOT / "tests")
        for pattern in ("*.py", "*.json")
        for path in folder.rglob(pattern)
        if "node_modules" not in path.parts
    }
    samples = [*blocks("python"), *blocks("json")]
    assert len(samples) >= 9
    assert [sample for sample in samples if sample not in files] == []
    fences = re.findall(r"^```(\w+)$", TEXT, re.MULTILINE)
    assert set(fences) == {"python", "json", "console"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a reader has saved what he was told to."""
    made = tmp_path / "mine"
    made.mkdir()
    for source in (EXAMPLES / "hello.py", EXAMPLES / "test_hello.py"):
        shutil.copy(source, made)
    for source in (EXAMPLES / "filtered_decks").iterdir():
        if source.suffix == ".json" or source.stem in (
            "__init__",
            "ankiconnect_plugin",
        ):
            shutil.copy(source, made)
    shutil.copytree(EXAMPLES / "filtered_decks" / "schemas", made / "schemas")
    return made


def test_what_it_says_to_type_answers_so(folder, base):
    (folder / "ankiconnect_plugin.py").rename(folder / "_ankiconnect_plugin.py")
    server = start_headless(base, "--port", "0", "--plugins", str(folder))
    (folder / "_ankiconnect_plugin.py").rename(folder / "ankiconnect_plugin.py")
    ran = 0
    for block in blocks("console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            line, _, wanted = part.partition("\n")
            program, *words = shlex.split(line)
            if words[0] == "serve":
                assert wanted == "AnkiConnect v.6 listening on http://127.0.0.1:8765\n"
                continue
            module = ["-m", program] if program == "ankiconnect" else []
            at = ["--url", server.url] if words[0] == "call" else []
            done = subprocess.run(
                [sys.executable, *module, *words, *at],
                cwd=folder,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
            )
            assert wanted in (done.stdout, ""), done.stdout
            assert done.returncode == ("must be" in wanted)
            ran += 1
    stop_headless(server)
    assert ran >= 5
    assert (folder / "filtered_decks.ankiaddon").is_file()


def test_strangers_test_their_actions_in_five_lines(tmp_path):
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path / "examples",
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout
    assert "4 passed" in done.stdout
    lines = (EXAMPLES / "test_hello.py").read_text("utf-8").splitlines()
    assert len([line for line in lines if line]) <= 5


def test_the_action_takes_ten_lines():
    source = (EXAMPLES / "hello.py").read_text("utf-8").partition("HELLO =")[0]
    assert len([line for line in source.splitlines() if line]) <= 10
