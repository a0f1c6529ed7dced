"""Builds dist/ankiconnect-schemas.zip: every schema as a server has them.

schemas/ACTION.json   one action's schema, which stands alone
schemas.json          all of them, by action
request.json          the schema of any request
openapi.json          an OpenAPI 3.1 document
"""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path
from typing import Any

from ankiconnect import documents
from ankiconnect.plugins import Plugins
from ankiconnect.registry import Registry

ROOT = Path(__file__).resolve().parent.parent
# An archive of the same files is the same archive.
DATE = (2020, 1, 1, 0, 0, 0)


def main(target: Path) -> None:
    """Write the archive."""
    plugins = Plugins(Registry())
    plugins.load_builtin()
    refused = [plugin for plugin in plugins.all.values() if plugin.reason]
    if refused:
        sys.exit(f"not whole: {refused}")
    contracts = {contract.action.name: contract for contract in plugins.registry}
    files: dict[str, Any] = {
        "schemas.json": documents.schemas(contracts),
        "request.json": documents.request(contracts),
        "openapi.json": documents.openapi(contracts),
    }
    for name in sorted(contracts):
        files[f"schemas/{name}.json"] = contracts[name].schema
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(".part")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
            _write(archive, name, text.encode("utf-8"))
        _write(archive, "LICENSE", (ROOT / "LICENSE").read_bytes())
    unfinished.replace(target)
    print(f"{target} ({target.stat().st_size / 1024:.0f} KiB)")


def _write(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    archive.writestr(info, content)


if __name__ == "__main__":
    main(
        Path(sys.argv[1])
        if len(sys.argv) > 1
        else ROOT / "dist/ankiconnect-schemas.zip"
    )
