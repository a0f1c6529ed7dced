"""Note types, which the wire calls models. Contract: schemas/models/."""

from __future__ import annotations

from typing import Any

from anki.collection import Collection
from anki.consts import MODEL_CLOZE
from anki.models import NotetypeId

from ankiconnect import READ, WRITE, Action, ActionError, hookimpl
from ankiconnect.kit import note_type_named


@hookimpl
def ankiconnect_actions() -> list[Action]:
    return [
        Action(model_names, READ),
        Action(model_names_and_ids, READ),
        Action(model_field_names, READ),
        Action(create_model, WRITE),
    ]


def model_names(col: Collection) -> list[str]:
    return [note_type.name for note_type in col.models.all_names_and_ids()]


def model_names_and_ids(col: Collection) -> dict[str, int]:
    return {
        note_type.name: note_type.id for note_type in col.models.all_names_and_ids()
    }


def model_field_names(col: Collection, *, modelName: str) -> list[str]:
    return col.models.field_names(note_type_named(col, modelName))


def create_model(
    col: Collection,
    *,
    modelName: str,
    inOrderFields: list[str],
    cardTemplates: list[dict[str, str | None]],
    css: str | None = None,
    isCloze: bool = False,
) -> dict[str, Any]:
    if not inOrderFields:
        raise ActionError("Must provide at least one field for inOrderFields")
    if not cardTemplates:
        raise ActionError("Must provide at least one card for cardTemplates")
    if col.models.by_name(modelName) is not None:
        raise ActionError("Model name already exists")
    note_type = col.models.new(modelName)
    if isCloze:
        note_type["type"] = MODEL_CLOZE
    if css is not None:
        note_type["css"] = css
    for field in inOrderFields:
        col.models.add_field(note_type, col.models.new_field(field))
    for number, given in enumerate(cardTemplates, 1):
        # Some clients write the keys in lower case.
        sides = {key.lower(): value or "" for key, value in given.items()}
        template = col.models.new_template(sides.get("name") or f"Card {number}")
        template["qfmt"] = sides.get("front", "")
        template["afmt"] = sides.get("back", "")
        col.models.add_template(note_type, template)
    added = col.models.add_dict(note_type)
    created = col.models.get(NotetypeId(added.id))
    assert created is not None
    return created
