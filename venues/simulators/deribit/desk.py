"""The orders of the exchange as the venue's API names and shows them."""

import re
from decimal import Decimal
from typing import Any

from venues.simulators.deribit.errors import invalid_params, order_not_found
from venues.simulators.deribit.instruments import LISTINGS, PERPETUALS, Listing
from venues.simulators.deribit.messages import (
    order_id_of,
    order_message,
    trade_message,
    trigger_id_of,
    triggered_message,
)
from venues.simulators.exchange import Exchange
from venues.simulators.matching import ZERO
from venues.simulators.orders import Fill, Order
from venues.simulators.unified_account import UnifiedAccount

_ORDER_NUMBER = re.compile(r"(?:.*-)?(\d{1,18})", re.ASCII)


class Desk:
    """Looks orders up and words them."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange

    def account(self, name: str) -> UnifiedAccount:
        account = self.exchange.state.accounts[name]
        assert isinstance(account, UnifiedAccount)
        return account

    def listing(self, name: str) -> Listing:
        """The instrument of that name; raises RpcError."""
        listing = LISTINGS.get(name)
        if listing is None:
            raise invalid_params("instrument_name", "instrument not found")
        return listing

    def state_of(self, listing: Listing) -> str:
        """Where an instrument is in its life."""
        return "delivered" if listing.name in self.exchange.state.expired else "open"

    def described(self, listing: Listing) -> dict[str, Any]:
        """The instrument as the venue shows it now."""
        state = self.state_of(listing)
        return listing.described() | {"state": state, "is_active": state == "open"}

    def find(self, account: str, order_id: str) -> tuple[Order, bool]:
        """An order, and whether it was named by the id that it had until it triggered."""
        parsed = _ORDER_NUMBER.fullmatch(order_id)
        order = self.exchange.state.orders.get(int(parsed.group(1))) if parsed else None
        if order is None or order.account != account:
            raise order_not_found()
        if order_id == order_id_of(order):
            return order, False
        if order.type.is_conditional and order_id == trigger_id_of(order):
            return order, True
        raise order_not_found()

    def order_view(self, order: Order) -> dict[str, Any]:
        """The order as it stands now."""
        return order_message(order, self.mark(order.symbol))

    def views(self, order: Order) -> list[dict[str, Any]]:
        """Every order that the venue shows for this one: a triggered one comes as two."""
        if order.type.is_conditional and order.triggered:
            return [self.order_view(order), triggered_message(order)]
        return [self.order_view(order)]

    def trade_view(self, fill: Fill) -> dict[str, Any]:
        order = self.exchange.state.orders.get(fill.order_id)
        assert order is not None
        return trade_message(order, fill, self.mark(fill.symbol), self.index(fill.symbol))

    def mark(self, symbol: str) -> Decimal:
        return self.exchange.marks.get(symbol, ZERO)

    def index(self, symbol: str) -> Decimal:
        """The price of the underlying."""
        return self.exchange.indices.get(PERPETUALS[LISTINGS[symbol].index], ZERO)

    def open_interest(self, symbol: str) -> Decimal:
        """What accounts hold of an instrument; its other side may be the market maker's."""
        held = [self.account(name).position(symbol).amount for name in self.exchange.state.accounts]
        return sum((abs(amount) for amount in held), ZERO)
