"""Note types, which the wire calls models. Contract: schemas/models/."""

from __future__ import annotations

from typing import Any

from anki.collection import Collection
from anki.models import NotetypeId

from ankiconnect import READ, WRITE, Action, ActionError, hookimpl
from ankiconnect.kit import (
    MERGE_EVERY,
    merge_step,
    note_type_named,
    note_types,
    numbers,
    templates,
)
from ankiconnect.kit.lookup import find_note_type


@hookimpl
def ankiconnect_actions() -> list[Action]:
    return [
        Action(model_names, READ),
        Action(model_names_and_ids, READ),
        Action(find_models_by_id, READ),
        Action(find_models_by_name, READ),
        Action(model_name_from_id, READ),
        Action(model_field_names, READ),
        Action(model_field_descriptions, READ),
        Action(model_field_fonts, READ),
        Action(model_fields_on_templates, READ),
        Action(create_model, WRITE),
        Action(model_templates, READ),
        Action(model_styling, READ),
        Action(update_model_templates, WRITE),
        Action(update_model_styling, WRITE),
        Action(find_and_replace_in_models, WRITE),
        Action(model_template_rename, WRITE),
        Action(model_template_reposition, WRITE),
        Action(model_template_add, WRITE),
        Action(model_template_remove, WRITE),
        Action(model_field_rename, WRITE),
        Action(model_field_reposition, WRITE),
        Action(model_field_add, WRITE),
        Action(model_field_remove, WRITE),
        Action(model_field_set_font, WRITE),
        Action(model_field_set_font_size, WRITE),
        Action(model_field_set_description, WRITE),
    ]


def model_names(col: Collection) -> list[str]:
    return [note_type.name for note_type in col.models.all_names_and_ids()]


def model_names_and_ids(col: Collection) -> dict[str, int]:
    return {
        note_type.name: note_type.id for note_type in col.models.all_names_and_ids()
    }


def find_models_by_id(
    col: Collection, *, modelIds: list[int | str]
) -> list[dict[str, Any]]:
    return [_with_id(col, type_id) for type_id in numbers(modelIds)]


def find_models_by_name(
    col: Collection, *, modelNames: list[str]
) -> list[dict[str, Any]]:
    return [note_type_named(col, name) for name in modelNames]


def model_name_from_id(col: Collection, *, modelId: int | str) -> str:
    name: str = _with_id(col, int(modelId))["name"]
    return name


def _with_id(col: Collection, type_id: int) -> dict[str, Any]:
    note_type = col.models.get(NotetypeId(type_id))
    if note_type is None:
        raise ActionError(f"model was not found: {type_id}")
    return note_type


def model_field_names(col: Collection, *, modelName: str) -> list[str]:
    return col.models.field_names(note_type_named(col, modelName))


def model_field_descriptions(col: Collection, *, modelName: str) -> list[str]:
    fields = note_type_named(col, modelName)["flds"]
    return [field.get("description", "") for field in fields]


def model_field_fonts(
    col: Collection, *, modelName: str
) -> dict[str, dict[str, str | int]]:
    return {
        field["name"]: {"font": field["font"], "size": field["size"]}
        for field in note_type_named(col, modelName)["flds"]
    }


def model_fields_on_templates(
    col: Collection, *, modelName: str
) -> dict[str, list[list[str]]]:
    return templates.fields_on_sides(note_type_named(col, modelName))


def create_model(
    col: Collection,
    *,
    modelName: str,
    inOrderFields: list[str],
    cardTemplates: list[dict[str, Any]],
    css: str | None = None,
    isCloze: bool = False,
) -> dict[str, Any]:
    if not inOrderFields:
        raise ActionError("Must provide at least one field for inOrderFields")
    if not cardTemplates:
        raise ActionError("Must provide at least one card for cardTemplates")
    if find_note_type(col, modelName) is not None:
        raise ActionError("Model name already exists")
    note_type = note_types.new(
        col, modelName, inOrderFields, cardTemplates, css=css, is_cloze=isCloze
    )
    note_types.check(note_type)
    return _with_id(col, col.models.add_dict(note_type).id)


def model_templates(col: Collection, *, modelName: str) -> dict[str, dict[str, str]]:
    return {
        template["name"]: {"Front": template["qfmt"], "Back": template["afmt"]}
        for template in note_type_named(col, modelName)["tmpls"]
    }


def model_styling(col: Collection, *, modelName: str) -> dict[str, str]:
    return {"css": note_type_named(col, modelName)["css"]}


def update_model_templates(col: Collection, *, model: dict[str, Any]) -> None:
    """Unknown templates are ignored, and so is a side that is empty."""
    with note_types.edited(col, model["name"]) as note_type:
        for name, given in model["templates"].items():
            template = note_types.find(note_type["tmpls"], name)
            if template is not None and given is not None:
                sides = note_types.sides(given)
                template["qfmt"] = sides.get("front") or template["qfmt"]
                template["afmt"] = sides.get("back") or template["afmt"]


def update_model_styling(col: Collection, *, model: dict[str, Any]) -> None:
    with note_types.edited(col, model["name"]) as note_type:
        note_type["css"] = model["css"]


