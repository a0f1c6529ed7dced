"""Note types, from outside, on a real collection."""

import re
import unicodedata

import pytest
from scheduling import EASY, answer

TWO_CARDS = "Basic (and reversed card)"
UNKNOWN = "model was not found: Nope"


@pytest.fixture
def reversed_note(col):
    """A note of two cards, both answered once."""
    return answered_note(col, TWO_CARDS, ["front", "back"])


def answered_note(col, name, texts):
    note = col.new_note(col.models.by_name(name))
    note.fields = texts
    col.add_note(note, 1)
    for card_id in note.card_ids():
        answer(col, card_id, EASY)
    assert len(history(col)) == len(note.card_ids())
    return note


def cards(note):
    """Template → id of the note's card by it."""
    return {card.template()["name"]: card.id for card in note.cards()}


def history(col):
    return col.db.all("select cid, ease, ivl from revlog order by id")


def note_type(col, name="Basic"):
    found = col.models.by_name(name)
    assert found is not None
    return found


def stripped(each):
    """A note type without its stamps, which undo makes newer."""
    return {key: value for key, value in each.items() if key not in ("mod", "usn")}


def names(col, part, name="Basic"):
    return [each["name"] for each in note_type(col, name)[part]]


def make(
    call, name="Word", fields=("A", "B", "C"), front="{{A}}", back="{{B}}", **more
):
    template = {"Front": front, "Back": back}
    return call(
        "createModel",
        modelName=name,
        inOrderFields=list(fields),
        cardTemplates=[template],
        **more,
    )


# Reading


def test_model_names_are_those_of_all_note_types(call, col):
    make(call, "Word")
    assert call("modelNames") == sorted([*STOCK, "Word"], key=str.lower)


STOCK = (
    "Basic",
    "Basic (and reversed card)",
    "Basic (optional reversed card)",
    "Basic (type in the answer)",
    "Cloze",
    "Image Occlusion",
)


def test_model_names_and_ids_give_each_note_types_id(call, col):
    found = call("modelNamesAndIds")
    assert sorted(found) == sorted(STOCK)
    assert found["Basic"] == note_type(col)["id"]


def test_find_models_by_id_gives_whole_note_types_in_the_order_of_the_question(
    call, col
):
    basic, cloze = note_type(col), note_type(col, "Cloze")
    found = call(
        "findModelsById", modelIds=[cloze["id"], str(basic["id"]), cloze["id"]]
    )
    assert found == [cloze, basic, cloze]
    assert found[1]["flds"][1]["name"] == "Back"
    assert found[1]["flds"][1]["ord"] == 1
    assert found[1]["tmpls"][0]["qfmt"] == "{{Front}}"


def test_find_models_by_id_of_nothing_is_nothing(call):
    assert call("findModelsById", modelIds=[]) == []


def test_find_models_by_id_fails_for_any_that_is_not_there(call, col):
    ids = [note_type(col)["id"], 9]
    assert call.error("findModelsById", modelIds=ids) == "model was not found: 9"


def test_find_models_by_name_gives_whole_note_types_in_the_order_of_the_question(
    call, col
):
    found = call("findModelsByName", modelNames=["Cloze", "Basic"])
    assert found == [note_type(col, "Cloze"), note_type(col)]
    assert call("findModelsByName", modelNames=[]) == []


def test_find_models_by_name_fails_for_any_that_is_not_there(call):
    assert call.error("findModelsByName", modelNames=["Basic", "Nope"]) == UNKNOWN


def test_model_name_from_id_takes_a_number_and_a_string(call, col):
    basic = note_type(col)["id"]
    assert call("modelNameFromId", modelId=basic) == "Basic"
    assert call("modelNameFromId", modelId=str(basic)) == "Basic"


def test_model_name_from_id_fails_for_one_that_is_not_there(call):
    assert call.error("modelNameFromId", modelId=12) == "model was not found: 12"


def test_model_field_names_stand_in_the_fields_order(call):
    make(call, fields=["C", "A", "B"])
    assert call("modelFieldNames", modelName="Word") == ["C", "A", "B"]


def test_model_field_descriptions_stand_in_the_fields_order(call):
    assert call("modelFieldDescriptions", modelName="Basic") == ["", ""]
    call(
        "modelFieldSetDescription",
        modelName="Basic",
        fieldName="Back",
        description="what it means",
    )
    assert call("modelFieldDescriptions", modelName="Basic") == ["", "what it means"]


def test_model_field_fonts_give_font_and_size_by_field(call):
    usual = {"font": "Arial", "size": 20}
    assert call("modelFieldFonts", modelName="Basic") == {"Front": usual, "Back": usual}


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("Basic", {"Card 1": [["Front"], ["Back"]]}),
        (TWO_CARDS, {"Card 1": [["Front"], ["Back"]], "Card 2": [["Back"], ["Front"]]}),
        # {{#Add Reverse}}{{Back}}{{/Add Reverse}}
        (
            "Basic (optional reversed card)",
            {"Card 1": [["Front"], ["Back"]], "Card 2": [["Back"], ["Front"]]},
        ),
        # {{type:Back}} stands on the question already.
        ("Basic (type in the answer)", {"Card 1": [["Front", "Back"], []]}),
        ("Cloze", {"Cloze": [["Text"], ["Back Extra"]]}),
    ],
)
def test_model_fields_on_templates_of_ankis_own_note_types(call, name, fields):
    assert call("modelFieldsOnTemplates", modelName=name) == fields


