"""Switched off in Anki."""
