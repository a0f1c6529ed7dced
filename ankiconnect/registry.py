"""The actions by name; whatever disagrees is refused before it gets in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from ankiconnect.action import Action, Kind
from ankiconnect.contract import Contract, contract_of
from ankiconnect.errors import ContractError


class Registry:
    """All actions that plugins brought."""

    def __init__(self) -> None:
        #: Another number whenever there are other actions.
        self.generation = 0
        self._contracts: dict[str, Contract] = {}
        # Older names, with the last version that knows them.
        self._formerly: dict[str, tuple[int, str]] = {}

    def add(self, actions: Iterable[Action]) -> list[str]:
        """Take in one plugin's list whole, or raise ContractError."""
        contracts: dict[str, Contract] = {}
        formerly: dict[str, tuple[int, str]] = {}
        for action in actions:
            older = _older(action)
            for name in (action.name, *older):
                if name in contracts or name in formerly:
                    raise ContractError(f"{name}: it is there twice")
                self._check_free(name)
            contracts[action.name] = contract_of(action)
            formerly.update(
                {name: (until, action.name) for name, until in older.items()}
            )
        self._contracts = {**self._contracts, **contracts}
        self._formerly = {**self._formerly, **formerly}
        self.generation += 1
        return list(contracts)

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
        self.generation += 1

    def find(self, name: str, version: int) -> Contract | None:
        """The action that a request of that version means, if there is one."""
        contract = self._contracts.get(name)
        if contract is None and name in self._formerly:
            until, newer = self._formerly[name]
            if version <= until:
                contract = self._contracts.get(newer)
        if contract is None or contract.since <= version <= contract.until:
            return contract
        return None

    def runnable(self, kinds: Collection[Kind]) -> dict[str, Contract]:
        """The actions of those kinds, by name."""
        return {
            name: contract
            for name, contract in self._contracts.items()
            if contract.action.kind in kinds
        }

    def __iter__(self) -> Iterator[Contract]:
        return iter(self._contracts.values())

    def _check_free(self, name: str) -> None:
        _, newer = self._formerly.get(name, (0, name))
        if newer in self._contracts:
            module = self._contracts[newer].action.handler.__module__
            raise ContractError(f"{name}: there is such an action already, in {module}")


def _older(action: Action) -> dict[str, int]:
    """An action's older name, if it has one, and the last version that knows it."""
    if action.formerly is None:
        return {}
    try:
        name, until = action.formerly
        return {str(name): int(until)}
    except (TypeError, ValueError):
        raise ContractError(f"{action.name}: formerly is (name, version)") from None
