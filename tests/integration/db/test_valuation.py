"""Limits in money hold over all currencies: each counts by what it is worth, or not at all."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from db.admission_facts import read_facts
from domain.instruments import Instrument, InstrumentKind
from domain.order_events import VenueCanceled
from domain.risk import Proposal, RiskEngine, RiskFacts
from domain.risk.engine import Denied
from domain.sides import Side
from tests.support.books import PERPETUAL, SPOT, WIDE, Books
from tests.support.orders import a_fill, a_quote, a_request

PAR = frozenset({"USD", "USDT"})
OPTION = replace(
    SPOT,
    instrument_id="BTC-27DEC30-100000-C.DERIBIT",
    venue="DERIBIT",
    kind=InstrumentKind.OPTION,
    quote="BTC",
    settlement="BTC",
    tick=Decimal("0.0001"),
    min_notional=Decimal(0),
)
CROSS = replace(
    SPOT, instrument_id="ETHBTC.BINANCE_SPOT", base="ETH", quote="BTC", min_notional=Decimal(0)
)
YEN = replace(
    SPOT, instrument_id="USDJPY.IB", venue="IB", kind=InstrumentKind.FOREX, base="USD", quote="JPY"
)
UNKNOWN = replace(SPOT, instrument_id="BTCXYZ.BINANCE_SPOT", quote="XYZ")
ALL = (OPTION, CROSS, YEN, UNKNOWN)


@pytest.fixture
async def market(books: Books) -> Books:
    """Bitcoin at 100 dollars, the dollar at 150 yen."""
    await books.market.save_instruments(ALL)
    now = datetime.now(UTC)
    prices = {OPTION: "0.05", CROSS: "0.04", YEN: "150", UNKNOWN: "7"}
    quotes = [
        a_quote(instrument_id=one.instrument_id, bid=Decimal(p), ask=Decimal(p), received_at=now)
        for one, p in prices.items()
    ]
    await books.market.save_quotes(quotes)
    return books


async def facts(books: Books, instrument: Instrument) -> RiskFacts:
    name = instrument.instrument_id
    return (await read_facts(books.pool, "demo", [name], PAR)).per_instrument[name]


async def held(books: Books, instrument: Instrument, quantity: str, price: str) -> None:
    """By a fill of an order that has ended since: it counts no more, the position does."""
    order = await books.accepted(client_order_id=instrument.instrument_id)
    name = instrument.instrument_id
    fill = a_fill(order, quantity=Decimal(quantity), price=Decimal(price))
    await books.oms.book_fill(replace(fill, instrument_id=name), instrument)
    await books.oms.apply(order.order_id, VenueCanceled("the rest"))


def proposal(instrument: Instrument, known: RiskFacts, quantity: str, price: str) -> Proposal:
    request = a_request(
        instrument_id=instrument.instrument_id, quantity=Decimal(quantity), price=Decimal(price)
    )
    quote = a_quote(
        instrument_id=instrument.instrument_id,
        bid=Decimal(price),
        ask=Decimal(price),
        received_at=known.now,
    )
    return Proposal(request, instrument, quote, known, WIDE)


@pytest.mark.parametrize(
    ("instrument", "quantity", "price", "worth"),
    [
        (SPOT, "2", "100", "200"),
        (CROSS, "10", "0.04", "40"),  # 0.4 bitcoin
        (YEN, "300", "150", "300"),
        (OPTION, "3", "0.05", "300"),  # three bitcoin, not 0.15 of one
    ],
    ids=lambda value: getattr(value, "instrument_id", str(value)),
)
async def test_an_order_counts_by_what_it_is_worth(
    market: Books, instrument: Instrument, quantity: str, price: str, worth: str
) -> None:
    known = await facts(market, instrument)

    value = proposal(instrument, known, quantity, price).notional
    assert value is not None
    assert round(value, 9) == Decimal(worth)


@pytest.mark.parametrize(
    ("instrument", "quantity", "price", "worth"),
    [(CROSS, "10", "0.04", "40"), (YEN, "300", "150", "300"), (OPTION, "3", "0.05", "300")],
    ids=lambda value: getattr(value, "instrument_id", str(value)),
)
async def test_so_does_a_position(
    market: Books, instrument: Instrument, quantity: str, price: str, worth: str
) -> None:
    await held(market, instrument, quantity, price)

    assert round((await facts(market, PERPETUAL)).exposure, 9) == Decimal(worth)


async def test_what_has_no_rate_is_not_traded(market: Books) -> None:
    known = await facts(market, UNKNOWN)
    decision = RiskEngine().decide(proposal(UNKNOWN, known, "2", "7"))

    assert known.quote_rate is None
    assert isinstance(decision, Denied)
    assert (decision.rule, decision.value) == ("valuation", "XYZ")


async def test_while_something_held_has_no_rate_only_reductions_pass(market: Books) -> None:
    await held(market, SPOT, "2", "100")
    await held(market, UNKNOWN, "2", "7")

    order = await market.admit(client_order_id="more")
    assert order.reason_code == "valuation"
    reducing = await market.admit(client_order_id="less", side=Side.SELL, quantity=Decimal(1))
    assert reducing.reason_code is None
