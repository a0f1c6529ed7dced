"""Loaded before ours."""
