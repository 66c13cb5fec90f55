"""The one file that imports ib_async: its socket client and decoder, without its order book.

ib_async's `IB` object keeps trades of its own, and they are wrong when it matters: any error of an
order makes it Cancelled there, a corrected execution counts twice, a disconnect empties it. So its
`Client` is used alone, and what it decodes is handed on as plain values, nothing added.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from ib_async.client import Client
from ib_async.contract import Contract
from ib_async.objects import ExecutionFilter
from ib_async.order import Order
from ib_async.util import getLoop

from venues.interactive_brokers.messages import (
    AccountValue,
    CommissionSaid,
    DepthSaid,
    Description,
    ErrorSaid,
    Gone,
    PositionSaid,
    Said,
    StatusSaid,
    Ticket,
    TickSaid,
)
from venues.interactive_brokers.values import (
    UNSET,
    details_said,
    execution_said,
    order_said,
    plain,
)

# What the library logs at INFO and ERROR is said again by us, with what it means.
logging.getLogger("ib_async.client").setLevel(logging.CRITICAL)


class Tws:
    """One socket to TWS or IB Gateway. `hear` gets what nobody asked for, in the venue's order.

    Requests are sent at once; `answered(key, item)` and `ended(key)` carry their answers, where the
    key is a request id or the name of a list.
    """

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
        make: Any = Client  # the library's methods are not typed
        self._client: Any = make(self)
        # Its throttle queues in memory and forgets the queue at a disconnect; ours is in `pacing`.
        self._client.MaxRequests = 0
        self.last_message_at: datetime | None = None

    async def connect(self, host: str, port: int, client_id: int, timeout_s: float) -> None:
        """Raises OSError or TimeoutError; error 326 is heard before where the id is taken."""
        getLoop.cache_clear()  # the library remembers the first loop of the process for ever
        await self._client.connectAsync(host, port, client_id, timeout_s)

    def disconnect(self) -> None:
        self._client.disconnect()

    def abort(self) -> None:
        """Close without waiting for a peer that may be dead."""
        transport = self._client.conn.transport
        if transport is not None:
            transport.abort()

    @property
    def is_ready(self) -> bool:
        return bool(self._client.isReady())

    @property
    def accounts(self) -> list[str]:
        return list(self._client.getAccounts())

    def next_id(self) -> int:
        """A number for an order or a request; never one that this session has seen."""
        return int(self._client.getReqId())

    def raise_next_id(self, least: int) -> None:
        self._client.updateReqId(least)

    # --- requests ---

    def place(self, order_id: int, contract: object, ticket: Ticket) -> None:
        """Place the order, or change the one with this id."""
        order = Order(
            action=ticket.action,
            totalQuantity=ticket.quantity,  # type: ignore[arg-type] # sent as its text
            orderType=ticket.order_type,
            tif=ticket.tif,
            account=ticket.account,
            orderRef=ticket.order_ref,
            goodTillDate=ticket.good_till,
            displaySize=ticket.display_size,
            lmtPrice=UNSET if ticket.limit is None else ticket.limit,
            auxPrice=UNSET if ticket.aux is None else ticket.aux,
        )
        if ticket.trailing_percent is not None:
            order.trailingPercent = ticket.trailing_percent
        self._client.placeOrder(order_id, contract, order)

    def cancel(self, order_id: int) -> None:
        self._client.cancelOrder(order_id)

    def cancel_all(self) -> None:
        self._client.reqGlobalCancel()

    def ask_open_orders(self) -> None:
        self._client.reqAllOpenOrders()

    def ask_completed_orders(self) -> None:
        self._client.reqCompletedOrders(False)

    def ask_executions(self, request_id: int, account: str) -> None:
        self._client.reqExecutions(request_id, ExecutionFilter(acctCode=account))

    def ask_positions(self) -> None:
        self._client.reqPositions()

    def ask_account(self, request_id: int, tags: str) -> None:
        self._client.reqAccountSummary(request_id, "All", tags)

    def leave_account(self, request_id: int) -> None:
        self._client.cancelAccountSummary(request_id)

    def ask_details(self, request_id: int, wanted: Description) -> None:
        contract = Contract(
            symbol=wanted.symbol,
            secType=wanted.sec_type,
            exchange=wanted.exchange,
            currency=wanted.currency,
            localSymbol=wanted.local_symbol,
        )
        self._client.reqContractDetails(request_id, contract)

    def ask_market_rule(self, rule_id: int) -> None:
        self._client.reqMarketRule(rule_id)

    def ask_time(self) -> None:
        self._client.reqCurrentTime()

    def watch_top(self, request_id: int, contract: object, generic_ticks: str) -> None:
        self._client.reqMktData(request_id, contract, generic_ticks, False, False, "")

    def watch_depth(self, request_id: int, contract: object, rows: int, *, smart: bool) -> None:
        self._client.reqMktDepth(request_id, contract, rows, smart, "")

    # --- what the library's decoder calls ---

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
        self._client.updateReqId(order_id)

    def openOrder(self, order_id: int, contract: Contract, order: Order, state: Any) -> None:  # noqa: N802
        said = order_said(order_id, contract, order, state.status)
        self._answered("open orders", said)
        self._hear(said)

    def openOrderEnd(self) -> None:  # noqa: N802
        self._ended("open orders")

    def completedOrder(self, contract: Contract, order: Order, state: Any) -> None:  # noqa: N802
        self._answered("completed orders", order_said(0, contract, order, state.status))

    def completedOrdersEnd(self) -> None:  # noqa: N802
        self._ended("completed orders")

    def orderStatus(  # noqa: N802
        self, order_id: int, status: str, filled: float, _left: float, _average: float, *more: Any
    ) -> None:
        perm_id, _parent, _last, client_id, *_ = more
        said = StatusSaid(
            order_id=order_id,
            client_id=client_id,
            perm_id=perm_id,
            status=status,
            filled=plain(filled),
        )
        self._answered("open orders", said)
        self._hear(said)

    def execDetails(self, request_id: int, contract: Contract, execution: Any) -> None:  # noqa: N802
        said = execution_said(request_id, contract, execution)
        self._answered(request_id, said)
        self._hear(said)

    def execDetailsEnd(self, request_id: int) -> None:  # noqa: N802
        self._ended(request_id)

    def commissionReport(self, report: Any) -> None:  # noqa: N802
        self._hear(
            CommissionSaid(
                exec_id=report.execId,
                commission=plain(report.commission),
                currency=report.currency,
            )
        )

    def position(self, account: str, contract: Contract, quantity: float, _cost: float) -> None:
        said = PositionSaid(account=account, con_id=contract.conId, quantity=plain(quantity))
        self._answered("positions", said)

    def positionEnd(self) -> None:  # noqa: N802
        self._ended("positions")

    def accountSummary(  # noqa: N802
        self, request_id: int, account: str, tag: str, value: str, currency: str
    ) -> None:
        said = AccountValue(account=account, tag=tag, value=value, currency=currency)
        self._answered(request_id, said)

    def accountSummaryEnd(self, request_id: int) -> None:  # noqa: N802
        self._ended(request_id)

    def contractDetails(self, request_id: int, details: Any) -> None:  # noqa: N802
        self._answered(request_id, details_said(details))

    def contractDetailsEnd(self, request_id: int) -> None:  # noqa: N802
        self._ended(request_id)

    def marketRule(self, rule_id: int, increments: list[Any]) -> None:  # noqa: N802
        key = f"market rule {rule_id}"
        for step in increments:
            self._answered(key, (plain(step.lowEdge), plain(step.increment)))
        self._ended(key)

    def currentTime(self, seconds: int) -> None:  # noqa: N802
        self._answered("time", seconds)
        self._ended("time")

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
