"""Filtered decks. Contract: schemas/."""

from ankiconnect import WRITE, Action, ActionError, hookimpl

LIMIT = 100


@hookimpl
def ankiconnect_settings(settings):
    global own
    own = settings


@hookimpl
def ankiconnect_actions():
    return [
        Action(create, WRITE, name="filtered.create"),
        Action(rebuild, WRITE, name="filtered.rebuild"),
        Action(empty, WRITE, name="filtered.empty"),
    ]


def create(col, *, deck, search, limit=None, reschedule=True):
    """The cards that the search finds are moved into it at once."""
    if col.decks.id_for_name(deck) is not None:
        raise ActionError(f"there is a deck {deck} already")
    filtered = col.sched.get_or_create_filtered_deck(deck_id=0)
    filtered.name = deck
    filtered.config.reschedule = reschedule
    del filtered.config.search_terms[1:]
    filtered.config.search_terms[0].search = search
    filtered.config.search_terms[0].limit = limit or own.get("limit", LIMIT)
    return col.sched.add_or_update_filtered_deck(filtered).id


def rebuild(col, *, deck):
    """Answers how many cards it holds then."""
    return col.sched.rebuild_filtered_deck(_filtered_deck(col, deck)).count


def empty(col, *, deck):
    """Its cards go back to the decks that they came from."""
    col.sched.empty_filtered_deck(_filtered_deck(col, deck))


def _filtered_deck(col, name):
    deck_id = col.decks.id_for_name(name)
    if deck_id is None or not col.decks.is_filtered(deck_id):
        raise ActionError(f"there is no filtered deck {name}")
    return deck_id