def find_and_replace_in_models(
    col: Collection,
    *,
    modelName: str = "",
    findText: str | None = None,
    replaceText: str | None = None,
    front: bool = True,
    back: bool = True,
    css: bool = True,
    model: dict[str, Any] | None = None,
) -> int:
    """Without a name in all note types; gives the number of those that changed."""
    if model is not None:
        given = {name: value for name, value in model.items() if value is not None}
        return find_and_replace_in_models(col, **given)
    if findText is None or replaceText is None:
        missing = "findText" if findText is None else "replaceText"
        raise ActionError(
            "findAndReplaceInModels() missing 1 required positional argument: "
            f"'{missing}'"
        )
    edit = templates.Replacement(findText, replaceText, front, back, css)
    found = [note_type_named(col, modelName)] if modelName else col.models.all()
    changed = 0
    for note_type in found:
        if note_types.save(col, edit.made_in(note_type)):
            changed += 1
            if changed % MERGE_EVERY == 0:
                merge_step(col)
    return changed


def model_template_rename(
    col: Collection, *, modelName: str, oldTemplateName: str, newTemplateName: str
) -> None:
    with note_types.edited(col, modelName) as note_type:
        template = note_types.template_named(note_type, oldTemplateName)
        note_types.check_template_name(note_type, newTemplateName, template)
        template["name"] = newTemplateName


def model_template_reposition(
    col: Collection, *, modelName: str, templateName: str, index: int
) -> None:
    """An index beyond the last means the last."""
    with note_types.edited(col, modelName) as note_type:
        template = note_types.template_named(note_type, templateName)
        if len(note_type["tmpls"]) > 1:
            note_types.check_templates_make_cards(note_type)
        col.models.reposition_template(note_type, template, note_types.position(index))


def model_template_add(
    col: Collection, *, modelName: str, template: dict[str, Any]
) -> None:
    """A template of that name that exists gets the texts that are given."""
    sides = note_types.sides(template)
    with note_types.edited(col, modelName) as note_type:
        name = sides.get("name") or note_types.free_template_name(note_type)
        target = note_types.find(note_type["tmpls"], name)
        if target is None:
            note_types.check_templates_make_cards(note_type)
            note_types.check_template_name(note_type, name)
            target = col.models.new_template(name)
            col.models.add_template(note_type, target)
        target["qfmt"] = sides.get("front", target["qfmt"])
        target["afmt"] = sides.get("back", target["afmt"])


def model_template_remove(
    col: Collection, *, modelName: str, templateName: str
) -> None:
    """Its cards go with it."""
    with note_types.edited(col, modelName) as note_type:
        template = note_types.template_named(note_type, templateName)
        if len(note_type["tmpls"]) == 1:
            raise ActionError(col.tr.card_templates_at_least_one_card_type_is())
        note_types.check_templates_make_cards(note_type)
        col.models.remove_template(note_type, template)


def model_field_rename(
    col: Collection, *, modelName: str, oldFieldName: str, newFieldName: str
) -> None:
    """Anki renames it in the templates as well."""
    with note_types.edited(col, modelName) as note_type:
        field = note_types.field_named(note_type, oldFieldName)
        note_types.check_field_name(col, note_type, newFieldName, field)
        col.models.rename_field(note_type, field, newFieldName)


def model_field_reposition(
    col: Collection, *, modelName: str, fieldName: str, index: int
) -> None:
    """An index beyond the last means the last."""
    with note_types.edited(col, modelName) as note_type:
        field = note_types.field_named(note_type, fieldName)
        col.models.reposition_field(note_type, field, note_types.position(index))


def model_field_add(
    col: Collection, *, modelName: str, fieldName: str, index: int | None = None
) -> None:
    """A field of that name that exists is only moved, where an index is given."""
    with note_types.edited(col, modelName) as note_type:
        field = note_types.find(note_type["flds"], fieldName)
        if field is None:
            note_types.check_field_name(col, note_type, fieldName)
            field = col.models.new_field(fieldName)
            col.models.add_field(note_type, field)
        if index is not None:
            col.models.reposition_field(note_type, field, note_types.position(index))


def model_field_remove(col: Collection, *, modelName: str, fieldName: str) -> None:
    """Its texts go with it, and what shows it goes from the templates."""
    with note_types.edited(col, modelName) as note_type:
        field = note_types.field_named(note_type, fieldName)
        if len(note_type["flds"]) == 1:
            raise ActionError(col.tr.fields_notes_require_at_least_one_field())
        if field.get("preventDeletion"):
            raise ActionError(col.tr.fields_field_is_required())
        col.models.remove_field(note_type, field)


def model_field_set_font(
    col: Collection, *, modelName: str, fieldName: str, font: str
) -> None:
    with note_types.edited(col, modelName) as note_type:
        note_types.field_named(note_type, fieldName)["font"] = font


def model_field_set_font_size(
    col: Collection, *, modelName: str, fieldName: str, fontSize: int
) -> None:
    with note_types.edited(col, modelName) as note_type:
        note_types.field_named(note_type, fieldName)["size"] = int(fontSize)


def model_field_set_description(
    col: Collection, *, modelName: str, fieldName: str, description: str
) -> bool:
    """Every Anki that this runs in has descriptions, so it is always true."""
    with note_types.edited(col, modelName) as note_type:
        note_types.field_named(note_type, fieldName)["description"] = description
    return True