@pytest.mark.parametrize(
    ("front", "back", "fields"),
    [
        # In the order in which they stand, each once.
        ("{{B}} {{A}} {{B}}", "{{C}}{{A}}{{C}}", [["B", "A"], ["C"]]),
        (
            "{{ A }}{{text:hint:B}}",
            "{{tts en_US voices=Apple_Otoya:C}}",
            [["A", "B"], ["C"]],
        ),
        # A condition is not shown; what stands in its section is.
        ("{{#B}}{{A}}{{/B}}{{^C}}x{{/C}}", "{{^ A}}{{B}}{{/ A}}", [["A"], ["B"]]),
        # Anki's own fields are none of the note type's.
        ("{{A}}{{Tags}}{{Deck}}{{Card}}", "{{FrontSide}}{{Type}}", [["A"], []]),
        ("{{A}}<!-- was {{B}}\n -->", "{{A}}<!--{{C}}-->", [["A"], []]),
        ("{{=<% %>=}}<% A %> <%text:B%>", "{{C}}", [["A", "B"], ["C"]]),
        ("{{{A}}}", "nothing", [["A"], []]),
    ],
)
def test_model_fields_on_templates_read_templates_as_anki_does(
    call, front, back, fields
):
    make(call, front=front, back=back)
    assert call("modelFieldsOnTemplates", modelName="Word") == {"Card 1": fields}


def test_model_fields_on_templates_stand_in_the_templates_order(call):
    template = {"modelName": TWO_CARDS, "templateName": "Card 2", "index": 0}
    call("modelTemplateReposition", **template)
    found = call("modelFieldsOnTemplates", modelName=TWO_CARDS)
    assert list(found) == ["Card 2", "Card 1"]


def test_model_templates_give_both_sides_by_template(call):
    line = "{{FrontSide}}\n\n<hr id=answer>\n\n"
    assert call("modelTemplates", modelName=TWO_CARDS) == {
        "Card 1": {"Front": "{{Front}}", "Back": line + "{{Back}}"},
        "Card 2": {"Front": "{{Back}}", "Back": line + "{{Front}}"},
    }


def test_model_styling_gives_the_css(call, col):
    assert call("modelStyling", modelName="Basic") == {"css": note_type(col)["css"]}


@pytest.mark.parametrize(
    "action",
    [
        "modelFieldNames",
        "modelFieldDescriptions",
        "modelFieldFonts",
        "modelFieldsOnTemplates",
        "modelTemplates",
        "modelStyling",
    ],
)
def test_a_question_about_an_unknown_note_type_says_its_name(call, action):
    assert call.error(action, modelName="Nope") == UNKNOWN


# Making


def test_create_model_gives_the_whole_note_type(call, col):
    made = call(
        "createModel",
        modelName="newModelName",
        inOrderFields=["Field1", "Field2", "Field3"],
        css="p {}",
        cardTemplates=[
            {
                "Name": "My Card 1",
                "Front": "Front html {{Field1}}",
                "Back": "Back html {{Field2}}",
            }
        ],
    )
    assert made == note_type(col, "newModelName")
    assert made["id"] == call("modelNamesAndIds")["newModelName"]
    assert [(field["name"], field["ord"]) for field in made["flds"]] == [
        ("Field1", 0),
        ("Field2", 1),
        ("Field3", 2),
    ]
    (template,) = made["tmpls"]
    assert template["name"] == "My Card 1"
    assert template["ord"] == 0
    assert template["qfmt"] == "Front html {{Field1}}"
    assert template["afmt"] == "Back html {{Field2}}"
    assert made["css"] == "p {}"
    assert made["type"] == 0
    assert {"sortf", "did", "latexPre", "latexPost", "mod", "usn", "req"} <= set(made)


def test_create_model_numbers_templates_without_a_name(call):
    made = call(
        "createModel",
        modelName="Word",
        inOrderFields=["A"],
        cardTemplates=[
            {"Front": "{{A}}", "Back": ""},
            {"Name": None, "Front": "{{A}}!", "Back": None},
            {"Name": "", "Front": "{{A}}?"},
        ],
    )
    assert [template["name"] for template in made["tmpls"]] == [
        "Card 1",
        "Card 2",
        "Card 3",
    ]


def test_create_model_takes_a_templates_members_in_any_case(call):
    made = call(
        "createModel",
        modelName="Word",
        inOrderFields=["A"],
        cardTemplates=[{"name": "x", "front": "{{A}}", "BACK": "b", "ord": 5}],
    )
    (template,) = made["tmpls"]
    assert (template["name"], template["qfmt"], template["afmt"]) == ("x", "{{A}}", "b")


@pytest.mark.parametrize("options", [{}, {"css": None, "isCloze": None}])
def test_create_model_has_ankis_styling_by_default(call, col, options):
    assert make(call, **options)["css"] == note_type(col)["css"]


def test_create_model_takes_an_empty_styling(call):
    assert make(call, css="")["css"] == ""


def test_create_model_makes_cloze_cards(call, col):
    made = make(call, front="{{cloze:A}}", back="{{cloze:A}} {{B}}", isCloze=True)
    assert made["type"] == 1
    assert made["css"] == note_type(col, "Cloze")["css"]
    note = col.new_note(made)
    note["A"] = "{{c1::Bucharest}} is in {{c2::Romania}}"
    col.add_note(note, 1)
    assert len(note.card_ids()) == 2


def test_create_model_says_what_is_missing(call):
    template = {"Front": "{{A}}", "Back": ""}
    nothing = {"modelName": "Word", "inOrderFields": [], "cardTemplates": []}
    fields = "Must provide at least one field for inOrderFields"
    cards = "Must provide at least one card for cardTemplates"
    assert call.error("createModel", **nothing) == fields
    nothing["inOrderFields"] = ["A"]
    assert call.error("createModel", **nothing) == cards
    assert "Word" not in call("modelNames")
    nothing["cardTemplates"] = [template]
    call("createModel", **nothing)


