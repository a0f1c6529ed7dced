"""AnkiConnect for Anki: loads the package beside this file under its own name.

Anki calls this folder by a number or a name of the user's; the package is
``ankiconnect`` to itself and to others' plugins all the same.
"""

import importlib.util
import sys
from pathlib import Path

_NAME = "ankiconnect"


def _load() -> None:
    folder = Path(__file__).parent / _NAME
    spec = importlib.util.spec_from_file_location(
        _NAME, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None
    assert spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules[_NAME] = package
    spec.loader.exec_module(package)

    from ankiconnect import addon

    addon.start(__name__)


if getattr(sys.modules.get(_NAME), "__file__", __file__) != __file__:
    from aqt import mw
    from aqt.utils import showInfo

    mw.progress.single_shot(
        1000,
        lambda: showInfo(
            "Two copies of AnkiConnect are installed. The one in the add-on "
            f"folder “{__name__}” does nothing; please remove one of them.",
        ),
        False,
    )
else:
    _load()
