"""Writes docs/actions.md, which lists all actions, from the schemas."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from ankiconnect.actions import FAMILIES
from ankiconnect.plugins import Plugins
from ankiconnect.registry import Registry

TARGET = Path(__file__).resolve().parent.parent / "docs" / "actions.md"

_HEAD = """\
# Actions

Made from the schemas by `python packaging/build_docs.py`. Each schema says
more, and a running server serves them all at `/schemas`.
"""


def render() -> str:
    """The whole page."""
    plugins = Plugins(Registry())
    plugins.load_builtin()
    by_family: dict[str, list[dict[str, Any]]] = {family: [] for family in FAMILIES}
    for contract in plugins.registry:
        family = contract.action.handler.__module__.rpartition(".")[2]
        by_family[family].append(contract.schema)
    parts = [_HEAD]
    for family, schemas in by_family.items():
        parts.append(f"## {family}\n")
        parts += [_action(schema) for schema in schemas]
    return "\n".join(parts)


def _action(schema: dict[str, Any]) -> str:
    properties = schema["properties"]
    params = properties["params"]
    lines = [f"### {properties['action']['const']}", "", schema["description"], ""]
    required = params.get("required", ())
    for name, about in params.get("properties", {}).items():
        optional = "" if name in required else ", optional"
        lines.append(f"- `{name}` ({_type(about)}{optional}): {about['description']}")
    result = properties["result"]
    told = f": {result['description']}" if "description" in result else ""
    lines += [f"- result ({_type(result)}){told}", ""]
    for example in schema["examples"]:
        example = {key: value for key, value in example.items() if key != "result"}
        lines += ["```json", json.dumps(example, ensure_ascii=False), "```", ""]
    return "\n".join(lines)


def _type(schema: dict[str, Any]) -> str:
    """An absent option may be null as well, which goes without saying."""
    if "anyOf" in schema:
        types = [_type(part) for part in schema["anyOf"]]
    elif "enum" in schema:
        types = [f"`{json.dumps(value)}`" for value in schema["enum"]]
    else:
        given = schema.get("type", "anything")
        types = [given] if isinstance(given, str) else list(given)
    if types == ["null"]:
        return "null"
    named = [kind for kind in dict.fromkeys(types) if kind != "null"]
    if named == ["array"] and "type" in schema.get("items", {}):
        return f"array of {_type(schema['items'])}"
    return " or ".join(named)


if __name__ == "__main__":
    if "--check" in sys.argv:
        if not TARGET.is_file() or TARGET.read_text("utf-8") != render():
            sys.exit(f"{TARGET.name} is not what the schemas say: {__doc__}")
    else:
        TARGET.write_text(render(), "utf-8")