@pytest.mark.parametrize("name", ["Basic", "basic", 'Ba"sic'])
def test_create_model_refuses_a_name_that_is_taken(call, name):
    template = {"Front": "{{A}}", "Back": ""}
    given = {"inOrderFields": ["A"], "cardTemplates": [template]}
    error = call.error("createModel", modelName=name, **given)
    assert error == "Model name already exists"
    assert sorted(call("modelNames")) == sorted(STOCK)


def test_create_model_is_found_by_the_name_that_was_sent(call):
    # Anki composes letters and takes quotes away.
    sent = unicodedata.normalize("NFD", 'Résumé "short"')
    stored = unicodedata.normalize("NFC", "Résumé short")
    assert make(call, sent)["name"] == stored
    assert call("modelFieldNames", modelName=sent) == ["A", "B", "C"]
    assert call("modelFieldNames", modelName=stored) == ["A", "B", "C"]


def test_create_model_passes_on_what_anki_says_of_a_template(call, col):
    template = {"Front": "no field", "Back": ""}
    error = call.error(
        "createModel",
        modelName="Word",
        inOrderFields=["A"],
        cardTemplates=[template],
    )
    assert error.replace("notetype", "note type") == (
        "Card template 1 in note type 'Word' has a problem. "
        "Expected to find a field replacement on the front of the card template."
    )
    assert "Word" not in call("modelNames")
    assert col.undo_status().undo == ""


def test_create_model_is_no_stock_type_that_anki_could_restore(call):
    assert "originalStockKind" in call("findModelsByName", modelNames=["Basic"])[0]
    assert make(call).get("originalStockKind", 0) == 0


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(
            {
                "inOrderFields": ["Front", "Back"],
                "css": ".card {}",
                "isCloze": False,
                "cardTemplates": [
                    {"Name": "Card 1", "Front": "{{Front}}", "Back": "{{Back}}"}
                ],
            },
            id="flashcards-obsidian",
        ),
        pytest.param(
            {
                "inOrderFields": ["Sentence", "Word"],
                "css": None,
                "cardTemplates": [{"Front": "{{Sentence}}", "Back": "{{Word}}"}],
            },
            id="asbplayer",
        ),
        pytest.param(
            {
                "inOrderFields": ["Date", "Text"],
                "css": "",
                "cardTemplates": [{"front": "{{Text}}", "back": "{{Date}}"}],
            },
            id="lower case",
        ),
    ],
)
def test_create_model_takes_what_clients_send(call, given):
    made = call("createModel", modelName="Theirs", **given)
    assert [field["name"] for field in made["flds"]] == given["inOrderFields"]


# Texts


def test_update_model_templates_changes_what_is_given_and_nothing_else(call):
    before = call("modelTemplates", modelName=TWO_CARDS)
    templates = {"Card 2": {"Front": "{{Back}}?"}}
    changed = {"name": TWO_CARDS, "templates": templates}
    assert call("updateModelTemplates", model=changed) is None
    before["Card 2"]["Front"] = "{{Back}}?"
    assert call("modelTemplates", modelName=TWO_CARDS) == before


@pytest.mark.parametrize(
    "templates",
    [
        {},
        {"Card 1": {}},
        {"Card 1": None},
        {"Card 1": {"Front": "", "Back": None}},
        {"Card 9": {"Front": "{{Back}}!"}},
        {"Card 1": {"Front": "{{Front}}", "ord": 0}},
    ],
)
def test_update_model_templates_ignores_what_is_empty_or_unknown(call, col, templates):
    before = call("findModelsByName", modelNames=["Basic"])
    call("updateModelTemplates", model={"name": "Basic", "templates": templates})
    assert call("findModelsByName", modelNames=["Basic"]) == before
    assert col.undo_status().undo == ""


def test_update_model_templates_takes_sides_in_any_case(call):
    sides = {"front": "{{Front}}?", "BACK": "{{Back}}!"}
    model = {"name": "Basic", "templates": {"Card 1": sides}}
    call("updateModelTemplates", model=model)
    assert call("modelTemplates", modelName="Basic") == {
        "Card 1": {"Front": "{{Front}}?", "Back": "{{Back}}!"}
    }


def test_update_model_templates_refuses_what_anki_refuses(call, col):
    before = call("modelTemplates", modelName=TWO_CARDS)
    templates = {"Card 1": {"Back": "x"}, "Card 2": {"Front": "{{Nope}}"}}
    model = {"name": TWO_CARDS, "templates": templates}
    assert "has a problem" in call.error("updateModelTemplates", model=model)
    assert call("modelTemplates", modelName=TWO_CARDS) == before
    assert col.undo_status().undo == ""


def test_update_model_styling_changes_the_css(call):
    css = "p { color: blue; }"
    assert call("updateModelStyling", model={"name": "Basic", "css": css}) is None
    assert call("modelStyling", modelName="Basic") == {"css": css}
    call("updateModelStyling", model={"name": "Basic", "css": ""})
    assert call("modelStyling", modelName="Basic") == {"css": ""}


def test_update_model_styling_does_not_mind_faulty_templates(call, col):
    break_templates(col)
    call("updateModelStyling", model={"name": "Basic", "css": "b {}"})
    assert note_type(col)["css"] == "b {}"


