"""Note types while they are made or changed: a copy, its parts, and saving it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from itertools import count
from typing import TYPE_CHECKING, Any

from anki.consts import MODEL_CLOZE
from anki.stdmodels import StockNotetypeKind, get_stock_notetypes

from ankiconnect.errors import ActionError
from ankiconnect.kit.lookup import note_type_named
from ankiconnect.kit.note_parts import stored_name
from ankiconnect.kit.scratch import scratch_collection

if TYPE_CHECKING:
    from anki.collection import Collection
    from anki.models import FieldDict, NotetypeDict, TemplateDict


@contextmanager
def edited(col: Collection, name: str) -> Iterator[NotetypeDict]:
    """A copy of the note type of that name, saved at the end."""
    note_type = deepcopy(note_type_named(col, name))
    yield note_type
    save(col, note_type)


def save(col: Collection, note_type: NotetypeDict) -> bool:
    """Save an edited copy; False if it is as it was, which saves nothing."""
    before = col.models.get(note_type["id"])
    assert before is not None
    if note_type == before:
        return False
    # Anki's check of all templates is for who writes templates: a fault that is
    # there already is no reason to refuse another change.
    skip = not _are_templates_written(before, note_type)
    if not skip:
        check(note_type)
    col.models.update_dict(note_type, skip_checks=skip)
    return True


def check(note_type: NotetypeDict) -> None:
    """Have Anki refuse a note type that it would not save.

    Not in the user's own collection, which forgets over it what it can undo.
    """
    with scratch_collection() as col:
        same_name = col.models.by_name(note_type["name"])
        if same_name is not None:
            same_name["name"] += "_"
            col.models.update_dict(same_name)
        col.models.add_dict({**deepcopy(note_type), "id": 0})


def _are_templates_written(before: NotetypeDict, after: NotetypeDict) -> bool:
    texts = {part["ord"]: (part["qfmt"], part["afmt"]) for part in before["tmpls"]}
    return any(
        texts.get(part["ord"]) != (part["qfmt"], part["afmt"])
        for part in after["tmpls"]
    )


def new(
    col: Collection,
    name: str,
    fields: Iterable[str],
    templates: Iterable[dict[str, Any]],
    *,
    css: str | None,
    is_cloze: bool,
) -> NotetypeDict:
    """A note type that is not in the collection yet."""
    note_type = col.models.new(name)
    # Or Anki would offer to restore it to the stock type that new() starts from.
    note_type["originalStockKind"] = 0
    if is_cloze:
        note_type["type"] = MODEL_CLOZE
        _, stock_cloze = get_stock_notetypes(col)[StockNotetypeKind.KIND_CLOZE]
        note_type["css"] = stock_cloze(col)["css"]
    if css is not None:
        note_type["css"] = css
    for field in fields:
        col.models.add_field(note_type, col.models.new_field(field))
    for number, given in enumerate(templates, 1):
        texts = sides(given)
        template = col.models.new_template(texts.get("name") or f"Card {number}")
        template["qfmt"] = texts.get("front", "")
        template["afmt"] = texts.get("back", "")
        col.models.add_template(note_type, template)
    return note_type


def field_named(note_type: NotetypeDict, name: str) -> FieldDict:
    """A note type's field."""
    field = find(note_type["flds"], name)
    if field is None:
        raise ActionError(f"field was not found in {note_type['name']}: {name}")
    return field


def template_named(note_type: NotetypeDict, name: str) -> TemplateDict:
    """A note type's card template."""
    template = find(note_type["tmpls"], name)
    if template is None:
        raise ActionError(f"template was not found in {note_type['name']}: {name}")
    return template


def find(parts: list[dict[str, Any]], name: str) -> dict[str, Any] | None:
    """The field or template of that name."""
    for wanted in (name, stored_name(name)):
        for part in parts:
            if part["name"] == wanted:
                return part
    return None


def check_field_name(
    col: Collection,
    note_type: NotetypeDict,
    name: str,
    renamed: FieldDict | None = None,
) -> None:
    """Refuse what Anki's own dialog refuses; unasked, Anki makes it another name."""
    stored = stored_name(name)
    if not stored:
        raise ActionError("Empty field name")
    if stored.startswith(("#", "^", "/")):
        raise ActionError(col.tr.fields_name_first_letter_not_valid())
    if any(letter in stored for letter in ":{}"):
        raise ActionError(col.tr.fields_name_invalid_letter())
    if _is_taken(note_type["flds"], stored, renamed):
        raise ActionError(f"field already exists in {note_type['name']}: {name}")


def check_template_name(
    note_type: NotetypeDict, name: str, renamed: TemplateDict | None = None
) -> None:
    """Refuse a name that is taken: Anki would give the other template a new one."""
    stored = stored_name(name)
    if not stored:
        raise ActionError("Empty template name")
    if _is_taken(note_type["tmpls"], stored, renamed):
        raise ActionError(f"template already exists in {note_type['name']}: {name}")


def check_templates_make_cards(note_type: NotetypeDict) -> None:
    """Refuse for cloze: there the cards come from a field, and would be mixed up."""
    if note_type["type"] == MODEL_CLOZE:
        raise ActionError(
            f"{note_type['name']} is a cloze model: its cards come from its fields, "
            "not from its templates"
        )


def free_template_name(note_type: NotetypeDict) -> str:
    """The first of Card 1, Card 2, … from the number of templates on."""
    parts = note_type["tmpls"]
    names = (f"Card {number}" for number in count(len(parts) + 1))
    return next(name for name in names if find(parts, name) is None)


def sides(template: dict[str, Any]) -> dict[str, str]:
    """A template's texts by ``name``, ``front`` and ``back``, sent in any case."""
    return {
        key.lower(): value for key, value in template.items() if isinstance(value, str)
    }


def _is_taken(
    parts: list[dict[str, Any]], stored: str, renamed: dict[str, Any] | None
) -> bool:
    folded = stored.casefold()
    return any(
        part["name"].casefold() == folded for part in parts if part is not renamed
    )


def position(index: int) -> int:
    """A place among fields or templates; one beyond the last means the last."""
    # Whatever JSON holds, and no more than a list can be asked for.
    return min(int(index), 2**31)
