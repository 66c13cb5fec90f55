"""What the library makes up is never told as the venue's word (lesson L6), nor what it rounds."""

from decimal import Decimal

import pytest
from nautilus_trader.core.uuid import UUID4
from nautilus_trader.model.enums import LiquiditySide, OrderSide, OrderType
from nautilus_trader.model.events import OrderFilled
from nautilus_trader.model.identifiers import (
    AccountId,
    ClientOrderId,
    InstrumentId,
    StrategyId,
    TradeId,
    TraderId,
    VenueOrderId,
)
from nautilus_trader.model.objects import Currency, Money, Price, Quantity

from domain.identifiers import order_id_for, venue_client_id
from venues.nautilus.currencies import keep_fees_exact
from venues.nautilus.exchange import Timeouts
from venues.nautilus.exchanges import make_exchange
from venues.nautilus.hearing import VenueHearing
from venues.port import FillNews, StreamRestored, VenueEvent
from venues.registry import VenueAccountConfig

CONFIG = VenueAccountConfig(
    venue="BINANCE_SPOT",
    account_id="main",
    instrument_ids=("BTCUSDT.BINANCE_SPOT",),
    credentials={"api_key": "k", "api_secret": "s"},
    urls={"http": "http://127.0.0.1:1", "ws": "ws://127.0.0.1:1", "ws_api": "ws://127.0.0.1:1"},
)


def filled(*, inferred: bool = False, fee: str = "0.001 USDT") -> OrderFilled:
    usdt = Currency.from_str("USDT")
    return OrderFilled(
        TraderId("ODUM-001"),
        StrategyId("GATEWAY-000"),
        InstrumentId.from_str("BTCUSDT.BINANCE_SPOT"),
        ClientOrderId(venue_client_id(order_id_for("s", "c"), 1)),
        VenueOrderId("1"),
        AccountId("BINANCE_SPOT-master"),
        TradeId("made-up" if inferred else "4711"),
        None,
        OrderSide.BUY,
        OrderType.LIMIT,
        Quantity.from_str("0.01"),
        Price.from_str("100"),
        usdt,
        Money.from_str(fee),
        LiquiditySide.TAKER,
        UUID4(),
        1,
        1,
        inferred,
    )


async def heard(*events: OrderFilled) -> list[VenueEvent]:
    hearing = VenueHearing(make_exchange(CONFIG, Timeouts()))
    for event in events:
        hearing.on_order_event(event)
    told = hearing.events()
    return [await anext(told) for _ in events]


async def test_a_fill_that_was_inferred_is_pulled_and_not_told() -> None:
    [event] = await heard(filled(inferred=True))
    assert event == StreamRestored()


async def test_the_true_fill_that_follows_it_is_told_once() -> None:
    gap, fill = await heard(filled(inferred=True), filled(inferred=False))
    assert gap == StreamRestored()
    assert isinstance(fill, FillNews)
    assert fill.fill.trade_id == "4711"


@pytest.mark.parametrize(
    "fee", ["0.0149 EUR", "0.4 JPY", "0.1234567 XRP", "0.00000001 BTC", "-0.00012 USD"]
)
async def test_a_fee_is_told_as_exactly_as_the_venue_does(fee: str) -> None:
    """The library would round it to what the currency is usually quoted in."""
    keep_fees_exact()
    [news] = await heard(filled(fee=fee))
    assert isinstance(news, FillNews)
    amount, code = fee.split()
    assert (news.fill.fee, news.fill.fee_currency) == (Decimal(amount), code)
