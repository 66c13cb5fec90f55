"""REST of positions: what is open, with which leverage, and how it is to be left.

One-way mode and cross margin only.
"""

from typing import Any

from venues.simulators.bybit.account_rows import position_row
from venues.simulators.bybit.calls import Call, Endpoint, Reply, Routes
from venues.simulators.bybit.errors import ApiError, parameter
from venues.simulators.bybit.exits import (
    PARTIAL,
    STOP_LOSS,
    TAKE_PROFIT,
    TRAILING_STOP,
    Exits,
    check_exits,
    read_exits,
)
from venues.simulators.bybit.filters import check_price
from venues.simulators.bybit.instruments import Category, Product, products_in
from venues.simulators.bybit.limits import SETTINGS, query
from venues.simulators.bybit.position_exits import PositionExits
from venues.simulators.bybit.trading import matches_product
from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import Action
from venues.simulators.unified_account import UnifiedAccount

MAX_LEVERAGE = 100


class PositionApi:
    """The positions of an account."""

    def __init__(self, exchange: Exchange, exits: PositionExits) -> None:
        self._exchange = exchange
        self._exits = exits

    def routes(self) -> Routes:
        """Endpoints by REST path."""
        listing = query("/v5/position/list")
        return {
            ("GET", "/v5/position/list"): Endpoint(self.positions, listing, Action.QUERY),
            ("POST", "/v5/position/trading-stop"): Endpoint(self.trading_stop, SETTINGS),
            ("POST", "/v5/position/set-leverage"): Endpoint(self.set_leverage, SETTINGS),
            ("POST", "/v5/position/switch-mode"): Endpoint(self.switch_mode, SETTINGS),
        }

    def row(self, name: str, symbol: str, now_ms: int) -> dict[str, Any]:
        """The position of an account in a product, flat or not."""
        account = self._exchange.state.accounts[name]
        assert isinstance(account, UnifiedAccount)
        return position_row(account, symbol, self._exits.of(name, symbol), now_ms)

    def positions(self, call: Call) -> Reply:
        """Positions: of a symbol flat or not, otherwise those that are open."""
        category, params = call.params.category(), call.params
        if category is Category.SPOT:
            raise ApiError(10001, "Illegal category")
        if category is Category.LINEAR and "symbol" not in params and "settleCoin" not in params:
            raise parameter("symbol or settleCoin is required")
        rows = [
            self.row(call.account, product.name, call.now_ms)
            for product in products_in(category)
            if matches_product(product, params)
            and ("symbol" in params or self._exits.side_of(call.account, product.name))
        ]
        return Reply({"category": category.value, "nextPageCursor": "", "list": rows})

    def trading_stop(self, call: Call) -> Reply:
        """Set, move or take back the exits of a position; "0" takes one back."""
        product, params = call.params.product(), call.params
        if product.category.is_spot:
            raise ApiError(10001, "Illegal category")
        if (params.integer("positionIdx") or 0) != 0:
            raise ApiError(10001, "position idx not match position mode")
        side = self._exits.side_of(call.account, product.name)
        if side is None:
            raise ApiError(10001, "can not set tp/sl/ts for zero position")
        exits = read_exits(params, product)
        for one in exits.each:
            base = self._exchange.watched_price(product.name, one.by)
            assert base is not None, "a listed product is quoted before it can be traded"
            check_exits(Exits(exits.mode, one, None), side, base)
        if exits.mode == PARTIAL:
            self._add_pair(call, product, exits)
        elif not self._set_whole(call, product, exits):
            raise ApiError(34040, "not modified")
        return Reply({})

    def _add_pair(self, call: Call, product: Product, exits: Exits) -> None:
        sizes = [
            size
            for name, one in (("tpSize", exits.take_profit), ("slSize", exits.stop_loss))
            if one is not None and (size := call.params.decimal(name)) is not None
        ]
        if not sizes or len(sizes) != len(exits.each) or len(set(sizes)) > 1:
            raise parameter("tpSize and slSize must be given, and equal")
        sized = list(zip(exits.each, sizes, strict=True))
        self._exits.add_pair(call.account, product.name, sized, call.now_ns)

    def _set_whole(self, call: Call, product: Product, exits: Exits) -> bool:
        """Whether anything was changed."""
        place, params = (call.account, product.name), call.params
        changed = [self._exits.set_whole(*place, one, call.now_ns) for one in exits.each]
        for name, kind in (("takeProfit", TAKE_PROFIT), ("stopLoss", STOP_LOSS)):
            if name in params and params.decimal(name) is None:
                changed.append(self._exits.clear_whole(*place, kind, call.now_ns))
        distance, active = params.decimal("trailingStop"), params.decimal("activePrice")
        for price in (distance, active):
            if price is not None:
                check_price(product, price)
        if distance is not None:
            changed.append(self._exits.set_trail(*place, distance, active, call.now_ns))
        elif "trailingStop" in params:
            changed.append(self._exits.clear_whole(*place, TRAILING_STOP, call.now_ns))
        return any(changed)

    def set_leverage(self, call: Call) -> Reply:
        """Choose the leverage of a symbol; both sides alike in one-way mode."""
        product = call.params.product()
        chosen = call.params.text("buyLeverage")
        if chosen != call.params.text("sellLeverage") or product.category.is_spot:
            raise parameter("buyLeverage must equal sellLeverage")
        if not chosen.isdigit() or not 1 <= int(chosen) <= MAX_LEVERAGE:
            raise ApiError(110013, "cannot set leverage gt maxLeverage by risk limit")
        account = self._exchange.state.accounts[call.account]
        assert isinstance(account, UnifiedAccount)
        if account.leverage_of(product.name) == int(chosen):
            raise ApiError(110043, "leverage not modified")
        self._exchange.set_leverage(account, product.name, int(chosen), call.now_ns)
        return Reply({})

    def switch_mode(self, call: Call) -> Reply:
        """There is one-way mode only."""
        if call.params.integer("mode"):
            raise ApiError(110029, "Hedge mode is not supported for this symbol.")
        raise ApiError(110025, "Position mode is not modified")
