"""Why a plugin is refused, in one line for its author.

The line is served to clients as well, so it names files without their folders.
"""

from __future__ import annotations

import os
import reprlib
import traceback
from pathlib import PurePath
from types import FunctionType, ModuleType
from typing import Any


def reason(error: BaseException, module: str) -> str:
    """What is wrong, and in which line of the plugin's own module it came up."""
    text, line = _without_folders(error), _line(error, module)
    if line is None and isinstance(error, SyntaxError):
        # What cannot be compiled has not run, so the traceback does not have it.
        # Of another file, the text has its name and the line.
        if PurePath(error.filename or "").stem == module.rpartition(".")[2]:
            text, line = error.msg, error.lineno
    where = f" (line {line})" if line else ""
    return " ".join(f"{type(error).__name__}: {text}".split()) + where


def module_of(plugin: Any) -> str:
    """The name of the module that a plugin is, or that its class is from."""
    if isinstance(plugin, ModuleType):
        return plugin.__name__
    return (plugin if isinstance(plugin, type) else type(plugin)).__module__


def name_of(thing: Any) -> str:
    """What somebody gave in place of something else."""
    if thing is None or isinstance(thing, (str, int, float)):
        return reprlib.repr(thing)
    if isinstance(thing, FunctionType):
        return f"the function {thing.__name__}"
    kind = type(thing).__name__
    return f"{'an' if kind[0] in 'AEIOUaeiou' else 'a'} {kind}"


def _line(error: BaseException, module: str) -> int | None:
    """The last line that was reached in a module, if any."""
    lines = [
        line
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_globals.get("__name__") == module
    ]
    return lines[-1] if lines else None


def _without_folders(error: BaseException) -> str:
    text = str(error)
    for attribute in ("path", "filename", "filename2"):
        path = getattr(error, attribute, None)
        if isinstance(path, (str, os.PathLike)):
            whole = os.fspath(path)
            if isinstance(whole, str) and PurePath(whole).name:
                # As it is, and as an OSError quotes it on Windows.
                for written in (whole, repr(whole)[1:-1]):
                    text = text.replace(written, PurePath(whole).name)
    return text
