"""What the venue is asked: orders by our id, open orders, past trades, positions, balances.

The venue keeps finished orders for 30 minutes and trades for 24 hours; older ones are asked for
with `historical`, which does not know the latest. The two may overlap, so what comes twice counts
once.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from domain.fills import Fill
from domain.orders import OrderStatus, UnifiedOrder
from venues.deribit.credit_pools import CreditPools
from venues.deribit.failures import TOO_MANY_REQUESTS, NoAnswer, VenueSaidNo
from venues.deribit.listings import Listing, listing_of, number
from venues.deribit.reports import Told, chosen, fill_of, label_of, report_of
from venues.deribit.rest import RestClient
from venues.deribit.settings import Settings, instrument_id, instrument_name
from venues.port import Balance, NotFound, OrderReport, PositionReport, VenueUnreachable

_LOG = logging.getLogger(__name__)
_PAGE = 1000
_PAGES_MAX = 200
_RECENT_ORDERS = timedelta(minutes=25)  # of the venue's 30 minutes
_RECENT_TRADES = timedelta(hours=23)  # of the venue's 24 hours
_MARGIN = timedelta(minutes=1)


class Queries:
    """Every question raises VenueUnreachable when there is no usable answer."""

    def __init__(self, settings: Settings, rest: RestClient, pools: CreditPools) -> None:
        self.listings: Mapping[str, Listing] = {}
        self._settings = settings
        self._rest = rest
        self._pools = pools

    async def load_listings(self) -> None:
        """The instruments that are traded here. One that the venue does not list, or not any more,
        is left out (its old description stays), so that it does not keep the others from trading.
        """
        found = dict(self.listings)
        for name in self._settings.names:
            try:
                told = await self._ask("public/get_instrument", {"instrument_name": name})
            except VenueUnreachable as error:
                if not _is_definite(error.__cause__):
                    raise
                _LOG.error("%s is not traded: %s. Correct the profile's instruments.", name, error)
            else:
                found[instrument_id(name)] = listing_of(told)
        if not found:
            raise VenueUnreachable(f"DERIBIT lists none of {', '.join(self._settings.names)}.")
        self.listings = found

    async def learn_limits(self) -> None:
        """The account's own rate limits, which the venue sets anew every hour."""
        currency = next(iter(self._currencies()))
        summary = await self._ask(
            "private/get_account_summary", {"currency": currency, "extended": True}
        )
        self._pools.learn(summary.get("limits") or {})

    async def find(self, order: UnifiedOrder) -> OrderReport | NotFound:
        """By our id, everywhere it could be: recent orders, older ones, and what traded."""
        listing = self.listings.get(order.instrument_id)
        if listing is None:
            raise VenueUnreachable(f"{order.instrument_id} is not traded through here; ask again.")
        label = order.venue_client_id
        params = {"currency": listing.currency, "label": label}
        recent: Sequence[Told] = await self._ask("private/get_order_state_by_label", params)
        told = chosen(recent)
        twins = {order["order_id"] for order in recent if order["order_state"] != "triggered"}
        if len(twins) > 1:
            _LOG.error("DERIBIT has several orders %s under one label: %s", label, sorted(twins))
        if told is None:
            told = chosen(await self._in_history(listing, label, order.created_at))
        if told is not None:
            return report_of(told)
        traded = await self._trades(listing.name, order.created_at - _MARGIN)
        ours = [trade for trade in traded if trade.get("label") == label]
        if ours:
            return _from_trades(order, ours)
        return NotFound(f"no order, old order or trade has the label {label}")

    async def open_orders(self) -> list[OrderReport]:
        return [report_of(told) for told in await self.open_orders_told()]

    async def open_orders_told(self) -> Sequence[Told]:
        """All working orders of the account, whoever sent them, as the venue tells them."""
        orders: Sequence[Told] = await self._ask("private/get_open_orders", {})
        return orders

    async def fills_since(self, start: datetime) -> list[Fill]:
        """Executions of our orders, oldest first."""
        trades = await self.trades_since(start)
        fills = [fill_of(told, self._settings.account_id) for told in trades if label_of(told)]
        return sorted(fills, key=lambda fill: (fill.ts_event, fill.trade_id))

    async def trades_since(self, start: datetime) -> list[Told]:
        trades: list[Told] = []
        for listing in self.listings.values():
            trades += await self._trades(listing.name, start)
        return trades

    async def positions(self) -> list[PositionReport]:
        """In the venue's order units, negative for a short one."""
        told = await self._ask("private/get_positions", {"currency": "any"})
        return [
            PositionReport(instrument_id(str(position["instrument_name"])), size)
            for position in told
            if (size := number(position["size"]))
        ]

    async def balances(self) -> list[Balance]:
        """Equity in each currency, and what of it new orders may use."""
        told = await self._ask("private/get_account_summaries", {})
        return [
            Balance(
                currency=str(summary["currency"]),
                total=number(summary["equity"]),
                free=number(summary["available_funds"]),
            )
            for summary in told["summaries"]
        ]

    async def _in_history(self, listing: Listing, label: str, created_at: datetime) -> list[Told]:
        """Finished orders of that label. Newest first, so older than the order means all seen."""
        until_ms = _ms(created_at - _MARGIN)
        historical = datetime.now(UTC) - created_at > _RECENT_ORDERS
        for old in (False, True) if historical else (False,):
            for page in range(_PAGES_MAX):
                orders = await self._ask(
                    "private/get_order_history_by_instrument",
                    {
                        "instrument_name": listing.name,
                        "count": _PAGE,
                        "offset": page * _PAGE,
                        "include_old": True,
                        "include_unfilled": True,
                        "historical": old,
                    },
                )
                found = [told for told in orders if told.get("label") == label]
                if found:
                    return found
                if len(orders) < _PAGE or int(orders[-1]["creation_timestamp"]) < until_ms:
                    break
        return []

    async def _trades(self, name: str, start: datetime) -> list[Told]:
        """All trades in an instrument: by time first, then by the number of the last one."""
        old = datetime.now(UTC) - start > _RECENT_TRADES
        found: dict[str, Told] = {}
        for historical in (True, False) if old else (False,):
            params: dict[str, str | int | bool] = {"start_timestamp": _ms(start)}
            for _ in range(_PAGES_MAX):
                page = await self._ask(
                    "private/get_user_trades_by_instrument",
                    {
                        "instrument_name": name,
                        "count": _PAGE,
                        "sorting": "asc",
                        "historical": historical,
                        **params,
                    },
                )
                trades: Sequence[Told] = page["trades"]
                found |= {str(trade["trade_id"]): trade for trade in trades}
                if not page.get("has_more") or not trades:
                    break
                params = {"start_seq": max(int(trade["trade_seq"]) for trade in trades) + 1}
            else:
                raise VenueUnreachable(
                    f"DERIBIT has more than {_PAGE * _PAGES_MAX} trades in {name} since {start}; "
                    "ask for a shorter time."
                )
        return list(found.values())

    async def _ask(self, method: str, params: Mapping[str, str | int | bool]) -> Any:
        within_s = self._settings.timeouts.question.total_seconds()
        if not await self._pools.questions.take(within_s):
            raise VenueUnreachable(f"DERIBIT: no credit for {method} in time; ask again.")
        try:
            return await self._rest.ask(method, params, within_s)
        except (NoAnswer, VenueSaidNo) as failure:
            if isinstance(failure, VenueSaidNo) and failure.code == TOO_MANY_REQUESTS:
                self._pools.questions.exhausted()
            raise VenueUnreachable(f"DERIBIT did not answer {method}: {failure}") from failure

    def _currencies(self) -> Iterable[str]:
        known = [listing.currency for listing in self.listings.values()]
        return dict.fromkeys(known) if known else ("BTC",)


def _from_trades(order: UnifiedOrder, trades: Sequence[Told]) -> OrderReport:
    """An order of which the venue still knows the trades only: it is not working any more."""
    filled = sum((number(trade["amount"]) for trade in trades), Decimal(0))
    return OrderReport(
        venue_client_id=order.venue_client_id,
        venue_order_id=str(trades[-1]["order_id"]),
        instrument_id=instrument_id(instrument_name(order.instrument_id)),
        status=OrderStatus.FILLED if filled >= order.quantity else OrderStatus.CANCELED,
        filled_qty=filled,
    )


def _is_definite(cause: BaseException | None) -> bool:
    return isinstance(cause, VenueSaidNo) and cause.is_definite


def _ms(time: datetime) -> int:
    return int(time.timestamp() * 1000)
