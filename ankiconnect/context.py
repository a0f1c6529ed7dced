"""What an action that needs no collection is given."""

from __future__ import annotations

from dataclasses import dataclass

from ankiconnect.access import Caller
from ankiconnect.contract import Contract
from ankiconnect.hosts import Host
from ankiconnect.plugins import Plugins


@dataclass(frozen=True)
class Context:
    """One request's surroundings: where it runs, what else there is, who asks."""

    host: Host
    plugins: Plugins
    caller: Caller

    def contracts(self) -> dict[str, Contract]:
        """The actions that can run here, by name."""
        return self.plugins.registry.runnable(self.host.kinds)