def break_templates(col):
    """As Anki's fields dialog leaves them when a field is deleted."""
    basic = note_type(col)
    basic["tmpls"][0]["qfmt"] = "no field"
    col.models.update_dict(basic, skip_checks=True)


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize(
    ("sides", "changed"),
    [
        ({}, {"qfmt", "afmt", "css"}),
        ({"front": None, "back": None, "css": None}, {"qfmt", "afmt", "css"}),
        ({"front": True, "back": False, "css": False}, {"qfmt"}),
        ({"front": False, "css": False}, {"afmt"}),
        ({"front": False, "back": False}, {"css"}),
        ({"front": False, "back": False, "css": False}, set()),
    ],
)
def test_find_and_replace_in_models_replaces_where_it_is_told_to(
    call, col, nested, sides, changed
):
    make(call, front="{{A}} x.y", back="x.y {{B}}", css="/* x.y */")
    params = {"modelName": "Word", "findText": "x.y", "replaceText": r"\1", **sides}
    count = call("findAndReplaceInModels", **({"model": params} if nested else params))
    assert count == bool(changed)
    after = note_type(col, "Word")
    texts = {**after["tmpls"][0], "css": after["css"]}
    found = {name for name in ("qfmt", "afmt", "css") if r"\1" in texts[name]}
    assert found == changed


@pytest.mark.parametrize("everywhere", [{}, {"modelName": ""}, {"modelName": None}])
def test_find_and_replace_in_models_without_a_name_works_on_all(call, col, everywhere):
    for number in range(45):
        make(call, f"Word {number}", front="{{A}} xyz")
    count = call(
        "findAndReplaceInModels", findText=" xyz", replaceText="", **everywhere
    )
    assert count == 45
    assert note_type(col, "Word 44")["tmpls"][0]["qfmt"] == "{{A}}"
    assert col.undo_status().undo == "findAndReplaceInModels"
    col.undo()
    assert col.undo_status().undo == "createModel"
    assert note_type(col, "Word 0")["tmpls"][0]["qfmt"] == "{{A}} xyz"
    assert note_type(col, "Word 44")["tmpls"][0]["qfmt"] == "{{A}} xyz"


def test_find_and_replace_in_models_counts_note_types_not_places(call, col):
    params = {"findText": "card", "replaceText": "karte", "front": True, "back": True}
    params["modelName"] = TWO_CARDS
    assert call("findAndReplaceInModels", **params) == 1
    assert call("findAndReplaceInModels", **params) == 0
    assert note_type(col, TWO_CARDS)["css"].startswith(".karte")


def test_find_and_replace_in_models_that_anki_refuses_leaves_nothing(call, col):
    make(call, "AAA", front="{{A}}", css="{{Front}}")
    before = [stripped(each) for each in col.models.all()]
    error = call.error("findAndReplaceInModels", findText="Front", replaceText="Nope")
    assert "has a problem" in error
    assert [stripped(each) for each in col.models.all()] == before
    # Nor does any of it appear later.
    make(call, "Later")
    col.undo()
    assert [stripped(each) for each in col.models.all()] == before


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("name", ["findText", "replaceText"])
def test_find_and_replace_in_models_says_what_is_missing(call, nested, name):
    params = {"modelName": "Basic", "findText": "a", "replaceText": "b"}
    del params[name]
    error = call.error(
        "findAndReplaceInModels", **({"model": params} if nested else params)
    )
    assert error == (
        f"findAndReplaceInModels() missing 1 required positional argument: '{name}'"
    )


def test_find_and_replace_in_models_refuses_to_find_nothing(call):
    params = {"modelName": "Basic", "findText": "", "replaceText": "b"}
    error = "'findText' must have at least 1 characters, not 0"
    assert call.error("findAndReplaceInModels", **params) == error


def test_find_and_replace_in_models_of_an_unknown_one_says_its_name(call):
    params = {"modelName": "Nope", "findText": "a", "replaceText": "b"}
    assert call.error("findAndReplaceInModels", **params) == UNKNOWN
    assert call.error("findAndReplaceInModels", model=params) == UNKNOWN


# Templates and the cards that they make


def test_model_template_rename_keeps_cards_and_history(call, col, reversed_note):
    before, answers = cards(reversed_note), history(col)
    assert rename_template(call, "Card 1", "Forward") is None
    assert cards(reversed_note) == {
        "Forward": before["Card 1"],
        "Card 2": before["Card 2"],
    }
    assert history(col) == answers
    assert names(col, "tmpls", TWO_CARDS) == ["Forward", "Card 2"]


def rename_template(call, old, new, ask=None):
    return (ask or call)(
        "modelTemplateRename",
        modelName=TWO_CARDS,
        oldTemplateName=old,
        newTemplateName=new,
    )


@pytest.mark.parametrize("name", ["Card 2", "card 2", 'Card "2"'])
def test_model_template_rename_refuses_a_name_that_is_taken(call, col, name):
    # Anki would rename the other one to Card 2+.
    error = rename_template(call, "Card 1", name, ask=call.error)
    assert error == f"template already exists in {TWO_CARDS}: {name}"
    assert names(col, "tmpls", TWO_CARDS) == ["Card 1", "Card 2"]


def test_model_template_rename_may_change_the_case_alone(call, col):
    rename_template(call, "Card 1", "CARD 1")
    assert names(col, "tmpls", TWO_CARDS) == ["CARD 1", "Card 2"]
    rename_template(call, "CARD 1", "CARD 1")
    assert names(col, "tmpls", TWO_CARDS) == ["CARD 1", "Card 2"]


@pytest.mark.parametrize("name", ["", " ", '"'])
def test_model_template_rename_refuses_an_empty_name(call, name):
    assert rename_template(call, "Card 1", name, call.error) == "Empty template name"


def test_model_template_reposition_keeps_each_card_at_its_template(
    call, col, reversed_note
):
    before, answers = cards(reversed_note), history(col)
    reposition = {"modelName": TWO_CARDS, "templateName": "Card 1", "index": 1}
    assert call("modelTemplateReposition", **reposition) is None
    assert names(col, "tmpls", TWO_CARDS) == ["Card 2", "Card 1"]
    assert cards(reversed_note) == before
    assert history(col) == answers
    first = col.get_card(before["Card 2"])
    assert first.ord == 0
    assert first.reps == 1


