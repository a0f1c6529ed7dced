"""One action of every kind, and what else an action can have."""

from ankiconnect import BATCH, FREE, GUI, HOST, READ, WRITE, Action, hookimpl


@hookimpl
def ankiconnect_actions():
    text, whole = {"type": "string"}, {"type": "integer"}
    return [
        action(due_cards, READ, whole),
        action(add_deck, WRITE, whole, deck=text),
        action(window_title, GUI, text),
        action(profile, HOST, text),
        action(origin, FREE, {"type": ["string", "null"]}),
        action(add_decks, BATCH, {"type": "array"}, decks={"type": "array"}),
        action(
            import_words,
            WRITE,
            whole,
            words=text,
            prepare=read_words,  # slow work, before the collection is taken
            formerly=("example.addWords", 4),  # its name up to API version 4
        ),
        action(old_title, GUI, text, versions=(None, 5)),  # up to API version 5
    ]


def due_cards(col):
    return len(col.find_cards("is:due"))


def add_deck(col, *, deck):
    return col.decks.add_normal_deck_with_name(deck).id


def window_title(mw):
    return mw.windowTitle()


def profile(host):
    return host.active_profile()


def origin(context):
    return context.caller.origin


def add_decks(*, decks):
    requests = [{"action": "example.addDeck", "params": {"deck": d}} for d in decks]
    return [{**request, "version": 6} for request in requests]


def read_words(context, *, words):
    return words.split()


def import_words(col, prepared, *, words):
    for word in prepared:
        note = col.new_note(col.models.by_name("Basic"))
        note.fields = [word, ""]
        col.add_note(note, deck_id=1)
    return len(prepared)


def old_title(mw):
    return mw.windowTitle()


def action(handler, kind, result, prepare=None, formerly=None, versions=None, **params):
    """An Action whose name and schema are put together here."""
    first, *others = handler.__name__.split("_")
    name = f"example.{first}{''.join(other.capitalize() for other in others)}"
    parameters = {
        "type": "object",
        "properties": params,
        "required": list(params),
        "additionalProperties": False,
    }
    schema = {
        "type": "object",
        "properties": {
            "action": {"const": name},
            "params": parameters,
            "result": result,
        },
    }
    return Action(
        handler,
        kind,
        name=name,
        schema=schema,
        prepare=prepare,
        formerly=formerly,
        versions=versions or (None, None),
    )
