"""The simulated TWS through ib_async as its users use it: host and port, nothing else."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
from ib_async import (
    IB,
    Forex,
    Future,
    LimitOrder,
    MarketOrder,
    Order,
    Stock,
    StopLimitOrder,
    Trade,
)
from ib_async.util import getLoop

from tests.support.simulated_venue import VenueOnLoop
from venues.simulators.ib.listings import CORN, FUTURE


@pytest.fixture
async def ib(tws: VenueOnLoop) -> AsyncIterator[IB]:
    library = IB()
    await library.connectAsync("127.0.0.1", tws.port, clientId=3, timeout=3, raiseSyncErrors=True)
    yield library
    library.disconnect()


async def done(ib: IB, trade: Trade) -> Trade:
    while not trade.isDone():
        await ib.updateEvent
    return trade


async def test_it_connects_and_qualifies_every_kind(ib: IB) -> None:
    wanted = (Stock("AAPL", "SMART", "USD"), Future("ES", localSymbol=FUTURE, exchange="CME"))
    contracts: Any = await ib.qualifyContractsAsync(*wanted, Forex("EURUSD"))
    assert [contract.conId > 0 for contract in contracts] == [True] * 3
    assert ib.client.serverVersion() == 178
    (details,) = await ib.reqContractDetailsAsync(contracts[1])
    assert details.minTick == 0.25


async def test_what_is_priced_in_cents_has_its_terms_in_dollars(ib: IB) -> None:
    corn = Future("ZC", localSymbol=CORN, exchange="CBOT")
    (details,) = await ib.reqContractDetailsAsync(corn)
    assert details.contract is not None
    assert (details.contract.multiplier, details.priceMagnifier) == ("5000", 100)
    assert details.minTick == 0.0025


async def test_it_trades_and_cancels(ib: IB) -> None:
    apple: Any
    (apple,) = await ib.qualifyContractsAsync(Stock("AAPL", "SMART", "USD"))
    bought = await done(ib, ib.placeOrder(apple, MarketOrder("BUY", 10, orderRef="one")))
    assert bought.orderStatus.status == "Filled"
    assert bought.fills[0].commissionReport.commission == 0.05
    resting = ib.placeOrder(apple, LimitOrder("BUY", 10, 150, orderRef="two"))
    while resting.orderStatus.status != "Submitted":
        await ib.updateEvent
    assert [t.order.orderRef for t in await ib.reqAllOpenOrdersAsync()] == ["two"]
    ib.cancelOrder(resting.order)
    await done(ib, resting)
    completed = await ib.reqCompletedOrdersAsync(apiOnly=False)
    assert {t.order.orderRef: t.orderStatus.status for t in completed} == {
        "one": "Filled",
        "two": "Cancelled",
    }
    assert [position.position for position in await ib.reqPositionsAsync()] == [10]


async def test_its_brackets_work(tws: VenueOnLoop, ib: IB) -> None:
    apple: Any
    (apple,) = await ib.qualifyContractsAsync(Stock("AAPL", "SMART", "USD"))
    placed = [ib.placeOrder(apple, order) for order in ib.bracketOrder("BUY", 10, 180, 210, 140)]
    entry, profit, loss = placed
    while loss.orderStatus.whyHeld != "child,trigger":
        await ib.updateEvent
    tws.move("AAPL", Decimal(179))
    while profit.orderStatus.status != "Submitted":
        await ib.updateEvent
    assert entry.orderStatus.status == "Filled"
    tws.move("AAPL", Decimal(139))
    await done(ib, loss)
    await done(ib, profit)
    assert (profit.orderStatus.status, loss.orderStatus.status) == ("Cancelled", "Filled")


async def test_an_order_that_was_read_back_can_be_changed(tws: VenueOnLoop, ib: IB) -> None:
    """What openOrder says is placed again as it was said, but for the price."""
    apple: Any
    (apple,) = await ib.qualifyContractsAsync(Stock("AAPL", "SMART", "USD"))
    kinds = (
        LimitOrder("BUY", 100, 150, displaySize=10, tif="GTC", orderRef="iceberg"),
        StopLimitOrder("SELL", 10, 150, 151, tif="GTC", orderRef="stop"),
        Order(action="SELL", totalQuantity=10, orderType="TRAIL", auxPrice=1, tif="GTC"),
        Order(action="BUY", totalQuantity=10, orderType="REL", auxPrice=0.01, tif="GTC"),
    )
    for order in kinds:
        ib.placeOrder(apple, order)
    while len(tws.ledger(event="accepted")) < len(kinds):
        await ib.updateEvent
    ib.disconnect()
    getLoop.cache_clear()
    again = IB()
    await again.connectAsync("127.0.0.1", tws.port, clientId=3, timeout=3, raiseSyncErrors=True)
    for trade in again.openTrades():
        trade.order.totalQuantity = 5
        again.placeOrder(trade.contract, trade.order)
    while len(tws.ledger(event="amended")) < len(kinds):
        await again.updateEvent
    assert all(not entry.errorCode for trade in again.trades() for entry in trade.log)
    again.disconnect()


async def test_its_other_questions_have_answers(tws: VenueOnLoop, ib: IB) -> None:
    apple: Any
    library: Any = ib  # of which some methods are not typed, or say less than they return
    (apple,) = await ib.qualifyContractsAsync(Stock("AAPL", "SMART", "USD"))
    tws.print("AAPL", Decimal(30))
    state = await library.whatIfOrderAsync(apple, LimitOrder("BUY", 100, 190))
    assert float(state.initMarginChange) == 1900
    assert await library.whatIfOrderAsync(apple, LimitOrder("BUY", 1e8, 190)) == []  # refused
    (bar,) = await library.reqHistoricalDataAsync(apple, "", "1 D", "1 hour", "TRADES", True)
    assert (bar.close, bar.volume) == (190.01, 30)
    assert bar.date.tzname() in ("EST", "EDT")
    schedule = await library.reqHistoricalScheduleAsync(apple, 3)
    assert len(schedule.sessions) == 3
    assert await library.reqHeadTimeStampAsync(apple, "TRADES", True, 1)
    (symbol,) = await library.reqMatchingSymbolsAsync("AAPL")
    assert symbol.contract.conId == 265598
    assert await library.reqSecDefOptParamsAsync("AAPL", "", "STK", 265598) == []
    assert await library.reqMktDepthExchangesAsync()
    assert await library.reqNewsProvidersAsync() == []
    assert await library.reqUserInfoAsync() == []
    (tick,) = await library.reqHistoricalTicksAsync(apple, "", "", 10, "TRADES", True)
    assert tick.size == 30
    (ticker,) = await library.reqTickersAsync(apple)
    assert (ticker.close, ticker.open, ticker.volume) == (190, 190.01, 30)
    assert len(await library.accountSummaryAsync()) > 30
    assert await library.reqFundamentalDataAsync(apple, "ReportSnapshot") == []  # refused


async def test_its_account_follows_what_is_traded(tws: VenueOnLoop, ib: IB) -> None:
    apple: Any
    (apple,) = await ib.qualifyContractsAsync(Stock("AAPL", "SMART", "USD"))
    profit = ib.reqPnL("DU1234567")

    def cash() -> float:
        return float(next(v.value for v in ib.accountValues() if v.tag == "TotalCashValue"))

    assert cash() == 50_000_000
    await done(ib, ib.placeOrder(apple, MarketOrder("BUY", 1000)))
    while cash() > 49_900_000:
        await ib.updateEvent
    tws.move("AAPL", Decimal(200))
    while not profit.dailyPnL > 9_000:
        await ib.updateEvent


@pytest.mark.parametrize("version", [157, 159, 160, 162, 164, 166, 169, 170, 176, 177])
async def test_every_version_is_encoded_as_it_was(
    tws: VenueOnLoop, version: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Fields came and went; the library decodes each version by its own rules."""
    library: Any = IB()
    library.client.MaxClientVersion = version
    await library.connectAsync("127.0.0.1", tws.port, clientId=3, timeout=3, raiseSyncErrors=True)
    assert library.client.serverVersion() == version
    (apple,) = await library.qualifyContractsAsync(Stock("AAPL", "SMART", "USD"))
    await done(library, library.placeOrder(apple, MarketOrder("BUY", 10, orderRef="one")))
    for order in library.bracketOrder("BUY", 10, 150, 210, 140, orderRef="two"):
        library.placeOrder(apple, order)
    while len(library.openTrades()) < 3:
        await library.updateEvent
    assert await library.whatIfOrderAsync(apple, LimitOrder("BUY", 10, 190))
    assert {t.order.orderRef for t in await library.reqAllOpenOrdersAsync()} == {"two"}
    (completed,) = await library.reqCompletedOrdersAsync(apiOnly=False)
    assert (completed.order.orderRef, completed.order.filledQuantity) == ("one", 10)
    (symbol,) = await library.reqMatchingSymbolsAsync("AAPL")
    assert symbol.contract.symbol == "AAPL"
    library.disconnect()
    assert "Error handling fields" not in caplog.text
