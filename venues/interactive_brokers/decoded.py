"""What the library's decoder calls, by the names that IB gave: each call becomes a plain value."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from venues.interactive_brokers.messages import (
    AccountValue,
    DepthSaid,
    ErrorSaid,
    Gone,
    Said,
    StatusSaid,
    TickSaid,
)
from venues.interactive_brokers.values import (
    commission_said,
    details_said,
    execution_said,
    order_said,
    plain,
    position_said,
)


class Decoded:
    """`hear` gets what nobody asked for, in the venue's order; `answered(key, item)` and
    `ended(key)` carry answers, where the key is a request id or the name of a list."""

    def __init__(
        self,
        hear: Callable[[Said], None],
        answered: Callable[[int | str, Any], None],
        ended: Callable[[int | str], None],
    ) -> None:
        self._hear = hear
        self._answered = answered
        self._ended = ended
        # The decoder asks for these two; executions that name no zone are in the gateway's, UTC.
        self.ib = SimpleNamespace(TimezoneTWS="UTC")
        self.defaultTimezone = UTC
        self.last_message_at: datetime | None = None

    def step_over(self, order_id: int) -> None:
        """The number of an order is used, by whichever client: ours must be higher."""
        raise NotImplementedError

    # --- the connection ---

    def tcpDataArrived(self) -> None:  # noqa: N802
        self.last_message_at = datetime.now(UTC)

    def connectAck(self) -> None:  # noqa: N802
        """The versions are agreed."""

    def setEventsDone(self) -> None:  # noqa: N802
        """The socket is closed, ready or not."""
        self._hear(Gone())

    def connectionClosed(self) -> None:  # noqa: N802
        """The same, of a socket that was ready."""

    def error(self, request_id: int, code: int, text: str, _advanced: str = "") -> None:
        self._hear(ErrorSaid(request_id=request_id, code=code, text=text))

    def nextValidId(self, order_id: int) -> None:  # noqa: N802
        self.step_over(order_id - 1)

    def currentTime(self, seconds: int) -> None:  # noqa: N802
        self._answered("time", seconds)
        self._ended("time")

    # --- orders and what they traded ---

    def openOrder(self, order_id: int, contract: Any, order: Any, state: Any) -> None:  # noqa: N802
        self.step_over(order_id)
        said = order_said(order_id, contract, order, state.status)
        self._answered("open orders", said)
        self._hear(said)

    def openOrderEnd(self) -> None:  # noqa: N802
        self._ended("open orders")

    def completedOrder(self, contract: Any, order: Any, state: Any) -> None:  # noqa: N802
        self._answered("completed orders", order_said(0, contract, order, state.status))

    def completedOrdersEnd(self) -> None:  # noqa: N802
        self._ended("completed orders")

    def orderStatus(  # noqa: N802
        self, order_id: int, status: str, filled: float, _left: float, _average: float, *more: Any
    ) -> None:
        perm_id, _parent, _last, client_id, *_ = more
        self.step_over(order_id)
        said = StatusSaid(
            order_id=order_id,
            client_id=client_id,
            perm_id=perm_id,
            status=status,
            filled=plain(filled),
        )
        self._answered("open orders", said)
        self._hear(said)

    def execDetails(self, request_id: int, contract: Any, execution: Any) -> None:  # noqa: N802
        said = execution_said(request_id, contract, execution)
        self._answered(request_id, said)
        self._hear(said)

    def execDetailsEnd(self, request_id: int) -> None:  # noqa: N802
        self._ended(request_id)

    def commissionReport(self, report: Any) -> None:  # noqa: N802
        self._hear(commission_said(report))

    # --- the account ---

    def position(self, account: str, contract: Any, quantity: float, _cost: float) -> None:
        self._answered("positions", position_said(account, contract, quantity))

    def positionEnd(self) -> None:  # noqa: N802
        self._ended("positions")

    def accountSummary(  # noqa: N802
        self, request_id: int, account: str, tag: str, value: str, currency: str
    ) -> None:
        said = AccountValue(account=account, tag=tag, value=value, currency=currency)
        self._answered(request_id, said)

    def accountSummaryEnd(self, request_id: int) -> None:  # noqa: N802
        self._ended(request_id)

    # --- contracts and markets ---

    def contractDetails(self, request_id: int, details: Any) -> None:  # noqa: N802
        self._answered(request_id, details_said(details))

    def contractDetailsEnd(self, request_id: int) -> None:  # noqa: N802
        self._ended(request_id)

    def marketRule(self, rule_id: int, increments: list[Any]) -> None:  # noqa: N802
        key = f"market rule {rule_id}"
        for step in increments:
            self._answered(key, (plain(step.lowEdge), plain(step.increment)))
        self._ended(key)

    def priceSizeTick(self, request_id: int, kind: int, price: float, size: float) -> None:  # noqa: N802
        self._hear(TickSaid(request_id=request_id, kind=kind, price=plain(price), size=plain(size)))

    def tickSize(self, request_id: int, kind: int, size: float) -> None:  # noqa: N802
        self._hear(TickSaid(request_id=request_id, kind=kind, size=plain(size)))

    def tickString(self, request_id: int, kind: int, text: str) -> None:  # noqa: N802
        self._hear(TickSaid(request_id=request_id, kind=kind, text=text))

    def updateMktDepth(  # noqa: N802
        self, request_id: int, position: int, operation: int, side: int, price: float, size: float
    ) -> None:
        self._hear(
            DepthSaid(
                request_id=request_id,
                position=position,
                operation=operation,
                is_bid=side == 1,
                price=plain(price),
                size=plain(size),
            )
        )

    def updateMktDepthL2(  # noqa: N802
        self, request_id: int, position: int, _maker: str, operation: int, side: int, *row: Any
    ) -> None:
        price, size, *_ = row
        self.updateMktDepth(request_id, position, operation, side, price, size)
