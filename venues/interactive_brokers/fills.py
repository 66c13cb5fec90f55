"""Our fills, made of executions and what they cost."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from domain.fills import Fill
from domain.identifiers import order_id_of_venue_client_id
from domain.sides import Side
from venues.interactive_brokers.contracts import Traded
from venues.interactive_brokers.executions import Executions, trade_id
from venues.interactive_brokers.messages import CommissionSaid, ExecutionSaid
from venues.port import FillNews

logger = logging.getLogger(__name__)


class Fills:
    """Hands a fill on once its commission is known, and once only."""

    def __init__(self, account_id: str, tell: Callable[[FillNews], None]) -> None:
        self._account_id = account_id
        self._tell = tell
        self._executions = Executions()
        self._waiting: dict[str, tuple[ExecutionSaid, Traded]] = {}

    @property
    def is_waiting(self) -> bool:
        return bool(self._waiting)

    def is_ours(self, said: ExecutionSaid) -> bool:
        return order_id_of_venue_client_id(said.order_ref) is not None

    def trade_id(self, said: ExecutionSaid) -> str:
        return trade_id(said.exec_id)

    def holds(self, ref: str) -> bool:
        """Whether a fill of an order waits for its commission."""
        return any(said.order_ref == ref for said, _ in self._waiting.values())

    def add(self, said: ExecutionSaid, traded: Traded) -> None:
        """An execution; a repetition or a correction of one that was told is not told again."""
        self._executions.add(said)
        if self._executions.is_told(said):
            return
        latest = self._executions.latest(said)
        if not latest.quantity:
            self._waiting.pop(trade_id(said.exec_id), None)  # busted before anybody knew of it
            return
        self._waiting[trade_id(said.exec_id)] = (latest, traded)
        self._tell_if_complete(latest)

    def learn(self, said: ExecutionSaid) -> None:
        """An execution that somebody else books: it is not told."""
        self._executions.add(said)
        self._executions.tell(said)

    def add_commission(self, said: CommissionSaid) -> None:
        self._executions.add_commission(said)
        waiting = self._waiting.get(trade_id(said.exec_id))
        if waiting is not None:
            self._tell_if_complete(waiting[0])

    def tell_without_commission(self) -> None:
        """IB does not say what they cost: better a fill without its fee than none at all."""
        for said, traded in list(self._waiting.values()):
            logger.error("IB tells no commission for execution %s: booked without", said.exec_id)
            self._hand_on(said, traded, None)

    def fill(self, said: ExecutionSaid, traded: Traded) -> Fill | None:
        """The fill of an execution, as last corrected; None while its commission is not known, and
        where it was busted."""
        latest = self._executions.latest(said)
        cost = self._executions.commission(latest)
        return self._fill(latest, traded, cost) if cost is not None and latest.quantity else None

    def _tell_if_complete(self, said: ExecutionSaid) -> None:
        cost = self._executions.commission(said)
        if cost is not None:
            _, traded = self._waiting[trade_id(said.exec_id)]
            self._hand_on(said, traded, cost)

    def _hand_on(self, said: ExecutionSaid, traded: Traded, cost: CommissionSaid | None) -> None:
        del self._waiting[trade_id(said.exec_id)]
        self._executions.tell(said)
        self._tell(FillNews(self._fill(said, traded, cost)))

    def _fill(self, said: ExecutionSaid, traded: Traded, cost: CommissionSaid | None) -> Fill:
        order_id = order_id_of_venue_client_id(said.order_ref)
        assert order_id is not None, "an execution that is not ours"
        return Fill(
            order_id=order_id,
            account_id=self._account_id,
            instrument_id=traded.instrument_id,
            trade_id=trade_id(said.exec_id),
            venue_order_id=str(said.perm_id),
            side=Side.BUY if said.bought else Side.SELL,
            quantity=said.quantity,
            price=said.price,
            fee=cost.commission if cost is not None else Decimal(0),
            fee_currency=cost.currency if cost is not None else traded.instrument.quote,
            is_maker=said.is_maker,
            ts_event=said.at,
        )


def chronological(fills: list[Fill], since: datetime) -> list[Fill]:
    """Those since then, oldest first. IB's times are whole seconds, so the second counts whole."""
    second = since.replace(microsecond=0)
    chosen = [fill for fill in fills if fill.ts_event >= second]
    return sorted(chosen, key=lambda fill: (fill.ts_event, fill.trade_id))
