"""Executions joined with their commissions, each handed on once.

A fill is booked for good, so it is held until IB has said what it cost. A corrected execution has
the id of the first but for the digits behind the last dot: both are one trade, whose id is what
stands before that dot.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from decimal import Decimal

from venues.interactive_brokers.messages import CommissionSaid, ExecutionSaid

logger = logging.getLogger(__name__)

_REMEMBERED = 100_000
_NO_COMMISSION = Decimal("1e300")  # IB's mark of a number that is not set


def trade_id(exec_id: str) -> str:
    """What a correction shares with the execution that it corrects."""
    return exec_id.rpartition(".")[0]


class Executions:
    """What has traded lately, by trade id; the oldest are forgotten."""

    def __init__(self) -> None:
        self._latest: OrderedDict[str, ExecutionSaid] = OrderedDict()
        self._commissions: OrderedDict[str, CommissionSaid] = OrderedDict()
        self._told: OrderedDict[str, ExecutionSaid] = OrderedDict()

    def add(self, said: ExecutionSaid) -> None:
        """An execution or its correction; a repetition changes nothing."""
        trade = trade_id(said.exec_id)
        known = self._latest.get(trade)
        if known is not None and known.exec_id >= said.exec_id:
            return
        self._latest[trade] = said
        told = self._told.get(trade)
        if told is not None and (told.price, told.quantity) != (said.price, said.quantity):
            logger.error(
                "IB corrected execution %s of %s from %s@%s to %s@%s; it is booked as it was first "
                "told: correct the books by hand, against IB's statement",
                *(trade, said.order_ref, told.quantity, told.price, said.quantity, said.price),
            )
        _trim(self._latest)

    def add_commission(self, said: CommissionSaid) -> None:
        if abs(said.commission) < _NO_COMMISSION:
            self._commissions[said.exec_id] = said
            _trim(self._commissions)

    def latest(self, said: ExecutionSaid) -> ExecutionSaid:
        """The execution as last corrected."""
        return self._latest.get(trade_id(said.exec_id), said)

    def commission(self, said: ExecutionSaid) -> CommissionSaid | None:
        """What it cost; a correction's own report counts more than that of what it corrects."""
        own = self._commissions.get(said.exec_id)
        if own is not None:
            return own
        return self._commissions.get(f"{trade_id(said.exec_id)}.01")

    def is_told(self, said: ExecutionSaid) -> bool:
        return trade_id(said.exec_id) in self._told

    def tell(self, said: ExecutionSaid) -> None:
        """It has been handed on."""
        self._told[trade_id(said.exec_id)] = said
        _trim(self._told)


def _trim[Kept](remembered: OrderedDict[str, Kept]) -> None:
    while len(remembered) > _REMEMBERED:
        remembered.popitem(last=False)
