"""The action families that come with ankiconnect, each a plugin like any other."""

FAMILIES = (
    "misc",
    "decks",
    "models",
    "notes",
    "cards",
    "media",
    "gui",
    "export",
    "statistics",
)
