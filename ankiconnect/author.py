"""The commands for those who write plugins: schema, plugins, check."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import best_match

from ankiconnect import documents
from ankiconnect.contract import Contract
from ankiconnect.errors import ActionError
from ankiconnect.hosts.headless import stored_settings
from ankiconnect.plugins import ADDON_MODULE, LOADED, REFUSED, Plugins
from ankiconnect.registry import Registry


def schema(options: argparse.Namespace) -> int:
    """Print one schema, or a document of all."""
    plugins = _load({}, options.plugins)
    for plugin in plugins.all.values():
        if plugin.state == REFUSED:
            print(f"{plugin.name} is refused: {plugin.reason}", file=sys.stderr)
    contracts = {contract.action.name: contract for contract in plugins.registry}
    if options.document is not None:
        _print(options.document(contracts))
    elif options.action is None:
        _print(documents.schemas(contracts))
    elif options.action in contracts:
        _print(contracts[options.action].schema)
    else:
        raise ActionError(
            f"there is no action {options.action}; --plugins adds those of a folder"
        )
    return 0


def plugins(options: argparse.Namespace) -> int:
    """Print what becomes of each plugin when these are served."""
    found = _load(stored_settings(options.base), options.plugins).all.values()
    wide = max(len(plugin.name) for plugin in found)
    for plugin in found:
        rest = plugin.reason or " ".join(plugin.actions)
        line = f"{plugin.name:{wide}}  {plugin.state:8}  {plugin.version:7}  {rest}"
        print(line.rstrip())
    return 0


def check(options: argparse.Namespace) -> int:
    """Say what would be refused of a plugin's file, and what could be better."""
    _be_quiet()
    path: Path = options.file
    if path.is_dir():
        path /= f"{ADDON_MODULE}.py"
    if not path.is_file():
        raise ActionError(f"there is no file {path}")
    loaded = Plugins(Registry())
    loaded.load_builtin()
    plugin = loaded.load_file(path.stem, path)
    if plugin.state != LOADED:
        print(f"{path}: {plugin.state}: {plugin.reason}")
        return 1
    print(f"{path}: loaded, actions: {' '.join(plugin.actions) or 'none'}")
    wrong = 0
    for contract in loaded.registry:
        if contract.action.name in plugin.actions:
            for fault in _faults(contract):
                print(f"{contract.action.name}: {fault}")
                wrong = 1
            for advice in _advice(contract):
                print(f"{contract.action.name}: better: {advice}")
    return wrong


def _faults(contract: Contract) -> Iterator[str]:
    for number, example in enumerate(contract.schema.get("examples", ()), 1):
        error: Any = best_match(Draft7Validator(contract.schema).iter_errors(example))
        if error is not None:
            where = ".".join(str(part) for part in error.absolute_path)
            yield f"example {number} is not what the schema says: {where}: " + (
                error.message
            )


def _advice(contract: Contract) -> Iterator[str]:
    name, whole = contract.action.name, contract.schema
    properties = whole["properties"]
    if "." not in name:
        yield f"a name of your own, such as yours.{name}, will never be another's"
    for wanted in ("description", "type", "examples"):
        if wanted not in whole:
            yield f"the schema has no {wanted}"
    for parameter, its in properties["params"].get("properties", {}).items():
        if not isinstance(its, dict) or "description" not in its:
            yield f"the parameter {parameter} has no description"


def _load(settings: Mapping[str, Any], folder: Path | None) -> Plugins:
    """Load what a server would."""
    _be_quiet()
    loaded = Plugins(Registry(), settings)
    loaded.load_builtin()
    loaded.load_installed()
    if folder is not None:
        loaded.load_folder(existing(folder))
    return loaded


def existing(folder: Path) -> Path:
    """A folder, if it is there."""
    if not folder.is_dir():
        raise ActionError(f"there is no folder {folder}")
    return folder


def _be_quiet() -> None:
    # What the log would say of a refused plugin is in what we print.
    logging.getLogger("ankiconnect").addHandler(logging.NullHandler())


def _print(value: Any) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False))
