"""The simulated TWS through ib_async as its users use it: host and port, nothing else."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from ib_async import IB, Forex, Future, LimitOrder, MarketOrder, Stock, Trade

from tests.support.simulated_venue import VenueOnLoop


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
    wanted = (Stock("AAPL", "SMART", "USD"), Future("ES", localSymbol="ESM7", exchange="CME"))
    contracts: Any = await ib.qualifyContractsAsync(*wanted, Forex("EURUSD"))
    assert [contract.conId > 0 for contract in contracts] == [True] * 3
    assert ib.client.serverVersion() == 178
    (details,) = await ib.reqContractDetailsAsync(contracts[1])
    assert details.minTick == 0.25


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
