"""The actions by name; whatever disagrees is refused before it gets in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ankiconnect.action import Action
from ankiconnect.contract import Contract, ContractError


class Registry:
    """All actions that plugins brought."""

    def __init__(self) -> None:
        self._contracts: dict[str, Contract] = {}
        # Older names, with the last version that knows them.
        self._formerly: dict[str, tuple[int, str]] = {}

    def add(self, actions: Iterable[Action]) -> list[str]:
        """Take in one plugin's list whole, or raise ContractError."""
        contracts: dict[str, Contract] = {}
        formerly: dict[str, tuple[int, str]] = {}
        for action in actions:
            if not isinstance(action, Action):
                raise ContractError(f"{action!r} is not an Action")
            for name in (action.name, *(action.formerly or ())[:1]):
                if self._taken(name) or name in contracts or name in formerly:
                    raise ContractError(f"{name}: there is such an action already")
            contracts[action.name] = Contract(action)
            if action.formerly:
                older, until = action.formerly
                formerly[older] = (until, action.name)
        self._contracts = {**self._contracts, **contracts}
        self._formerly = {**self._formerly, **formerly}
        return sorted(contracts)

    def remove(self, names: Iterable[str]) -> None:
        """Take a refused plugin's actions out again."""
        gone = set(names)
        self._contracts = {
            name: contract
            for name, contract in self._contracts.items()
            if name not in gone
        }
        self._formerly = {
            older: newer
            for older, newer in self._formerly.items()
            if newer[1] not in gone
        }

    def find(self, name: str, version: int) -> Contract | None:
        """The action that a request of that version means, if there is one."""
        contract = self._contracts.get(name)
        if contract is None and name in self._formerly:
            until, newer = self._formerly[name]
            if version <= until:
                return self._contracts[newer]
        return contract

    def __iter__(self) -> Iterator[Contract]:
        return iter(self._contracts.values())

    def _taken(self, name: str) -> bool:
        return name in self._contracts or name in self._formerly