@pytest.mark.parametrize(
    ("index", "order"),
    [(0, "231"), (1, "321"), (2, "312"), (7, "312"), (1.0, "321")],
)
def test_model_template_reposition_counts_from_0_and_stops_at_the_end(
    call, col, index, order
):
    add_template(call, {"Name": "3", "Front": "{{Front}}{{Back}}", "Back": ""})
    for old, new in ("Card 1", "1"), ("Card 2", "2"):
        rename_template(call, old, new)
    # 1 2 3 → 3 is first, then 2 goes where it is told.
    reposition = {"modelName": TWO_CARDS, "templateName": "3", "index": 0}
    call("modelTemplateReposition", **reposition)
    reposition = {"modelName": TWO_CARDS, "templateName": "2", "index": index}
    call("modelTemplateReposition", **reposition)
    assert "".join(names(col, "tmpls", TWO_CARDS)) == order


def test_model_template_reposition_refuses_an_index_below_0(call):
    reposition = {"modelName": TWO_CARDS, "templateName": "Card 1", "index": -1}
    error = call.error("modelTemplateReposition", **reposition)
    assert error == "'index' must be at least 0, not -1"


def add_template(call, template, name=TWO_CARDS, ask=None):
    return (ask or call)("modelTemplateAdd", modelName=name, template=template)


def test_model_template_add_makes_cards_and_keeps_the_others(call, col, reversed_note):
    before, answers = cards(reversed_note), history(col)
    template = {"Name": "Both", "Front": "{{Front}} {{Back}}", "Back": "!"}
    assert add_template(call, template) is None
    after = cards(reversed_note)
    assert after.items() > before.items()
    assert col.get_card(after["Both"]).reps == 0
    assert history(col) == answers
    assert call("modelTemplates", modelName=TWO_CARDS)["Both"] == {
        "Front": "{{Front}} {{Back}}",
        "Back": "!",
    }


def test_model_template_add_makes_no_card_that_would_be_empty(call, col, reversed_note):
    template = {"Name": "No", "Front": "{{#Front}}{{^Back}}x{{/Back}}{{/Front}}"}
    add_template(call, template)
    assert set(cards(reversed_note)) == {"Card 1", "Card 2"}


def test_model_template_add_saves_one_that_exists(call, col, reversed_note):
    before = cards(reversed_note)
    add_template(call, {"Name": "Card 2", "Front": "{{Back}}?", "Back": "{{Front}}!"})
    saved = {"Front": "{{Back}}?", "Back": "{{Front}}!"}
    assert call("modelTemplates", modelName=TWO_CARDS)["Card 2"] == saved
    # What stands in the collection, not in a cache.
    col.models._clear_cache()
    assert call("modelTemplates", modelName=TWO_CARDS)["Card 2"] == saved
    assert cards(reversed_note) == before


def test_model_template_add_takes_members_in_any_case_and_names_what_has_no_name(
    call, col
):
    rename_template(call, "Card 2", "Card 3")
    add_template(call, {"front": "{{Front}}!", "back": "b"})
    assert names(col, "tmpls", TWO_CARDS) == ["Card 1", "Card 3", "Card 4"]


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        (
            {"Name": "N", "Front": "", "Back": ""},
            "Expected to find a field replacement",
        ),
        ({"Name": "N", "Front": "{{Nope}}"}, "has a problem"),
        ({"Name": "N", "Front": "{{Front}}"}, "The front side is identical to"),
        ({"Name": "card 1", "Front": "{{Front}}!"}, "template already exists in"),
    ],
)
def test_model_template_add_refuses_what_anki_refuses(call, col, template, reason):
    assert reason in add_template(call, template, ask=call.error)
    assert names(col, "tmpls", TWO_CARDS) == ["Card 1", "Card 2"]
    assert col.undo_status().undo == ""


def test_model_template_remove_takes_its_cards_and_no_others(call, col, reversed_note):
    before, answers = cards(reversed_note), history(col)
    params = {"modelName": TWO_CARDS, "templateName": "Card 1"}
    assert call("modelTemplateRemove", **params) is None
    assert names(col, "tmpls", TWO_CARDS) == ["Card 2"]
    assert cards(reversed_note) == {"Card 2": before["Card 2"]}
    assert col.get_card(before["Card 2"]).reps == 1
    assert history(col) == answers
    col.undo()
    assert cards(reversed_note) == before
    assert col.get_card(before["Card 1"]).reps == 1


def test_model_template_remove_refuses_the_last(call, col):
    params = {"modelName": "Basic", "templateName": "Card 1"}
    error = call.error("modelTemplateRemove", **params)
    assert error == "At least one card type is required."
    assert names(col, "tmpls") == ["Card 1"]


def test_templates_of_cloze_note_types_stay_as_they_are(call, col):
    # Anki would take the cards of the second cloze for those of the second template.
    made = call(
        "createModel",
        modelName="Two",
        isCloze=True,
        inOrderFields=["A"],
        cardTemplates=[
            {"Name": "one", "Front": "{{cloze:A}}", "Back": "{{cloze:A}}"},
            {"Name": "two", "Front": "{{cloze:A}}!", "Back": "{{cloze:A}}"},
        ],
    )
    note = answered_note(col, "Two", ["{{c1::a}} {{c2::b}}"])
    before = note.card_ids()
    two = {"modelName": "Two", "templateName": "two"}
    reason = (
        "Two is a cloze model: its cards come from its fields, not from its templates"
    )
    template = {"Name": "three", "Front": "{{cloze:A}}?", "Back": "{{cloze:A}}"}
    assert call.error("modelTemplateRemove", **two) == reason
    assert call.error("modelTemplateReposition", **two, index=0) == reason
    assert add_template(call, template, "Two", call.error) == reason
    assert call("findModelsByName", modelNames=["Two"]) == [made]
    assert note.card_ids() == before


