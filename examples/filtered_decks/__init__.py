"""Anki asks every add-on for this file; all that we do is in the other."""
