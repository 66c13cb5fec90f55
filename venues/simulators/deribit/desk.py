"""The orders of the exchange as the venue's API names and shows them."""

import re
from decimal import Decimal
from typing import Any

from venues.simulators.deribit.errors import invalid_params, order_not_found
from venues.simulators.deribit.instruments import LISTINGS, Listing
from venues.simulators.deribit.messages import (
    Remark,
    order_message,
    trade_message,
    triggered_message,
)
from venues.simulators.exchange import Exchange
from venues.simulators.matching import ZERO
from venues.simulators.orders import Fill, Order
from venues.simulators.unified_account import UnifiedAccount

_ORDER_ID = re.compile(r"(?:(?:ETH|USDC)-)?(?:((?:SL|TP)[IMT][BS])-)?(\d+)")


class Desk:
    """Looks orders up and words them; what only the venue remembers of them is kept here."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self._remarks: dict[int, Remark] = {}

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

    def remark(self, order: Order) -> Remark:
        return self._remarks.setdefault(order.order_id, Remark())

    def find(self, account: str, order_id: str) -> tuple[Order, bool]:
        """An order, and whether it was named by the id that it had until it triggered."""
        parsed = _ORDER_ID.fullmatch(order_id)
        order = self.exchange.state.orders.get(int(parsed.group(2))) if parsed else None
        if parsed is None or order is None or order.account != account:
            raise order_not_found()
        as_trigger = parsed.group(1) is not None
        if as_trigger != order.type.is_conditional and as_trigger:
            raise order_not_found()
        if not as_trigger and order.type.is_conditional and not order.triggered:
            raise order_not_found()
        return order, as_trigger and order.triggered

    def order_view(self, order: Order) -> dict[str, Any]:
        """The order as it stands now."""
        return order_message(order, self.remark(order), self.mark(order.symbol))

    def views(self, order: Order) -> list[dict[str, Any]]:
        """Every order that the venue shows for this one: a triggered one comes as two."""
        if order.type.is_conditional and order.triggered:
            return [self.order_view(order), triggered_message(order)]
        return [self.order_view(order)]

    def trade_view(self, fill: Fill) -> dict[str, Any]:
        order = self.exchange.state.orders.get(fill.order_id)
        assert order is not None
        return trade_message(order, fill, self.mark(fill.symbol), self.index(fill.symbol))

    def orders_of(self, account: str) -> list[Order]:
        """All orders of an account, oldest first."""
        orders = self.exchange.state.orders
        found = [order for name in LISTINGS for order in orders.history(account, name)]
        return sorted(found, key=lambda order: order.order_id)

    def fills_of(self, account: str, names: list[str]) -> list[Fill]:
        """All fills of an account in some instruments, oldest first."""
        orders = self.exchange.state.orders
        found = [fill for name in names for fill in orders.fills(account, name)]
        return sorted(found, key=lambda fill: (fill.time_ns, fill.trade_id))

    def mark(self, symbol: str) -> Decimal:
        return self.exchange.marks.get(symbol, ZERO)

    def index(self, symbol: str) -> Decimal:
        """The price of the underlying; an option's book does not know it, its perpetual does."""
        listing = LISTINGS[symbol]
        if listing.kind == "option":
            symbol = f"{listing.instrument.base}-PERPETUAL"
        return self.exchange.indices.get(symbol, ZERO)
