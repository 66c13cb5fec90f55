"""The one file that imports ib_async: its socket client and decoder, without its order book.

ib_async's `IB` object keeps trades of its own, and they are wrong when it matters: any error of an
order makes it Cancelled there, a corrected execution counts twice, a disconnect empties it. So its
`Client` is used alone, and what it decodes is handed on as plain values, nothing added.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from ib_async.client import Client
from ib_async.contract import Contract
from ib_async.objects import ExecutionFilter
from ib_async.order import Order
from ib_async.util import getLoop

from venues.interactive_brokers.decoded import Decoded
from venues.interactive_brokers.greeting import Greeting
from venues.interactive_brokers.messages import Description, Said, Ticket
from venues.interactive_brokers.values import UNSET

# What the library logs at INFO and ERROR is said again by us, with what it means.
logging.getLogger("ib_async.client").setLevel(logging.CRITICAL)


_PIECE = 16_384
_Library: Any = Client  # its methods are not typed


class _InPieces(_Library):  # type: ignore[misc]
    """The library decodes at once whatever the socket has brought. A day's executions would hold up
    everything else for as long, so here they are decoded a piece at a time."""

    def __init__(self, wrapper: Decoded) -> None:
        self._pieces: deque[bytes] = deque()
        super().__init__(wrapper)

    def reset(self) -> None:
        self._pieces.clear()
        self._is_decoding = False
        super().reset()

    def _onSocketHasData(self, data: bytes) -> None:  # noqa: N802
        self._pieces.extend(data[at : at + _PIECE] for at in range(0, len(data), _PIECE))
        if not self._is_decoding:
            self._decode_next()

    def _onSocketDisconnected(self, reason: str) -> None:  # noqa: N802
        while self._pieces:
            super()._onSocketHasData(self._pieces.popleft())
        super()._onSocketDisconnected(reason)

    def _decode_next(self) -> None:
        self._is_decoding = True
        if self._pieces:
            super()._onSocketHasData(self._pieces.popleft())
        if self._pieces:
            asyncio.get_running_loop().call_soon(self._decode_next)
        else:
            self._is_decoding = False


class Tws(Decoded):
    """One socket to TWS or IB Gateway. Requests are sent at once; see `Decoded` for the answers."""

    def __init__(
        self,
        hear: Callable[[Said], None],
        answered: Callable[[int | str, Any], None],
        ended: Callable[[int | str], None],
    ) -> None:
        super().__init__(hear, answered, ended)
        self._client = _InPieces(self)
        # Its throttle queues in memory and forgets the queue at a disconnect; ours is in `pacing`.
        self._client.MaxRequests = 0
        self._greeting = Greeting()
        self._client.conn.hasData += self._greeting.hear

    async def connect(self, host: str, port: int, client_id: int, timeout_s: float) -> None:
        """Raises OSError or TimeoutError; error 326 is heard before where the id is taken."""
        getLoop.cache_clear()  # the library remembers the first loop of the process for ever
        self._greeting.expect()
        await self._client.connectAsync(host, port, client_id, timeout_s)

    def disconnect(self) -> None:
        self._client.disconnect()

    def abort(self) -> bool:
        """Close without waiting for a peer that may be dead; whether there was a socket, whose end
        will be heard."""
        transport = self._client.conn.transport
        if transport is not None:
            transport.abort()
        return transport is not None

    @property
    def is_ready(self) -> bool:
        return bool(self._client.isReady())

    @property
    def accounts(self) -> list[str]:
        return list(self._client.getAccounts())

    def day_began(self, now: datetime) -> datetime:
        """Executions and completed orders of before are not told."""
        return self._greeting.day_began(now)

    def next_id(self) -> int:
        """A number for an order or a request; never one that this session has seen."""
        return int(self._client.getReqId())

    def step_over(self, order_id: int) -> None:
        self._client.updateReqId(order_id + 1)

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

    def ask_executions(self, request_id: int, account: str, since: datetime | None) -> None:
        """Those since then, in whole seconds; None for all of the day."""
        text = "" if since is None else f"{since.astimezone(UTC):%Y%m%d-%H:%M:%S}"
        self._client.reqExecutions(request_id, ExecutionFilter(acctCode=account, time=text))

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

    def leave_top(self, request_id: int) -> None:
        self._client.cancelMktData(request_id)

    def watch_depth(self, request_id: int, contract: object, rows: int, *, smart: bool) -> None:
        self._client.reqMktDepth(request_id, contract, rows, smart, "")

    def leave_depth(self, request_id: int, *, smart: bool) -> None:
        self._client.cancelMktDepth(request_id, smart)
