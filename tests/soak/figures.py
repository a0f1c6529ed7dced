"""Where the long tests leave what they measured."""

from __future__ import annotations

import json
import os
import platform
import time
from pathlib import Path
from typing import Any

import anki.buildinfo

FILE = Path(os.environ.get("SOAK_FIGURES", "soak-figures.jsonl"))


def keep(name: str, **figures: Any) -> None:
    """Add what a test measured to the file, and print it."""
    line = json.dumps(
        {
            "test": name,
            **figures,
            "anki": anki.buildinfo.version,
            "python": platform.python_version(),
            "at": time.strftime("%Y-%m-%d %H:%M"),
        }
    )
    print(line, flush=True)
    with FILE.open("a") as file:
        file.write(line + "\n")
