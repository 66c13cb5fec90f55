"""Public methods: the trades that anybody made."""

from collections.abc import Mapping
from typing import Any

from venues.simulators.deribit.calls import Call, Method, Methods
from venues.simulators.deribit.desk import Desk
from venues.simulators.deribit.errors import invalid_params
from venues.simulators.deribit.market_api import MarketApi
from venues.simulators.deribit.order_queries import kind_of, of_currency
from venues.simulators.deribit.trade_queries import Numbers, bounds
from venues.simulators.tape import Tape

DEFAULT_TRADES = 10


class PublicTrades:
    """What the tapes of the instruments still know."""

    def __init__(self, desk: Desk, market: MarketApi, tapes: Mapping[str, Tape]) -> None:
        self._desk = desk
        self._market = market
        self._tapes = tapes

    def methods(self) -> Methods:
        """By name."""
        by_time = {"needs_times": True}
        return {
            "public/get_last_trades_by_instrument": Method(self._by_instrument),
            "public/get_last_trades_by_instrument_and_time": Method(
                lambda call: self._by_instrument(call, **by_time)
            ),
            "public/get_last_trades_by_currency": Method(self._by_currency),
            "public/get_last_trades_by_currency_and_time": Method(
                lambda call: self._by_currency(call, **by_time)
            ),
        }

    def _by_instrument(self, call: Call, *, needs_times: bool = False) -> dict[str, Any]:
        name = self._desk.listing(call.params.text("instrument_name")).name
        return self._page(call, [name], needs_times=needs_times)

    def _by_currency(self, call: Call, *, needs_times: bool = False) -> dict[str, Any]:
        names = of_currency(call.params, kind_of(call.params))
        return self._page(call, names, needs_times=needs_times)

    def _page(self, call: Call, names: list[str], *, needs_times: bool) -> dict[str, Any]:
        params = call.params
        for name in ("start_timestamp", "end_timestamp"):
            if needs_times and not params.has(name):
                raise invalid_params(name, "value is required")
        count, numbers = params.count_or(DEFAULT_TRADES), Numbers(params)
        first_ms, last_ms = bounds(params, "start_timestamp", "end_timestamp")
        sorting = params.choice("sorting", "default", ("asc", "desc", "default"))
        # Asked from a beginning on, the venue gives the earliest; else the latest.
        starts = params.has("start_seq") or params.has("start_id")
        ascending = sorting == "asc" or (sorting == "default" and starts)
        prints = [
            trade
            for name in names
            for trade in self._tapes[name].prints
            if first_ms <= trade.time_ns // 1_000_000 <= last_ms and numbers.hold(trade.trade_id)
        ]
        prints.sort(key=lambda trade: trade.trade_id, reverse=not ascending)
        page = [self._market.trade(trade) for trade in prints[:count]]
        return {"trades": page, "has_more": len(prints) > count}