def test_a_cloze_template_is_renamed_rewritten_and_stays_first(call, col):
    cloze = {"modelName": "Cloze", "oldTemplateName": "Cloze", "newTemplateName": "Gap"}
    call("modelTemplateRename", **cloze)
    call("modelTemplateReposition", modelName="Cloze", templateName="Gap", index=0)
    texts = {"Front": "{{cloze:Text}}?", "Back": "{{cloze:Text}}!"}
    add_template(call, {"Name": "Gap", **texts}, "Cloze")
    assert call("modelTemplates", modelName="Cloze") == {"Gap": texts}


# Fields and the texts in them


def field_call(ask, action, field="Front", **params):
    return ask(action, modelName=TWO_CARDS, fieldName=field, **params)


def rename_field(ask, old, new):
    return ask(
        "modelFieldRename", modelName=TWO_CARDS, oldFieldName=old, newFieldName=new
    )


def test_model_field_rename_keeps_texts_cards_and_templates(call, col, reversed_note):
    before, answers = cards(reversed_note), history(col)
    assert rename_field(call, "Front", "Word") is None
    reversed_note.load()
    assert reversed_note["Word"] == "front"
    assert cards(reversed_note) == before
    assert history(col) == answers
    assert call("modelFieldsOnTemplates", modelName=TWO_CARDS) == {
        "Card 1": [["Word"], ["Back"]],
        "Card 2": [["Back"], ["Word"]],
    }


@pytest.mark.parametrize("name", ["Back", "back", ' "Back" '])
def test_model_field_rename_refuses_a_name_that_is_taken(call, col, name):
    # Anki would rename the other one to Back+.
    error = rename_field(call.error, "Front", name)
    assert error == f"field already exists in {TWO_CARDS}: {name}"
    assert names(col, "flds", TWO_CARDS) == ["Front", "Back"]


def test_model_field_rename_may_change_the_case_alone(call, col):
    rename_field(call, "Front", "FRONT")
    assert names(col, "flds", TWO_CARDS) == ["FRONT", "Back"]


LETTER = 'The field name should not contain :, ", { or }.'
FIRST_LETTER = "The field name should not start with #, ^ or /."
BAD_NAMES = [
    ("", "Empty field name"),
    (" ", "Empty field name"),
    ("a:b", LETTER),
    ("{a", LETTER),
    ("a}", LETTER),
    ("#a", FIRST_LETTER),
    ("/a", FIRST_LETTER),
    ("^a", FIRST_LETTER),
]


@pytest.mark.parametrize(("name", "reason"), BAD_NAMES)
def test_model_field_rename_refuses_what_anki_refuses(call, col, name, reason):
    assert rename_field(call.error, "Front", name) == reason
    assert names(col, "flds", TWO_CARDS) == ["Front", "Back"]
    assert col.undo_status().undo == ""


def test_model_field_reposition_moves_the_texts_along(call, col, reversed_note):
    before, answers = cards(reversed_note), history(col)
    assert field_call(call, "modelFieldReposition", "Back", index=0) is None
    assert names(col, "flds", TWO_CARDS) == ["Back", "Front"]
    reversed_note.load()
    assert reversed_note.fields == ["back", "front"]
    assert cards(reversed_note) == before
    assert history(col) == answers


@pytest.mark.parametrize(
    ("index", "order"), [(0, "BAC"), (1, "ABC"), (2, "ACB"), (9, "ACB"), (2.0, "ACB")]
)
def test_model_field_reposition_counts_from_0_and_stops_at_the_end(
    call, col, index, order
):
    make(call)
    call("modelFieldReposition", modelName="Word", fieldName="B", index=index)
    assert "".join(names(col, "flds", "Word")) == order


def test_model_field_reposition_refuses_an_index_below_0(call):
    error = field_call(call.error, "modelFieldReposition", index=-1)
    assert error == "'index' must be at least 0, not -1"


@pytest.mark.parametrize(
    ("index", "texts"),
    [
        ({}, ["front", "back", ""]),
        ({"index": None}, ["front", "back", ""]),
        ({"index": 0}, ["", "front", "back"]),
        ({"index": 1}, ["front", "", "back"]),
        ({"index": 99}, ["front", "back", ""]),
        ({"index": 2**64 - 1}, ["front", "back", ""]),
    ],
)
def test_model_field_add_gives_each_note_an_empty_text(
    call, col, reversed_note, index, texts
):
    before, answers = cards(reversed_note), history(col)
    assert field_call(call, "modelFieldAdd", "Sound", **index) is None
    reversed_note.load()
    assert reversed_note.fields == texts
    assert reversed_note["Sound"] == ""
    assert reversed_note["Front"] == "front"
    assert cards(reversed_note) == before
    assert history(col) == answers


def test_model_field_add_only_moves_one_that_exists(call, col, reversed_note):
    field_call(call, "modelFieldAdd", "Back")
    assert names(col, "flds", TWO_CARDS) == ["Front", "Back"]
    field_call(call, "modelFieldAdd", "Back", index=0)
    assert names(col, "flds", TWO_CARDS) == ["Back", "Front"]
    reversed_note.load()
    assert reversed_note["Back"] == "back"


@pytest.mark.parametrize(
    ("name", "reason"),
    [*BAD_NAMES, ("back", f"field already exists in {TWO_CARDS}: back")],
)
def test_model_field_add_refuses_what_anki_refuses(call, col, name, reason):
    assert field_call(call.error, "modelFieldAdd", name) == reason
    assert names(col, "flds", TWO_CARDS) == ["Front", "Back"]
    assert col.undo_status().undo == ""


