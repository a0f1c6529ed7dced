"""Builds dist/ankiconnect-schemas.zip: every schema as a server has them.

schemas/ACTION.json   one action's schema, which stands alone
schemas.json          all of them, by action
request.json          the schema of any request
openapi.json          an OpenAPI 3.1 document
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import archive

from ankiconnect import documents
from ankiconnect.plugins import Plugins
from ankiconnect.registry import Registry

ROOT = Path(__file__).resolve().parent.parent


def contents() -> Iterator[archive.File]:
    """All files of the release."""
    plugins = Plugins(Registry())
    plugins.load_builtin()
    refused = [plugin for plugin in plugins.all.values() if plugin.reason]
    if refused:
        sys.exit(f"not whole: {refused}")
    contracts = {contract.action.name: contract for contract in plugins.registry}
    documented: dict[str, Any] = {
        "schemas.json": documents.schemas(contracts),
        "request.json": documents.request(contracts),
        "openapi.json": documents.openapi(contracts),
    }
    for name in sorted(contracts):
        documented[f"schemas/{name}.json"] = contracts[name].schema
    for name, document in documented.items():
        text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
        yield name, text.encode("utf-8")
    yield "LICENSE", (ROOT / "LICENSE").read_bytes()


if __name__ == "__main__":
    archive.write(archive.target(sys.argv, "ankiconnect-schemas.zip"), contents())
