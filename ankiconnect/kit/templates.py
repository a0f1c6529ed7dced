"""Card templates as text: which fields they show, and replacing a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from anki.models import NotetypeDict

_COMMENT = re.compile("<!--.*?-->", re.DOTALL)
_REPLACEMENT = re.compile(r"\{\{(.+?)\}\}", re.DOTALL)
# A template may ask for other brackets, on its first line.
_OTHER_BRACKETS = "{{=<% %>=}}"
_OTHER_REPLACEMENT = re.compile("<%(.+?)%>", re.DOTALL)


def fields_on_sides(note_type: NotetypeDict) -> dict[str, list[list[str]]]:
    """Template → the fields on its question, and those that its answer adds."""
    own = {field["name"] for field in note_type["flds"]}
    sides = {}
    for template in note_type["tmpls"]:
        question = [name for name in _shown(template["qfmt"]) if name in own]
        seen = {"FrontSide", *question}
        sides[template["name"]] = [
            question,
            [name for name in _shown(template["afmt"]) if name in own - seen],
        ]
    return sides


def cloze_fields(note_type: NotetypeDict) -> set[str]:
    """The fields of which a cloze note type makes cards."""
    return {
        name
        for template in note_type["tmpls"]
        for filters, name in _replacements(template["qfmt"])
        if "cloze" in filters
    }


def _shown(text: str) -> list[str]:
    """What a side shows, each once."""
    return list(dict.fromkeys(name for _, name in _replacements(text)))


def _replacements(text: str) -> Iterator[tuple[list[str], str]]:
    """The filters and the field of each; a section's condition is none."""
    other = text.lstrip().startswith(_OTHER_BRACKETS)
    pattern = _OTHER_REPLACEMENT if other else _REPLACEMENT
    for found in pattern.findall(_COMMENT.sub("", text)):
        content = found.lstrip("{").strip()
        if not content.startswith(("#", "^", "/")):
            # Filters stand before the name: {{type:cloze:Text}}.
            *filters, name = content.split(":")
            yield filters, name


@dataclass(frozen=True)
class Replacement:
    """A text, as it stands, to replace in templates and styling."""

    find: str
    replace: str
    front: bool
    back: bool
    css: bool

    def made_in(self, note_type: NotetypeDict) -> NotetypeDict:
        """A copy of a note type in which it is made."""
        copy = deepcopy(note_type)
        for side, wanted in (("qfmt", self.front), ("afmt", self.back)):
            if wanted:
                for template in copy["tmpls"]:
                    self._make(template, side)
        if self.css:
            self._make(copy, "css")
        return copy

    def _make(self, texts: dict[str, Any], name: str) -> None:
        texts[name] = texts[name].replace(self.find, self.replace)
