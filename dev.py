#!/usr/bin/env python3
"""Sets up and runs ankiconnect from its source, on a machine that has Python 3.

    python3 dev.py serve [option …]     the headless server, answering
    python3 dev.py test [option …]      all tests (what tox takes: -e ENV, …)
    python3 dev.py addon                dist/ankiconnect.ankiaddon

Everything goes to .venv beside this file. On Debian and its kin, system
libraries that are missing are installed, or named where that is not allowed.
"""

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")

# What Qt's windows and its web engine load from the system: a library, and the
# packages that have it, of which a release knows one.
QT_LIBRARIES = {
    "libasound.so.2": ("libasound2t64", "libasound2"),
    "libdbus-1.so.3": ("libdbus-1-3",),
    "libEGL.so.1": ("libegl1",),
    "libfontconfig.so.1": ("libfontconfig1",),
    "libgbm.so.1": ("libgbm1",),
    "libGL.so.1": ("libgl1",),
    "libglib-2.0.so.0": ("libglib2.0-0t64", "libglib2.0-0"),
    "libnspr4.so": ("libnspr4",),
    "libnss3.so": ("libnss3",),
    "libpulse.so.0": ("libpulse0",),
    "libpulse-mainloop-glib.so.0": ("libpulse-mainloop-glib0",),
    "libX11-xcb.so.1": ("libx11-xcb1",),
    "libxcb-cursor.so.0": ("libxcb-cursor0",),
    "libxcb-icccm.so.4": ("libxcb-icccm4",),
    "libxcb-image.so.0": ("libxcb-image0",),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1",),
    "libxcb-render-util.so.0": ("libxcb-render-util0",),
    "libxcb-shape.so.0": ("libxcb-shape0",),
    "libXcomposite.so.1": ("libxcomposite1",),
    "libXdamage.so.1": ("libxdamage1",),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0",),
    "libxkbcommon.so.0": ("libxkbcommon0",),
    "libxkbfile.so.1": ("libxkbfile1",),
    "libXrandr.so.2": ("libxrandr2",),
    "libXtst.so.6": ("libxtst6",),
}
#: A package and the program that comes with it.
PROGRAMS = {"nodejs": "node", "npm": "npm"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
MAC_BROWSERS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def main() -> int:
    """Run a command; its exit status."""
    commands = {"serve": serve, "test": test, "addon": addon}
    if sys.argv[1:] in (["-h"], ["--help"]):
        print(__doc__.strip())
        return 0
    if len(sys.argv) < 2 or sys.argv[1] not in commands:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    if sys.version_info < (3, 9):  # noqa: UP036
        sys.exit("ankiconnect needs Python 3.9 or newer")
    return commands[sys.argv[1]](sys.argv[2:])


def serve(arguments: "list[str]") -> int:
    """Install into .venv and serve."""
    make_venv(packages_for_venv())
    pip("install", "--quiet", str(ROOT))
    os.execv(BIN / "ankiconnect", ["ankiconnect", "serve", *arguments])


def test(arguments: "list[str]") -> int:
    """Install what the tests need and run them all."""
    make_venv([*packages_for_venv(), *packages_for_tests()])
    return tox(arguments)


def addon(arguments: "list[str]") -> int:
    """Build the add-on."""
    make_venv(packages_for_venv())
    return tox(["-e", "addon", *arguments])


def tox(arguments: "list[str]") -> int:
    """Run .venv's own tox."""
    pip("install", "--quiet", "tox>=4.22")
    # tox names a Python that it does not find; pyenv's are not on the path.
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    path = [os.environ["PATH"], *map(str, sorted(pyenv.glob("3.*/bin")))]
    environment = {**os.environ, "PATH": os.pathsep.join(path)}
    return subprocess.call([BIN / "tox", "run", *arguments], cwd=ROOT, env=environment)


def make_venv(packages: "list[tuple[str, ...]]") -> None:
    """Install missing system packages and make .venv, unless both are there."""
    if packages:
        install(packages)
    if not (BIN / "python").exists() and not (BIN / "python.exe").exists():
        subprocess.check_call([sys.executable, "-m", "venv", "--clear", str(VENV)])


def pip(*arguments: str) -> None:
    """Run .venv's own pip."""
    subprocess.check_call(
        [BIN / "python", "-m", "pip", "--disable-pip-version-check", *arguments]
    )


def packages_for_venv() -> "list[tuple[str, ...]]":
    """Debian's Python comes without what makes virtual environments."""
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        return [("python3-venv",)]
    return []


def packages_for_tests() -> "list[tuple[str, ...]]":
    """What Qt, the browser test and clients in JavaScript lack here."""
    if sys.platform == "darwin":
        if not any(Path(path).exists() for path in MAC_BROWSERS):
            sys.exit("the tests need Google Chrome or Chromium in /Applications")
        if not shutil.which("npm"):
            sys.exit("the tests need Node.js 18 or newer, with npm")
        return []
    if not sys.platform.startswith("linux"):
        return []
    missing = [names for library, names in QT_LIBRARIES.items() if not loads(library)]
    if not any(shutil.which(name) for name in BROWSERS):
        missing.append(("chromium",))
    # Clients in JavaScript check their calls by our schemas.
    missing += [(name,) for name in PROGRAMS if not shutil.which(PROGRAMS[name])]
    return missing


def loads(library: str) -> bool:
    """Whether the system has a library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def install(packages: "list[tuple[str, ...]]") -> None:
    """Install Debian packages, or name them where that is not allowed."""
    if shutil.which("apt-get") is None:
        named = " ".join(names[-1] for names in packages)
        sys.exit(f"please install what Debian calls: {named}")
    rights = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if rights and (
        shutil.which("sudo") is None
        or subprocess.call([*rights, "true"], stderr=subprocess.DEVNULL) != 0
    ):
        sys.exit(f"please run: sudo apt-get install {' '.join(map(known, packages))}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}

    def apt_get(*arguments: str) -> None:
        subprocess.check_call(
            [*rights, "apt-get", *arguments, "-qq"],
            env=environment,
            stdout=subprocess.DEVNULL,
        )

    apt_get("update")
    apt_get("install", "-y", *map(known, packages))


def known(names: "tuple[str, ...]") -> str:
    """The name that this release has for a package."""
    for name in names[:-1]:
        shown = subprocess.run(["apt-cache", "show", name], capture_output=True)
        if shown.returncode == 0:
            return name
    return names[-1]


if __name__ == "__main__":
    sys.exit(main())
