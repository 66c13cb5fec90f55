"""An exchange with one instrument of each kind and two unified accounts."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.unit.simulators.worlds import OPENED, START_NS
from venues.simulators.accounts import Account
from venues.simulators.exchange import Exchange
from venues.simulators.fees import FeeRates, RateFees
from venues.simulators.instruments import Instrument, Kind
from venues.simulators.matching import Side
from venues.simulators.opening import open_exchange
from venues.simulators.orders import NewOrder, OrderType
from venues.simulators.unified_account import UnifiedAccount

D = Decimal
FEES = RateFees(dict.fromkeys(Kind, FeeRates(maker=D("-0.0001"), taker=D("0.0005"))))
FUNDS = {"USDT": D(1_000_000), "BTC": D(100), "USD": D(1_000_000), "EUR": D(0)}
PRICES = {
    "SPOT": D(20_000),
    "LINEAR": D(20_000),
    "INVERSE": D(20_000),
    "OPTION": D("0.05"),
    "STOCK": D(200),
    "FOREX": D("1.1"),
}


def _instrument(kind: Kind, base: str, quote: str, tick: str, multiplier: str = "1") -> Instrument:
    price = PRICES[kind]
    return Instrument(
        symbol=kind,
        base=base,
        quote=quote,
        tick=D(tick),
        step=D("0.1"),
        min_price=D(tick),
        max_price=price * 100,
        min_quantity=D("0.1"),
        max_quantity=D(10_000),
        max_market_quantity=D(10_000),
        min_notional=D(0),
        max_open_orders=100,
        band_up=D(5),
        band_down=D("0.2"),
        price_decimals=4,
        quantity_decimals=1,
        start_price=price,
        basis=D(0),
        level_size=D(1),
        kind=kind,
        multiplier=D(multiplier),
        settle="BTC" if kind is Kind.OPTION else "",
    )


INSTRUMENTS = {
    instrument.symbol: instrument
    for instrument in (
        _instrument(Kind.SPOT, "BTC", "USDT", "0.5"),
        _instrument(Kind.LINEAR, "BTC", "USDT", "0.5", "0.01"),
        _instrument(Kind.INVERSE, "BTC", "USD", "0.5", "10"),
        _instrument(Kind.OPTION, "BTC", "USD", "0.0005"),
        _instrument(Kind.STOCK, "AAPL", "USD", "0.01"),
        _instrument(Kind.FOREX, "EUR", "USD", "0.0001"),
    )
}


def unified_exchange(path: Path, now_ns: int = START_NS) -> Exchange:
    """Accounts ``ann`` and ``bob`` with funds in every settle asset."""

    def make(name: str, first: Any, marks: Any) -> Account:
        return UnifiedAccount(name, first, FEES, marks, INSTRUMENTS)

    exchange = open_exchange(path, INSTRUMENTS, {"ann": FUNDS, "bob": FUNDS}, make, now_ns)
    OPENED.append(exchange)
    return exchange


def unified(exchange: Exchange, name: str = "ann") -> UnifiedAccount:
    """An account of such an exchange."""
    account = exchange.state.accounts[name]
    assert isinstance(account, UnifiedAccount)
    return account


def order_of(symbol: str, side: Side, quantity: str, price: str, **terms: Any) -> NewOrder:
    """A limit order of ann."""
    return NewOrder(
        account=terms.pop("account", "ann"),
        client_order_id=terms.pop("id", f"{symbol}-{side}"),
        symbol=symbol,
        side=side,
        type=terms.pop("type", OrderType.LIMIT),
        quantity=D(quantity),
        price=D(price),
        **terms,
    )


def cross(exchange: Exchange, symbol: str, buyer: str, quantity: str, price: str) -> None:
    """Let ann and bob trade with each other; ``buyer`` comes second and takes."""
    seller = "bob" if buyer == "ann" else "ann"
    for account, side in ((seller, Side.SELL), (buyer, Side.BUY)):
        new = order_of(symbol, side, quantity, price, account=account, id=account)
        outcome = exchange.submit(new, START_NS)
        assert not isinstance(outcome, str), f"{account} was refused: {outcome}"
