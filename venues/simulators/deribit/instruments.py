"""What the simulated Deribit lists, with the real venue's steps, and how instruments are described.

Amounts are the venue's: USD for inverse futures, base currency for linear ones and for options.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from domain.dated_contracts import DERIBIT_SEPTEMBER
from venues.simulators.instruments import Instrument, Kind

D = Decimal

EXPIRIES = DERIBIT_SEPTEMBER.listed(datetime.now(UTC))
"""The ends of the dated contracts that are listed, or were: as they are when the venue starts."""

EXPIRY = EXPIRIES[-1]
PERPETUAL_EXPIRY_MS = 32_503_708_800_000
LISTED_MS = 1_727_424_000_000
MAX_OPEN_ORDERS = 10_000
BAND = D("0.05")
"""How far past the mark an aggressive limit price may be (the real venue's band is narrower)."""

OPTION_BAND = (D("0.2"), D(5))
"""The least and the most that a premium may be, as multiples of its mark."""

ICEBERG_LEAST = 100
"""The visible part must be so many times the minimum, and at least 1/100 of the whole."""


@dataclass(frozen=True, slots=True)
class Listing:
    """An instrument as the venue describes it, next to what the exchange trades.

    ``fine`` is a smaller tick that holds below a price, as options have it: (price, tick).
    """

    instrument: Instrument
    number: int
    index: str
    period: str
    maker: Decimal
    taker: Decimal
    fine: tuple[Decimal, Decimal] | None = None
    strike: Decimal | None = None
    option_type: str | None = None

    @property
    def name(self) -> str:
        return self.instrument.symbol

    @property
    def kind(self) -> str:
        return "option" if self.instrument.kind is Kind.OPTION else "future"

    @property
    def is_inverse(self) -> bool:
        """Whether it settles in its base currency."""
        return self.instrument.settle == self.instrument.base

    @property
    def expiry_ms(self) -> int:
        expires_ns = self.instrument.expires_ns
        return PERPETUAL_EXPIRY_MS if expires_ns is None else expires_ns // 1_000_000

    def delivery_price(self, index: Decimal) -> Decimal:
        """What it is worth when it expires at this price of its index."""
        if self.strike is None:
            return index
        gain = index - self.strike if self.option_type == "call" else self.strike - index
        return (max(gain, D(0)) / index).quantize(D("1e-8"))

    def limits(self, mark: Decimal) -> tuple[Decimal, Decimal]:
        """The lowest and the highest price at which anything trades, in whole ticks."""
        down, up = self.instrument.band_down, self.instrument.band_up
        if self.kind == "option":
            down, up = OPTION_BAND
        tick = self.instrument.tick if self.fine is None else self.fine[1]
        lowest, highest = max(mark * down // tick * tick, tick), mark * up // tick * tick
        return lowest, max(highest, tick)

    def tick_at(self, price: Decimal) -> Decimal:
        """The tick that holds at a price."""
        if self.fine is not None and price < self.fine[0]:
            return self.fine[1]
        return self.instrument.tick

    def order_id(self, number: int) -> str:
        """The venue's id of an order: bare digits where it settles in BTC."""
        settle = self.instrument.settle
        return str(number) if settle == "BTC" else f"{settle}-{number}"

    def trade_id(self, number: int) -> str:
        """The venue's id of a trade: it is unique per currency, or per pair of a linear book."""
        if not self.is_inverse:
            return f"{self.instrument.base}_{self.instrument.settle}-{number}"
        return self.order_id(number)

    def described(self) -> dict[str, Any]:
        """The instrument as ``public/get_instruments`` shows it."""
        traded = self.instrument
        shown: dict[str, Any] = {
            "tick_size": traded.tick if self.fine is None else self.fine[1],
            "tick_size_steps": []
            if self.fine is None
            else [{"above_price": self.fine[0], "tick_size": traded.tick}],
            "taker_commission": self.taker,
            "maker_commission": self.maker,
            "settlement_period": self.period,
            "settlement_currency": traded.settle,
            "quote_currency": traded.quote,
            "counter_currency": "USD" if self.is_inverse else traded.settle,
            "base_currency": traded.base,
            "price_index": self.index,
            "min_trade_amount": traded.min_quantity,
            "contract_size": traded.step if self.kind == "future" else D(1),
            "kind": self.kind,
            "instrument_type": "reversed" if self.is_inverse else "linear",
            "instrument_name": traded.symbol,
            "instrument_id": self.number,
            "is_active": True,
            "state": "open",
            "rfq": False,
            "expiration_timestamp": self.expiry_ms,
            "creation_timestamp": LISTED_MS,
            "block_trade_commission": self.taker / 2,
            "block_trade_min_trade_amount": traded.min_quantity * 1000,
            "block_trade_tick_size": traded.tick,
        }
        if self.strike is not None:
            return {**shown, "strike": self.strike, "option_type": self.option_type}
        return {
            **shown,
            "future_type": shown["instrument_type"],
            "max_leverage": 50,
            "max_liquidation_commission": D("0.0075"),
        }


def _traded(
    symbol: str,
    base: str,
    kind: Kind,
    quote: str,
    tick: str,
    step: str,
    start: str,
    size: str,
    expiry: datetime | None = None,
) -> Instrument:
    return Instrument(
        symbol=symbol,
        base=base,
        quote=quote,
        tick=D(tick),
        step=D(step),
        min_price=D("0.0001"),
        max_price=D(10_000_000),
        min_quantity=D(step),
        max_quantity=D(1_000_000_000),
        max_market_quantity=D(1_000_000_000),
        min_notional=D(0),
        max_open_orders=MAX_OPEN_ORDERS,
        band_up=1 + BAND,
        band_down=1 - BAND,
        price_decimals=8,
        quantity_decimals=8,
        start_price=D(start),
        basis=D(0),
        level_size=D(size),
        kind=kind,
        settle=base if kind is Kind.OPTION else "",
        expires_ns=None if expiry is None else int(expiry.timestamp()) * 10**9,
        # The premium of an option follows a price of its own here.
        underlying=symbol if kind is Kind.OPTION else base,
    )


def _future(base: str, tick: str, step: str, start: str, size: str, number: int) -> list[Listing]:
    """The perpetual and the dated futures of a currency."""
    dated = [(_date(expiry), str(D(tick) * 5), "month", expiry) for expiry in EXPIRIES]
    return [
        Listing(
            _traded(
                f"{base}-{suffix}", base, Kind.INVERSE, "USD", ticks, step, start, size, expiry
            ),
            number=number + place,
            index=f"{base.lower()}_usd",
            period=period,
            maker=D(0),
            taker=D("0.0005"),
        )
        for place, (suffix, ticks, period, expiry) in enumerate(
            (("PERPETUAL", tick, "perpetual", None), *dated)
        )
    ]


def _options(
    base: str, strike: str, option_type: str, start: str, number: int
) -> Iterator[Listing]:
    """An option of each date; the numbers of others lie between theirs."""
    for place, expiry in enumerate(EXPIRIES):
        symbol = f"{base}-{_date(expiry)}-{strike}-{option_type[0].upper()}"
        yield Listing(
            _traded(symbol, base, Kind.OPTION, base, "0.0005", "0.1", start, "20", expiry),
            number=number + 2 * place,
            index=f"{base.lower()}_usd",
            period="month",
            maker=D("0.0003"),
            taker=D("0.0003"),
            fine=(D("0.005"), D("0.0001")),
            strike=D(strike),
            option_type=option_type,
        )


def _date(expiry: datetime) -> str:
    """As it stands in the names of contracts."""
    return DERIBIT_SEPTEMBER.suffix(expiry)


LISTINGS = {
    listing.name: listing
    for listing in (
        *_future("BTC", "0.5", "10", "100000", "50000", 210_838),
        *_future("ETH", "0.05", "1", "4000", "50000", 210_848),
        *_options("BTC", "100000", "call", "0.1", 310_001),
        *_options("ETH", "4000", "put", "0.1", 310_002),
        Listing(
            _traded(
                "BTC_USDC-PERPETUAL", "BTC", Kind.LINEAR, "USDC", "0.5", "0.0001", "100000", "0.5"
            ),
            number=250_313,
            index="btc_usdc",
            period="perpetual",
            maker=D(0),
            taker=D("0.0005"),
        ),
    )
}
FUTURE, OPTION = f"BTC-{_date(EXPIRY)}", f"BTC-{_date(EXPIRY)}-100000-C"
"""Those of a date that have long enough to go."""

CURRENCIES = ("BTC", "ETH", "USDC")
KNOWN_CURRENCIES = (*CURRENCIES, "USDT", "EURR")
"""Those that may be asked for; nothing is listed in the last two here."""

TRADED = {name: listing.instrument for name, listing in LISTINGS.items()}
PERPETUALS = {
    listing.index: listing.name for listing in LISTINGS.values() if listing.period == "perpetual"
}
"""By index: the instrument that always knows it."""

KINDS = ("any", "future", "option", "spot", "future_combo", "option_combo", "combo")


def names_of(currency: str, kind: str = "any") -> list[str]:
    """The instruments that settle in a currency, or in any, of a kind."""
    return [
        name
        for name, listing in LISTINGS.items()
        if currency in ("any", listing.instrument.settle) and kind in ("any", listing.kind)
    ]