def test_model_field_remove_takes_its_texts_and_leaves_the_cards(
    call, col, reversed_note
):
    before, answers = cards(reversed_note), history(col)
    assert field_call(call, "modelFieldRemove", "Front") is None
    assert names(col, "flds", TWO_CARDS) == ["Back"]
    reversed_note.load()
    assert reversed_note.fields == ["back"]
    assert cards(reversed_note) == before
    assert history(col) == answers
    assert call("modelFieldsOnTemplates", modelName=TWO_CARDS)["Card 2"] == [
        ["Back"],
        [],
    ]
    col.undo()
    reversed_note.load()
    assert reversed_note.fields == ["front", "back"]


def test_model_field_remove_refuses_the_last(call, col):
    field_call(call, "modelFieldRemove", "Front")
    error = field_call(call.error, "modelFieldRemove", "Back")
    assert error == "Notes require at least one field."
    assert names(col, "flds", TWO_CARDS) == ["Back"]


def test_model_field_remove_refuses_one_that_anki_needs(call, col):
    params = {"modelName": "Cloze", "fieldName": "Text"}
    error = call.error("modelFieldRemove", **params)
    assert error == "This is a required field, and can not be deleted."
    assert names(col, "flds", "Cloze") == ["Text", "Back Extra"]


def test_model_field_set_font_changes_that_field_alone(call):
    assert field_call(call, "modelFieldSetFont", font="Courier") is None
    assert call("modelFieldFonts", modelName=TWO_CARDS) == {
        "Front": {"font": "Courier", "size": 20},
        "Back": {"font": "Arial", "size": 20},
    }


@pytest.mark.parametrize("size", [10, 10.0])
def test_model_field_set_font_size_changes_that_field_alone(call, size):
    assert field_call(call, "modelFieldSetFontSize", fontSize=size) is None
    assert call("modelFieldFonts", modelName=TWO_CARDS) == {
        "Front": {"font": "Arial", "size": 10},
        "Back": {"font": "Arial", "size": 20},
    }


@pytest.mark.parametrize("size", [-1, 65536])
def test_model_field_set_font_size_refuses_what_anki_cannot_store(call, size):
    error = field_call(call.error, "modelFieldSetFontSize", fontSize=size)
    assert re.fullmatch(r"'fontSize' must be at (least 0|most 65535), not .*", error)


def test_model_field_set_description_says_that_it_is_set(call, col):
    params = {"description": "a word"}
    assert field_call(call, "modelFieldSetDescription", **params) is True
    assert field_call(call, "modelFieldSetDescription", **params) is True
    assert note_type(col, TWO_CARDS)["flds"][0]["description"] == "a word"
    field_call(call, "modelFieldSetDescription", description="")
    assert note_type(col, TWO_CARDS)["flds"][0]["description"] == ""


# What all changes have in common

#: Every action that changes a note type, with params that do.
CHANGES = {
    "updateModelTemplates": {
        "model": {"name": TWO_CARDS, "templates": {"Card 1": {"Back": "!"}}}
    },
    "updateModelStyling": {"model": {"name": TWO_CARDS, "css": "p {}"}},
    "findAndReplaceInModels": {
        "modelName": TWO_CARDS,
        "findText": "hr",
        "replaceText": "br",
    },
    "modelTemplateRename": {
        "modelName": TWO_CARDS,
        "oldTemplateName": "Card 1",
        "newTemplateName": "x",
    },
    "modelTemplateReposition": {
        "modelName": TWO_CARDS,
        "templateName": "Card 2",
        "index": 0,
    },
    "modelTemplateAdd": {
        "modelName": TWO_CARDS,
        "template": {"Name": "x", "Front": "{{Front}}!", "Back": ""},
    },
    "modelTemplateRemove": {"modelName": TWO_CARDS, "templateName": "Card 1"},
    "modelFieldRename": {
        "modelName": TWO_CARDS,
        "oldFieldName": "Front",
        "newFieldName": "x",
    },
    "modelFieldReposition": {"modelName": TWO_CARDS, "fieldName": "Back", "index": 0},
    "modelFieldAdd": {"modelName": TWO_CARDS, "fieldName": "x", "index": 0},
    "modelFieldRemove": {"modelName": TWO_CARDS, "fieldName": "Front"},
    "modelFieldSetFont": {
        "modelName": TWO_CARDS,
        "fieldName": "Front",
        "font": "Courier",
    },
    "modelFieldSetFontSize": {
        "modelName": TWO_CARDS,
        "fieldName": "Front",
        "fontSize": 9,
    },
    "modelFieldSetDescription": {
        "modelName": TWO_CARDS,
        "fieldName": "Front",
        "description": "x",
    },
}


def contents(col, note):
    """All that a change of a note type may touch."""
    kind = stripped(note_type(col, TWO_CARDS))
    note.load()
    card_rows = col.db.all("select id, ord, queue, reps, ivl from cards order by id")
    return kind, note.fields, card_rows, history(col)


@pytest.mark.parametrize("action", CHANGES)
def test_a_change_is_one_undo_step_named_after_the_action(
    call, col, reversed_note, action
):
    before = contents(col, reversed_note)
    call(action, **CHANGES[action])
    assert contents(col, reversed_note) != before
    assert col.undo_status().undo == action
    col.undo()
    assert contents(col, reversed_note) == before
    assert col.undo_status().undo == "Answer Card"


def test_a_new_note_type_is_one_undo_step_named_after_the_action(call, col):
    make(call)
    assert col.undo_status().undo == "createModel"
    col.undo()
    assert "Word" not in call("modelNames")
    assert col.undo_status().undo == ""


