"""A plugin's other module."""

PARAMS = {"type": "object", "additionalProperties": False}
