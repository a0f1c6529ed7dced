"""Where actions run: what the core asks of a host."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, Callable, Protocol

from ankiconnect.action import Kind
from ankiconnect.settings import Settings

if TYPE_CHECKING:
    from ankiconnect.hosts.steps import Steps


class Job(Protocol):
    """One call that needs the collection."""

    @property
    def writes(self) -> bool:
        """Whether it changes the collection."""

    def run(self, col: Any) -> None:
        """Do it; raises what went wrong."""

    def fail(self, error: Exception) -> None:
        """Record what went wrong as the reply."""


class Host(Protocol):
    """A place that has a collection, and perhaps a window."""

    settings: Settings
    #: The kinds of action that can run here.
    kinds: frozenset[Kind]

    def refused_origins(self) -> Collection[str]:
        """Origins, in lower case, that are refused whatever the settings list."""

    def run_jobs(self, jobs: Sequence[Job], steps: Steps) -> None:
        """Run them in order with nothing between, and wait; never raises."""

    def run_gui(self, work: Callable[[Any], Any], name: str = "") -> Any:
        """Run it with Anki's main window, on its thread, and wait.

        ``name`` is the action's, for the log if it takes too long. Where it gives
        the future of a result, wait for that too.
        """

    def explain(self, error: Exception) -> str | None:
        """Anki's own words for an error that is the client's; None for a bug."""

    def ask_permission(self, origin: str) -> bool:
        """Ask the user whether that origin may drive Anki; the answer is kept."""

    def profiles(self) -> list[str]:
        """The names of all profiles."""

    def active_profile(self) -> str:
        """The profile that is open."""

    def load_profile(self, name: str) -> bool:
        """Open another profile; False if there is none of that name."""

    def sync(self) -> None:
        """Sync the open collection with its server."""

    def reload(self) -> None:
        """Show the collection anew as it is now."""
