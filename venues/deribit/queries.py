"""What the venue is asked: orders by our id, open orders, trades, positions, balances.

None of it needs an instrument to be listed: orders live on in what has expired, or was taken out of
the profile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from domain.fills import Fill
from domain.orders import OrderStatus, UnifiedOrder
from venues.deribit.clock import VenueClock
from venues.deribit.history import RECENT_ORDERS, History, Shelf
from venues.deribit.listings import number
from venues.deribit.names import currency_of, instrument_id, instrument_name
from venues.deribit.offer import Offer
from venues.deribit.questions import Questions, VenueRefused
from venues.deribit.reports import Told, chosen, contradiction, fill_of, label_of, report_of
from venues.port import Balance, NotFound, OrderReport, PositionReport


class Queries:
    """Every question raises VenueUnreachable when there is no usable answer."""

    def __init__(
        self, account_id: str, questions: Questions, offer: Offer, clock: VenueClock
    ) -> None:
        self._account_id = account_id
        self._questions = questions
        self._history = History(questions, clock)
        self._offer = offer

    async def find(self, order: UnifiedOrder) -> OrderReport | NotFound:
        """By our id, everywhere it could be: recent orders, older ones, and what traded."""
        label, name = order.venue_client_id, instrument_name(order.instrument_id)
        sent_at = order.submitted_at or order.created_at
        found: Sequence[Told] = await self._questions.ask(
            "private/get_order_state_by_label", {"currency": currency_of(name), "label": label}
        )
        shelf = Shelf.of(name, listed=order.instrument_id in self._offer.listings)
        if not found:
            found = await self._history.orders_labelled(label, shelf, sent_at)
        if found:
            return _report(found)
        traded = await self._history.trades_labelled(label, shelf, sent_at)
        if traded:
            return _from_trades(order, traded)
        return NotFound(
            f"no order, old order or trade has the label {label}", _records_since(order)
        )

    async def open_orders(self) -> list[OrderReport]:
        """One report a label: of twins that of the one that counts, which says so."""
        by_label: defaultdict[str, list[Told]] = defaultdict(list)
        for told in await self.open_orders_told():
            label = label_of(told)
            by_label[label or str(told["order_id"])].append(told)
        return [_report(same) for same in by_label.values()]

    async def open_orders_told(self) -> Sequence[Told]:
        """All working orders of the account, whoever sent them, as the venue tells them."""
        orders: Sequence[Told] = await self._questions.ask("private/get_open_orders", {})
        return orders

    async def fills_since(self, since: datetime) -> list[Fill]:
        """Executions of our orders, oldest first."""
        trades = await self.trades_since(since)
        fills = [fill_of(told, self._account_id) for told in trades if label_of(told)]
        return sorted(fills, key=lambda fill: (fill.ts_event, fill.trade_id))

    async def trades_since(self, since: datetime) -> list[Told]:
        trades: list[Told] = []
        for currency in sorted(self._offer.currencies):
            try:
                trades += await self._history.trades(currency, since)
            except VenueRefused as error:
                if not (error.of_terms and self._offer.nothing_trades_in(currency)):
                    raise
        return trades

    async def positions(self) -> list[PositionReport]:
        """In the venue's order units, negative for a short one."""
        told = await self._questions.ask("private/get_positions", {"currency": "any"})
        return [
            PositionReport(instrument_id(str(position["instrument_name"])), size)
            for position in told
            if (size := number(position["size"]))
        ]

    async def balances(self) -> list[Balance]:
        """Equity in each currency, and what of it new orders may use."""
        told = await self._questions.ask("private/get_account_summaries", {})
        return [
            Balance(
                currency=str(summary["currency"]),
                total=number(summary["equity"]),
                free=number(summary["available_funds"]),
            )
            for summary in told["summaries"]
        ]


def _report(found: Sequence[Told]) -> OrderReport:
    """The one order of a label; if there are more, that is said with it."""
    return replace(report_of(chosen(found)), contradiction=contradiction(found))


def _records_since(order: UnifiedOrder) -> datetime | None:
    """How far back a "no such order" proves anything. Orders and trades are kept for good; but what
    waited for its trigger and ended without it is on record as a recent order only."""
    if order.order_type.is_conditional and order.triggered_at is None:
        return datetime.now(UTC) - RECENT_ORDERS
    return None


def _from_trades(order: UnifiedOrder, trades: Sequence[Told]) -> OrderReport:
    """An order of which the venue still knows the trades only: it is not working any more."""
    filled = sum((number(trade["amount"]) for trade in trades), Decimal(0))
    return OrderReport(
        venue_client_id=order.venue_client_id,
        venue_order_id=str(trades[-1]["order_id"]),
        instrument_id=order.instrument_id,
        status=OrderStatus.FILLED if filled >= order.quantity else OrderStatus.CANCELED,
        filled_qty=filled,
    )