@pytest.mark.parametrize("action", CHANGES)
def test_a_change_of_an_unknown_note_type_says_its_name(call, col, action):
    params = dict(CHANGES[action])
    if "model" in params:
        params["model"] = {**params["model"], "name": "Nope"}
    else:
        params["modelName"] = "Nope"
    assert call.error(action, **params) == UNKNOWN
    assert col.undo_status().undo == ""


@pytest.mark.parametrize(
    ("action", "member"),
    [
        (action, member)
        for action, params in CHANGES.items()
        for member in ("templateName", "oldTemplateName", "fieldName", "oldFieldName")
        if member in params and action != "modelFieldAdd"
    ],
)
def test_a_change_of_an_unknown_field_or_template_says_its_name(
    call, col, action, member
):
    part = "template" if "emplate" in member else "field"
    # Names are told apart by case, as Anki does in templates.
    error = call.error(action, **{**CHANGES[action], member: "card 1"})
    assert error == f"{part} was not found in {TWO_CARDS}: card 1"
    assert col.undo_status().undo == ""


@pytest.mark.parametrize(
    ("action", "params"),
    [
        ("updateModelStyling", {"model": {"name": "Basic", "css": None}}),
        (
            "modelTemplateRename",
            {"oldTemplateName": "Card 1", "newTemplateName": "Card 1"},
        ),
        ("modelTemplateReposition", {"templateName": "Card 1", "index": 0}),
        ("modelFieldReposition", {"fieldName": "Back", "index": 1}),
        ("modelFieldSetFont", {"fieldName": "Back", "font": "Arial"}),
    ],
)
def test_a_change_to_what_is_already_so_leaves_no_trace(call, col, action, params):
    before = note_type(col)
    if "model" in params:
        params = {"model": {"name": "Basic", "css": before["css"]}}
    else:
        params = {"modelName": "Basic", **params}
    call(action, **params)
    assert note_type(col) == before
    assert col.undo_status().undo == ""


def test_parts_are_found_by_the_names_that_were_sent(call, col):
    # Anki composes letters and takes quotes away.
    sent = unicodedata.normalize("NFD", '"é"')
    rename_field(call, "Front", sent)
    rename_template(call, "Card 1", sent)
    assert names(col, "flds", TWO_CARDS) == ["\u00e9", "Back"]
    assert names(col, "tmpls", TWO_CARDS) == ["\u00e9", "Card 2"]
    field_call(call, "modelFieldSetFont", sent, font="Courier")
    params = {"modelName": TWO_CARDS, "templateName": sent}
    call("modelTemplateRemove", **params)
    assert names(col, "tmpls", TWO_CARDS) == ["Card 2"]


@pytest.mark.parametrize("action", ["modelTemplateRename", "modelFieldSetFont"])
def test_a_fault_that_templates_have_already_hinders_no_other_change(call, col, action):
    break_templates(col)
    call(action, **{**CHANGES[action], "modelName": "Basic"})
    assert col.undo_status().undo == action


def test_a_change_reaches_the_windows_that_are_open(anki):
    make(anki)
    fields = {"A": "a", "B": "b", "C": "c"}
    note = {"deckName": "Default", "modelName": "Word", "fields": fields}
    note_id = anki("addNote", note=note)
    anki("guiBrowse", query=f"nid:{note_id}")
    browser = "aqt.dialogs._dialogs['Browser'][1]"
    anki.look(f"{browser}.table.select_all()")
    anki.wait_for(f"{browser}.editor.note and {browser}.editor.note.id == {note_id}")
    anki("modelFieldAdd", modelName="Word", fieldName="D", index=0)
    anki.wait_for(f"{browser}.editor.note.fields == ['', 'a', 'b', 'c']")
    template = {"Name": "New", "Front": "{{B}}", "Back": ""}
    anki("modelTemplateAdd", modelName="Word", template=template)
    anki.wait_for("'modelTemplateAdd' in mw.form.actionUndo.text()")
    anki.look("mw.undo()")
    anki.wait_for("'modelFieldAdd' in mw.form.actionUndo.text()")
    anki.look("mw.undo()")
    anki.wait_for(f"{browser}.editor.note.fields == ['a', 'b', 'c']")


@pytest.mark.parametrize(
    ("action", "params"),
    [
        (
            "createModel",
            {
                "modelName": "Bad",
                "inOrderFields": ["A"],
                "cardTemplates": [{"Front": "no field", "Back": ""}],
            },
        ),
        (
            "updateModelTemplates",
            {"model": {"name": "Basic", "templates": {"Card 1": {"Front": "{{No}}"}}}},
        ),
        (
            "modelTemplateAdd",
            {
                "modelName": "Basic",
                "template": {"Name": "New", "Front": "{{#Front}}", "Back": ""},
            },
        ),
        (
            "findAndReplaceInModels",
            {"modelName": "Basic", "findText": "{{Front}}", "replaceText": "{{No}}"},
        ),
    ],
)
def test_what_anki_would_refuse_leaves_undo_as_it_was(call, col, action, params):
    call("createDeck", deck="before")
    before = note_type(col)
    error = call.error(action, **params)
    assert "'Bad'" in error or "'Basic'" in error
    assert note_type(col) == before
    assert col.undo_status().undo == "createDeck"
    actions = [{"action": action, "params": params}] + [
        {"action": "createDeck", "params": {"deck": deck}} for deck in ("one", "two")
    ]
    call("multi", actions=[actions[1], actions[0], actions[2]])
    assert col.undo_status().undo == "multi"
    col.undo()
    assert call("deckNames") == ["before", "Default"]
