"""Public methods: instruments, books, prices and the state of the platform."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from venues.simulators.deribit.calls import Call, Method, Methods
from venues.simulators.deribit.desk import Desk
from venues.simulators.deribit.errors import invalid_params
from venues.simulators.deribit.funding import rate_of
from venues.simulators.deribit.indices import INDICES, VOLATILITY, Indices
from venues.simulators.deribit.instruments import (
    CURRENCIES,
    KINDS,
    KNOWN_CURRENCIES,
    LISTINGS,
    Listing,
    names_of,
)
from venues.simulators.deribit.limits import Pool
from venues.simulators.deribit.messages import direction
from venues.simulators.deribit.params import Params
from venues.simulators.events import Print
from venues.simulators.fault_kinds import Action
from venues.simulators.matching import ZERO, Side
from venues.simulators.tape import Tape

VERSION = "1.2.26"
DEFAULT_DEPTH = 5
DEPTHS = (1, 5, 10, 20, 50, 100, 1000, 10_000)
_LONG = {"BTC": "Bitcoin", "ETH": "Ethereum", "USDC": "USDC"}


class MarketApi:
    """What anybody may ask about one instrument, and what there is."""

    def __init__(self, desk: Desk, indices: Indices, tapes: Mapping[str, Tape]) -> None:
        self._desk = desk
        self._indices = indices
        self._tapes = tapes

    def methods(self) -> Methods:
        """By name."""
        instruments, other = Pool.INSTRUMENTS, Action.OTHER
        return {
            "public/test": Method(lambda call: {"version": VERSION}, other),
            "public/hello": Method(lambda call: {"version": VERSION}, other),
            "public/get_time": Method(lambda call: call.now_ms, other),
            "public/status": Method(lambda call: {"locked": "false"}, other),
            "public/get_currencies": Method(lambda call: _currencies()),
            "public/get_instruments": Method(self._instruments, Action.QUERY, instruments),
            "public/get_instrument": Method(lambda c: self._desk.described(self._listing(c))),
            "public/get_expirations": Method(self._expirations),
            "public/get_contract_size": Method(self._contract_size),
            "public/get_order_book": Method(lambda c: self._book(self._listing(c), c)),
            "public/get_order_book_by_instrument_id": Method(
                lambda c: self._book(_by_number(c.params), c)
            ),
            "public/ticker": Method(lambda call: self.ticker(self._listing(call), call.now_ms)),
            "public/get_index_price": Method(self._index_price),
            "public/get_index_price_names": Method(lambda call: sorted(INDICES)),
            "public/get_supported_index_names": Method(self._supported_indices),
        }

    def mark(self, symbol: str) -> Decimal:
        """The mark price of an instrument."""
        return self._desk.mark(symbol)

    def ticker(self, listing: Listing, now_ms: int) -> dict[str, Any]:
        """Best prices and the figures of the day."""
        name, exchange = listing.name, self._desk.exchange
        book = exchange.books[name]
        bid, ask = book.best(Side.BUY) or (ZERO, ZERO), book.best(Side.SELL) or (ZERO, ZERO)
        mark, last = self._desk.mark(name), self._tapes[name].last_price
        lowest, highest = listing.limits(mark)
        shown: dict[str, Any] = {
            "timestamp": now_ms,
            "instrument_name": name,
            "state": self._desk.state_of(listing),
            "best_bid_price": bid[0],
            "best_bid_amount": bid[1],
            "best_ask_price": ask[0],
            "best_ask_amount": ask[1],
            "mark_price": mark,
            "index_price": self._desk.index(name),
            "last_price": last,
            "settlement_price": mark,
            "estimated_delivery_price": self._desk.index(name),
            "min_price": lowest,
            "max_price": highest,
            "open_interest": self._desk.open_interest(name),
            "stats": self._stats(name, now_ms),
        }
        if name in exchange.state.expired:
            shown["delivery_price"] = exchange.state.expired[name].price
        return shown | self._of_kind(listing, mark)

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

    def _of_kind(self, listing: Listing, mark: Decimal) -> dict[str, Any]:
        """What a ticker tells of options, and of perpetuals."""
        index = self._desk.index(listing.name)
        if listing.kind == "option":
            return {
                "mark_iv": VOLATILITY,
                "bid_iv": VOLATILITY - 1,
                "ask_iv": VOLATILITY + 1,
                "interest_rate": ZERO,
                "underlying_index": listing.name.rpartition("-")[0].rpartition("-")[0],
                "underlying_price": index,
                "greeks": dict.fromkeys(("delta", "gamma", "rho", "theta", "vega"), ZERO),
            }
        if listing.period != "perpetual":
            return {}
        rate = rate_of(mark, index)
        return {"funding_8h": rate, "current_funding": rate, "interest_value": ZERO}

    def _listing(self, call: Call) -> Listing:
        return self._desk.listing(call.params.text("instrument_name"))

    def _instruments(self, call: Call) -> list[dict[str, Any]]:
        """The official text wants a currency; real clients leave it out and get all."""
        currency = call.params.text_or("currency", "any")
        kind = call.params.choice("kind", "any", KINDS)
        if currency not in ("any", *KNOWN_CURRENCIES):
            raise invalid_params("currency", "invalid currency")
        expired = call.params.flag("expired")
        return [
            self._desk.described(LISTINGS[name])
            for name in names_of(currency, kind)
            if expired == (self._desk.state_of(LISTINGS[name]) != "open")
        ]

    def _expirations(self, call: Call) -> dict[str, Any]:
        """The dates in the names of what is listed, by kind; by currency too if so asked."""
        params = call.params
        currency = params.choice("currency", "", (*KNOWN_CURRENCIES, "any", "grouped"))
        kind = params.choice("kind", "", ("future", "option", "any"))
        pair = params.text_or("currency_pair", "")
        kinds = ("future", "option") if kind == "any" else (kind,)

        def of(currency: str) -> dict[str, list[str]]:
            found = {each: self._dates(currency, each, pair) for each in kinds}
            return {each: dates for each, dates in found.items() if dates or kind != "any"}

        if currency == "grouped":
            return {each.lower(): of(each) for each in CURRENCIES}
        return of(currency)

    def _dates(self, currency: str, kind: str, pair: str) -> list[str]:
        listed = [LISTINGS[name] for name in names_of(currency, kind)]
        return sorted(
            {
                listing.name.split("-")[1]
                for listing in listed
                if self._desk.state_of(listing) == "open" and pair in ("", listing.index)
            }
        )

    def _contract_size(self, call: Call) -> dict[str, Any]:
        return {"contract_size": self._listing(call).described()["contract_size"]}

    def _book(self, listing: Listing, call: Call) -> dict[str, Any]:
        depth = call.params.integer_or("depth", DEFAULT_DEPTH)
        if depth not in DEPTHS:
            raise invalid_params("depth", f"must be one of: {', '.join(map(str, DEPTHS))}")
        book = self._desk.exchange.books[listing.name]
        return self.ticker(listing, call.now_ms) | {
            "change_id": book.update_id,
            "bids": [list(level) for level in book.levels(Side.BUY, depth)],
            "asks": [list(level) for level in book.levels(Side.SELL, depth)],
        }

    def _index_price(self, call: Call) -> dict[str, Any]:
        price = self._indices.price(call.params.text("index_name"))
        return {"index_price": price, "estimated_delivery_price": price}

    def _supported_indices(self, call: Call) -> list[str]:
        kind = call.params.choice("type", "all", ("all", "spot", "derivative"))
        return [] if kind == "derivative" else sorted(INDICES)

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


def _by_number(params: Params) -> Listing:
    number = params.integer("instrument_id")
    for listing in LISTINGS.values():
        if listing.number == number:
            return listing
    raise invalid_params("instrument_id", "instrument not found")


def _currencies() -> list[dict[str, Any]]:
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
