"""The symbols of the simulated Binance, with the real venue's steps and minimums."""

from decimal import Decimal

from venues.simulators.instruments import Instrument

D = Decimal

# The real venue allows 200 resting orders per symbol; paper trading and benches need more.
MAX_OPEN_ORDERS = 10_000


def _spot(base: str, step: str, start: str, level_size: str) -> Instrument:
    return Instrument(
        symbol=f"{base}USDT",
        base=base,
        quote="USDT",
        tick=D("0.01"),
        step=D(step),
        min_price=D("0.01"),
        max_price=D("1000000"),
        min_quantity=D(step),
        max_quantity=D("9000"),
        max_market_quantity=D("1000"),
        min_notional=D("5"),
        max_open_orders=MAX_OPEN_ORDERS,
        band_up=D("5"),
        band_down=D("0.2"),
        price_decimals=8,
        quantity_decimals=8,
        start_price=D(start),
        basis=D("0"),
        level_size=D(level_size),
    )


def _perpetual(
    base: str, tick: str, min_notional: str, start: str, basis: str, level_size: str
) -> Instrument:
    return Instrument(
        symbol=f"{base}USDT",
        base=base,
        quote="USDT",
        tick=D(tick),
        step=D("0.001"),
        min_price=D("40"),
        max_price=D("4529764"),
        min_quantity=D("0.001"),
        max_quantity=D("10000"),
        max_market_quantity=D("2000"),
        min_notional=D(min_notional),
        max_open_orders=MAX_OPEN_ORDERS,
        band_up=D("1.05"),
        band_down=D("0.95"),
        price_decimals=2,
        quantity_decimals=3,
        start_price=D(start),
        basis=D(basis),
        level_size=D(level_size),
    )


SPOT = {
    instrument.symbol: instrument
    for instrument in (
        _spot("BTC", "0.00001", "100000", "1"),
        _spot("ETH", "0.0001", "3500", "20"),
    )
}
FUTURES = {
    instrument.symbol: instrument
    for instrument in (
        _perpetual("BTC", "0.10", "100", "100000", "20", "2"),
        _perpetual("ETH", "0.01", "20", "3500", "0.7", "40"),
    )
}
