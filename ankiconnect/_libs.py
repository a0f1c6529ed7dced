"""The two libraries that Anki does not bring along.

The add-on carries them unchanged under its own name, so that neither another
add-on's copy nor ours gets in the other's way; the wheel depends on them.
"""

from __future__ import annotations

try:
    from ankiconnect._vendor import (  # type: ignore[import-not-found,unused-ignore]
        fastjsonschema,
        pluggy,
    )
except ImportError:
    import fastjsonschema  # type: ignore[no-redef,import-untyped,unused-ignore]
    import pluggy  # type: ignore[no-redef,unused-ignore]

__all__ = ["fastjsonschema", "pluggy"]
