"""Notes of the type Basic, by what is on their front."""

NOTE = {"deckName": "Default", "modelName": "Basic", "fields": {"Front": "f"}}


def add(anki, *fronts, deck="Default"):
    """Add notes; their ids."""
    notes = [
        {
            "deckName": deck,
            "modelName": "Basic",
            "fields": {"Front": front, "Back": f"back of {front}"},
        }
        for front in fronts
    ]
    return anki("addNotes", notes=notes)


def cards(anki, *notes):
    """The ids of their cards."""
    return anki("findCards", query=" or ".join(f"nid:{note}" for note in notes))
