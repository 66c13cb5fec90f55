"""Executions joined with their corrections and their commissions, which IB tells apart.

A corrected execution has the id of the first but for the digits behind the last dot: both are one
trade, whose id is what stands before that dot.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from venues.interactive_brokers.messages import CommissionSaid, ExecutionSaid

_REMEMBERED = 100_000


def trade_id(exec_id: str) -> str:
    """What a correction shares with the execution that it corrects."""
    return exec_id.rpartition(".")[0]


def as_corrected(executions: Iterable[ExecutionSaid]) -> list[ExecutionSaid]:
    """Each trade once, as last corrected, in the order in which they were first told."""
    latest: dict[str, ExecutionSaid] = {}
    for said in executions:
        known = latest.setdefault(trade_id(said.exec_id), said)
        if said.exec_id > known.exec_id:
            latest[trade_id(said.exec_id)] = said
    return list(latest.values())


class Executions:
    """What has traded lately, by trade id; the oldest are forgotten."""

    def __init__(self) -> None:
        self._latest: OrderedDict[str, ExecutionSaid] = OrderedDict()
        self._costs: OrderedDict[str, CommissionSaid] = OrderedDict()

    def add(self, said: ExecutionSaid) -> ExecutionSaid:
        """An execution or its correction; the trade as it is then."""
        trade = trade_id(said.exec_id)
        known = self._latest.get(trade)
        if known is not None and known.exec_id >= said.exec_id:
            return known
        self._latest[trade] = said
        trim(self._latest, _REMEMBERED)
        return said

    def add_cost(self, said: CommissionSaid) -> ExecutionSaid | None:
        """A commission; the trade that it is of, where that is known."""
        if said.commission is None:
            return None
        self._costs[said.exec_id] = said
        trim(self._costs, _REMEMBERED)
        return self._latest.get(trade_id(said.exec_id))

    def cost(self, said: ExecutionSaid) -> CommissionSaid | None:
        """What it cost; a correction's own report counts more than that of what it corrects."""
        own = self._costs.get(said.exec_id)
        return own or self._costs.get(f"{trade_id(said.exec_id)}.01")

    def has_own_cost(self, said: ExecutionSaid) -> bool:
        """Whether it is known what just this execution, or just this correction, cost."""
        return said.exec_id in self._costs


def trim[Kept](remembered: OrderedDict[str, Kept], most: int) -> None:
    while len(remembered) > most:
        remembered.popitem(last=False)
