"""Small exchanges to test with: two accounts, one symbol, a ledger in a temporary folder."""

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from venues.simulators.accounts import Account, FeeRates
from venues.simulators.binance import instruments
from venues.simulators.events import Print, Step
from venues.simulators.exchange import Exchange
from venues.simulators.margin_account import MarginAccount
from venues.simulators.matching import Level, Side, TimeInForce
from venues.simulators.opening import open_exchange
from venues.simulators.orders import Fill, NewOrder, Order, OrderType, Refusal, TriggerBy
from venues.simulators.spot_account import SpotAccount

D = Decimal
SYMBOL = "BTCUSDT"
START_NS = 1_700_000_000_000_000_000
FIRST_ID = 1_700_000_000_000
OPENED: list[Exchange] = []
"""Exchanges of the running test; the fixture of this folder closes them after it."""

FEES = FeeRates(maker=D("0.0002"), taker=D("0.0004"))
SPOT_FUNDS = {"BTC": D(10), "USDT": D(1_000_000)}


def spot_exchange(path: Path, now_ns: int = START_NS) -> Exchange:
    """Accounts ``ann`` and ``bob`` with 10 BTC and 1,000,000 USDT each."""

    def make(name: str, first: Any, marks: Any) -> Account:
        return SpotAccount(name, instruments.SPOT, first, FEES)

    funds = {"ann": SPOT_FUNDS, "bob": SPOT_FUNDS}
    return _noted(open_exchange(path, instruments.SPOT, funds, make, now_ns))


def futures_exchange(path: Path, now_ns: int = START_NS) -> Exchange:
    """Accounts ``ann`` and ``bob`` with wallets of 100,000 USDT."""

    def make(name: str, first: Any, marks: Any) -> Account:
        return MarginAccount(name, "USDT", first["USDT"], FEES, marks)

    funds = {"ann": {"USDT": D(100_000)}, "bob": {"USDT": D(100_000)}}
    return _noted(open_exchange(path, instruments.FUTURES, funds, make, now_ns))


def _noted(exchange: Exchange) -> Exchange:
    OPENED.append(exchange)
    return exchange


def new_order(client_order_id: str, side: Side, quantity: str, **terms: Any) -> NewOrder:
    """A limit order of ann, with ``price=None`` a market order, or of the ``type`` given."""
    price = terms.pop("price", "100000")
    plain = OrderType.MARKET if price is None else OrderType.LIMIT
    return NewOrder(
        account=terms.pop("account", "ann"),
        client_order_id=client_order_id,
        symbol=SYMBOL,
        side=side,
        type=terms.pop("type", plain),
        quantity=D(quantity),
        price=None if price is None else D(price),
        time_in_force=terms.pop("time_in_force", TimeInForce.GTC),
        **terms,
    )


def submit(exchange: Exchange, new: NewOrder, now_ns: int = START_NS) -> Order:
    """Submit an order that must be accepted."""
    outcome = exchange.submit(new, now_ns)
    assert not isinstance(outcome, Refusal), outcome
    return outcome


def quote(exchange: Exchange, bid: str, ask: str, size: str = "1") -> None:
    """Let the market maker quote one level on each side."""
    middle = (D(bid) + D(ask)) / 2
    bids: list[Level] = [(D(bid), D(size))]
    asks: list[Level] = [(D(ask), D(size))]
    exchange.quote(SYMBOL, middle, bids, asks, START_NS)


def waiting(side: Side, kind: OrderType, **terms: Any) -> Any:
    """A conditional order of ann that watches the mark price unless told otherwise."""
    decimals = (
        "trigger_price",
        "trailing_offset",
        "trailing_bps",
        "activation_price",
        "limit_offset",
    )
    for name in decimals:
        if name in terms:
            terms[name] = D(terms[name])
    terms.setdefault("price", None)
    terms.setdefault("trigger_by", TriggerBy.MARK)
    return new_order(
        terms.pop("id", "waits"), side, terms.pop("quantity", "0.1"), type=kind, **terms
    )


def mark(exchange: Exchange, price: str) -> None:
    """Put the mark price there, with quotes around it."""
    quote(exchange, str(D(price) - 10), str(D(price) + 10))


@dataclass
class Heard:
    """A listener that remembers the steps, as text."""

    steps: list[tuple[str, str, str]] = field(default_factory=list)

    def on_step(self, step: Step, order: Order, fill: Fill | None, now_ns: int) -> None:
        self.steps.append((order.client_order_id, step, order.status))

    def on_funds(self, account: str, symbols: Any, now_ns: int, *, traded: bool) -> None:
        pass

    def on_print(self, trade: Print) -> None:
        pass

    def on_book(self, symbol: str, now_ns: int) -> None:
        pass
