"""A collection of nobody's, to try out or to ask what the user's own should not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from anki.collection import Collection


@contextmanager
def scratch_collection() -> Iterator[Collection]:
    """An empty collection, gone at the end."""
    with TemporaryDirectory() as folder:
        col = Collection(str(Path(folder, "collection.anki2")))
        try:
            yield col
        finally:
            col.close()
