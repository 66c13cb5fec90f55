"""What the simulated OKX lists, with the real venue's steps, minimums and contract sizes."""

from decimal import Decimal
from typing import Any

from venues.simulators.instruments import Instrument, Kind

D = Decimal

# The real venue allows 500 pending orders an instrument; paper trading and benches need more.
MAX_OPEN_ORDERS = 10_000

MOST_LEVERAGE = 100

SPOT = "SPOT"
SWAP = "SWAP"


def _spot(base: str, tick: str, step: str, minimum: str, start: str, level: str) -> Instrument:
    return Instrument(
        symbol=f"{base}-USDT",
        base=base,
        quote="USDT",
        tick=D(tick),
        step=D(step),
        min_price=D(tick),
        max_price=D("10000000"),
        min_quantity=D(minimum),
        max_quantity=D("9999999999"),
        max_market_quantity=D("1000000"),
        min_notional=D(0),
        max_open_orders=MAX_OPEN_ORDERS,
        band_up=D("1.05"),
        band_down=D("0.95"),
        price_decimals=-D(tick).as_tuple().exponent,  # type: ignore[operator]
        quantity_decimals=8,
        start_price=D(start),
        basis=D(0),
        level_size=D(level),
    )


def _swap(base: str, tick: str, contract: str, start: str, basis: str, level: str) -> Instrument:
    return Instrument(
        symbol=f"{base}-USDT-SWAP",
        base=base,
        quote="USDT",
        tick=D(tick),
        step=D("0.01"),
        min_price=D(tick),
        max_price=D("10000000"),
        min_quantity=D("0.01"),
        max_quantity=D("100000000"),
        max_market_quantity=D("35000"),
        min_notional=D(0),
        max_open_orders=MAX_OPEN_ORDERS,
        band_up=D("1.05"),
        band_down=D("0.95"),
        price_decimals=-D(tick).as_tuple().exponent,  # type: ignore[operator]
        quantity_decimals=2,
        start_price=D(start),
        basis=D(basis),
        level_size=D(level),
        kind=Kind.LINEAR,
        multiplier=D(contract),
        settle="USDT",
    )


INSTRUMENTS = {
    instrument.symbol: instrument
    for instrument in (
        _spot("BTC", "0.1", "0.00000001", "0.00001", "100000", "0.5"),
        _spot("ETH", "0.01", "0.000001", "0.001", "4000", "10"),
        _swap("BTC", "0.1", "0.01", "100000", "5", "100"),
        _swap("ETH", "0.01", "0.1", "4000", "0.2", "200"),
    )
}

CODES = {"BTC-USDT": 10001, "ETH-USDT": 10002, "BTC-USDT-SWAP": 10459, "ETH-USDT-SWAP": 10461}
"""``instIdCode``: the number by which WebSocket orders name an instrument."""

BY_CODE = {code: INSTRUMENTS[symbol] for symbol, code in CODES.items()}


def type_of(instrument: Instrument) -> str:
    """SPOT or SWAP."""
    return SPOT if instrument.kind is Kind.SPOT else SWAP


def of_type(inst_type: str) -> list[Instrument]:
    """All instruments of a type; none for the types that are not listed here."""
    return [one for one in INSTRUMENTS.values() if type_of(one) == inst_type]


def plain(value: Decimal) -> str:
    """A decimal as the venue prints it: digits only, no trailing zeros."""
    return f"{value.normalize():f}"


def instrument_row(instrument: Instrument) -> dict[str, Any]:
    """A row of GET /public/instruments and of the ``instruments`` channel."""
    swap = instrument.kind is not Kind.SPOT
    family = f"{instrument.base}-{instrument.quote}" if swap else ""
    return {
        "alias": "",
        "auctionEndTime": "",
        "baseCcy": "" if swap else instrument.base,
        "category": "1",
        "contTdSwTime": "",
        "ctMult": "1" if swap else "",
        "ctType": "linear" if swap else "",
        "ctVal": plain(instrument.multiplier) if swap else "",
        "ctValCcy": instrument.base if swap else "",
        "elp": "0",
        "expTime": "",
        "futureSettlement": False,
        "groupId": "1",
        "instCategory": "1",
        "instFamily": family,
        "instId": instrument.symbol,
        "instIdCode": CODES[instrument.symbol],
        "instType": type_of(instrument),
        "lever": str(MOST_LEVERAGE) if swap else "10",
        "listTime": "1611916828000" if swap else "1548133413000",
        "lotSz": plain(instrument.step),
        "maxIcebergSz": plain(instrument.max_quantity),
        "maxLmtAmt": "20000000",
        "maxLmtSz": plain(instrument.max_quantity),
        "maxMktAmt": "" if swap else "1000000",
        "maxMktSz": plain(instrument.max_market_quantity),
        "maxPlatOILmt": "",
        "maxStopSz": plain(instrument.max_market_quantity),
        "maxTriggerSz": plain(instrument.max_quantity),
        "maxTwapSz": plain(instrument.max_quantity),
        "minSz": plain(instrument.min_quantity),
        "openType": "" if swap else "fix_price",
        "optType": "",
        "posLmtAmt": "",
        "posLmtPct": "",
        "preMktSwTime": "",
        "quoteCcy": "" if swap else instrument.quote,
        "ruleType": "normal",
        "settleCcy": instrument.settle if swap else "",
        "state": "live",
        "stk": "",
        "tickSz": plain(instrument.tick),
        "tradeQuoteCcyList": [] if swap else [instrument.quote],
        "uly": family,
        "upcChg": [],
    }
