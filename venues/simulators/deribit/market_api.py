"""Public methods: instruments, books, trades, prices and the state of the platform."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from venues.simulators.deribit.calls import Call, Method, Methods
from venues.simulators.deribit.desk import Desk
from venues.simulators.deribit.errors import invalid_params
from venues.simulators.deribit.instruments import CURRENCIES, KNOWN_CURRENCIES, LISTINGS, Listing
from venues.simulators.deribit.limits import Pool
from venues.simulators.deribit.messages import direction
from venues.simulators.deribit.trading import KINDS
from venues.simulators.events import Print
from venues.simulators.fault_kinds import Action
from venues.simulators.matching import ZERO, Side
from venues.simulators.tape import Tape

VERSION = "1.2.26"
DEFAULT_DEPTH = 5
MOST_DEPTH = 10_000
_LONG = {"BTC": "Bitcoin", "ETH": "Ethereum", "USDC": "USDC"}


class MarketApi:
    """What anybody may ask."""

    def __init__(self, desk: Desk, tapes: Mapping[str, Tape]) -> None:
        self._desk = desk
        self._tapes = tapes

    def methods(self) -> Methods:
        """By name."""
        instruments = Pool.INSTRUMENTS
        return {
            "public/test": Method(lambda call: {"version": VERSION}, Action.OTHER),
            "public/hello": Method(lambda call: {"version": VERSION}, Action.OTHER),
            "public/get_time": Method(lambda call: call.now_ms, Action.OTHER),
            "public/status": Method(lambda call: {"locked": "false"}, Action.OTHER),
            "public/get_currencies": Method(self._currencies),
            "public/get_instruments": Method(self._instruments, Action.QUERY, instruments),
            "public/get_instrument": Method(lambda call: self._listing(call).described()),
            "public/get_contract_size": Method(self._contract_size),
            "public/get_order_book": Method(self._order_book),
            "public/ticker": Method(lambda call: self.ticker(self._listing(call), call.now_ms)),
            "public/get_last_trades_by_instrument": Method(self._last_trades),
            "public/get_last_trades_by_instrument_and_time": Method(self._last_trades),
            "public/get_index_price": Method(self._index_price),
        }

    def ticker(self, listing: Listing, now_ms: int) -> dict[str, Any]:
        """Best prices and the figures of the day."""
        name, exchange = listing.name, self._desk.exchange
        book = exchange.books[name]
        bid, ask = book.best(Side.BUY) or (ZERO, ZERO), book.best(Side.SELL) or (ZERO, ZERO)
        mark, last = self._desk.mark(name), self._tapes[name].last_price
        traded = listing.instrument
        shown: dict[str, Any] = {
            "timestamp": now_ms,
            "instrument_name": name,
            "state": "open",
            "best_bid_price": bid[0],
            "best_bid_amount": bid[1],
            "best_ask_price": ask[0],
            "best_ask_amount": ask[1],
            "mark_price": mark,
            "index_price": self._desk.index(name),
            "last_price": last,
            "settlement_price": mark,
            "estimated_delivery_price": self._desk.index(name),
            "min_price": mark * traded.band_down // traded.tick * traded.tick,
            "max_price": mark * traded.band_up // traded.tick * traded.tick,
            "open_interest": ZERO,
            "stats": self._stats(name, now_ms),
        }
        if listing.kind == "option":
            greeks = dict.fromkeys(("delta", "gamma", "rho", "theta", "vega"), ZERO)
            return shown | {
                "mark_iv": Decimal(50),
                "bid_iv": Decimal(49),
                "ask_iv": Decimal(51),
                "interest_rate": ZERO,
                "underlying_index": f"{traded.base}-24SEP27",
                "underlying_price": self._desk.index(name),
                "greeks": greeks,
            }
        if listing.period == "perpetual":
            return shown | {"funding_8h": ZERO, "current_funding": ZERO, "interest_value": ZERO}
        return shown

    def trade(self, trade: Print) -> dict[str, Any]:
        """A public trade."""
        listing = LISTINGS[trade.symbol]
        return {
            "trade_id": listing.trade_id(trade.trade_id),
            "trade_seq": trade.trade_id,
            "instrument_name": trade.symbol,
            "timestamp": trade.time_ns // 1_000_000,
            "direction": direction(trade.taker_side),
            "tick_direction": 0,
            "price": trade.price,
            "amount": trade.quantity,
            "mark_price": self._desk.mark(trade.symbol),
            "index_price": self._desk.index(trade.symbol),
        }

    def index_of(self, index_name: str) -> Decimal:
        """The price of an index."""
        names = [name for name, listing in LISTINGS.items() if listing.index == index_name]
        if not names:
            raise invalid_params("index_name", "index not found")
        return self._desk.index(names[0])

    def _listing(self, call: Call) -> Listing:
        return self._desk.listing(call.params.text("instrument_name"))

    def _currencies(self, call: Call) -> list[dict[str, Any]]:
        return [
            {
                "currency": name,
                "currency_long": _LONG[name],
                "coin_type": name,
                "fee_precision": 4 if name != "USDC" else 6,
                "min_confirmations": 1,
                "min_withdrawal_fee": Decimal("0.0001"),
                "withdrawal_fee": Decimal("0.0001"),
                "withdrawal_priorities": [],
                "in_cross_collateral_pool": True,
            }
            for name in CURRENCIES
        ]

    def _instruments(self, call: Call) -> list[dict[str, Any]]:
        """The official text wants a currency; real clients leave it out and get all."""
        currency = call.params.text_or("currency", "any")
        kind = call.params.choice("kind", "any", KINDS)
        if currency not in ("any", *KNOWN_CURRENCIES):
            raise invalid_params("currency", "invalid currency")
        expired = call.params.flag("expired")
        return [
            listing.described()
            for listing in LISTINGS.values()
            if currency in ("any", listing.instrument.settle)
            and kind in ("any", listing.kind)
            and expired == (call.now_ms >= listing.expiry_ms)
        ]

    def _contract_size(self, call: Call) -> dict[str, Any]:
        return {"contract_size": self._listing(call).described()["contract_size"]}

    def _order_book(self, call: Call) -> dict[str, Any]:
        listing = self._listing(call)
        depth = call.params.integer_or("depth", DEFAULT_DEPTH)
        if not 1 <= depth <= MOST_DEPTH:
            raise invalid_params("depth", f"must be between 1 and {MOST_DEPTH}")
        book = self._desk.exchange.books[listing.name]
        return self.ticker(listing, call.now_ms) | {
            "change_id": book.update_id,
            "bids": [list(level) for level in book.levels(Side.BUY, depth)],
            "asks": [list(level) for level in book.levels(Side.SELL, depth)],
        }

    def _last_trades(self, call: Call) -> dict[str, Any]:
        params, name = call.params, self._listing(call).name
        count = params.count_or(10)
        prints = [
            trade
            for trade in self._tapes[name].prints
            if params.integer_or("start_timestamp", 0) <= trade.time_ns // 1_000_000
            and trade.time_ns // 1_000_000 <= params.integer_or("end_timestamp", 2**62)
        ]
        ascending = params.text_or("sorting", "desc") == "asc"
        page = (prints if ascending else prints[::-1])[:count]
        return {"trades": [self.trade(p) for p in page], "has_more": len(prints) > count}

    def _index_price(self, call: Call) -> dict[str, Any]:
        price = self.index_of(call.params.text("index_name"))
        return {"index_price": price, "estimated_delivery_price": price}

    def _stats(self, name: str, now_ms: int) -> dict[str, Any]:
        day = self._tapes[name].day(now_ms)
        if day is None:
            empty: dict[str, Any] = dict.fromkeys(("high", "low", "price_change"))
            return empty | {"volume": ZERO, "volume_usd": ZERO}
        inverse = LISTINGS[name].is_inverse and LISTINGS[name].kind == "future"
        change = (day.close / day.open - 1) * 100
        return {
            "high": day.high,
            "low": day.low,
            "price_change": change.quantize(Decimal("0.0001")),
            "volume": (day.volume / day.close).quantize(Decimal("1e-8")) if inverse else day.volume,
            "volume_usd": day.volume if inverse else day.quote_volume,
        }
