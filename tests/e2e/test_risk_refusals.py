"""What risk refuses: 422 with rule, limit and value, on record, and never sent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.support.faults import SimulatorAdmin
from tests.support.stack import ORDERS_PER_MINUTE_MAX
from tests.support.trader import Document, Trader, order_body, order_id_of

BTC, ETH = "BTCUSDT.BINANCE_SPOT", "ETHUSDT.BINANCE_SPOT"
BTC_PERP, ETH_PERP = "BTCUSDT-PERP.BINANCE_FUTURES", "ETHUSDT-PERP.BINANCE_FUTURES"


@pytest.fixture(autouse=True)
async def nothing_is_sent(venues: SimulatorAdmin) -> AsyncIterator[list[str]]:
    """Client ids that a test may send; any other that reaches a venue fails it."""
    before, allowed = len(await venues.commands()), list[str]()
    yield allowed
    sent = {command["client_order_id"] for command in (await venues.commands())[before:]}
    assert sent == set(allowed)


async def refused(trader: Trader, body: Document) -> Any:
    """The refusal, after asking twice: it is on record and says the same each time."""
    first, again = await trader.place(body), await trader.place(body)
    assert (first.status_code, first.json()["code"]) == (422, "risk_denied"), first.text
    assert again.json() == first.json()
    order = await trader.order(order_id_of(body))
    assert first.json()["order_id"] == order["order_id"]
    assert (order["status"], order["reason"]) == ("DENIED", first.json()["detail"])
    return first.json()


@pytest.mark.parametrize(
    ("body", "rule", "limit", "value"),
    [
        (order_body(ETH, "BUY", "51"), "max_order_size", "50", "51"),
        (order_body(BTC, "BUY", "0.00001"), "conformity", "instrument", "0.00001"),
        (order_body(BTC, "BUY", "0.02", price="94000"), "price_collar_bps", "500 bps", "600.0 bps"),
        (order_body(BTC, "SELL", "20", price="104000"), "max_order_notional", "2000000", "2080000"),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
async def test_one_order_is_refused_with_rule_limit_and_value(
    trader: Trader, body: Document, rule: str, limit: str, value: str
) -> None:
    refusal = await refused(trader, body)

    assert (refusal["rule"], refusal["limit"], refusal["value"]) == (rule, limit, value)


async def test_open_orders_count_towards_the_position(
    trader: Trader, nothing_is_sent: list[str]
) -> None:
    position = await trader.position(ETH)
    resting = [order_body(ETH, "BUY", "40", price="3400") for _ in range(2)]
    orders = [await trader.placed(body) for body in resting]
    nothing_is_sent += [order["venue_client_id"] for order in orders]

    refusal = await refused(trader, order_body(ETH, "BUY", "40", price="3400"))

    assert (refusal["rule"], refusal["limit"]) == ("max_position_size", "100")
    assert Decimal(refusal["value"]) == position + 120
    await cancel_all(trader, orders)
    assert (await refused(trader, order_body(ETH, "BUY", "51")))["rule"] == "max_order_size"


async def test_open_orders_of_all_venues_count_towards_the_exposure(
    trader: Trader, nothing_is_sent: list[str]
) -> None:
    orders: list[Document] = []
    bodies = [order_body((BTC, BTC_PERP)[n % 2], "BUY", "19", price="97000") for n in range(6)]
    while (answer := await trader.place(bodies[len(orders)])).status_code == 201:
        orders.append(answer.json())
    nothing_is_sent += [order["venue_client_id"] for order in orders]

    refusal = await refused(trader, bodies[len(orders)])

    assert (refusal["rule"], refusal["limit"]) == ("max_exposure", "10000000")
    assert 10_000_000 < Decimal(refusal["value"]) < 12_000_000
    await cancel_all(trader, orders)


async def cancel_all(trader: Trader, orders: list[Document]) -> None:
    for order in orders:
        await trader.cancel(order["order_id"])
    for order in orders:
        assert (await trader.ended(order["order_id"]))["status"] == "CANCELED"


async def test_nothing_is_traded_on_stale_quotes_until_they_are_back(
    trader: Trader, venues: SimulatorAdmin, nothing_is_sent: list[str]
) -> None:
    await venues.silence("BINANCE_SPOT")
    await asyncio.sleep(5.5)

    named = await refused(trader, order_body(BTC, "BUY", "0.02"))
    best = order_body(BTC, "BUY", "0.02", pair="BTC/USDT")
    del best["instrument_id"]
    routed = await refused(trader, best)

    assert (named["rule"], named["limit"]) == ("max_quote_age_ms", "5000 ms")
    assert 5000 < int(named["value"].removesuffix(" ms")) < 8000
    assert (routed["rule"], routed["value"]) == ("routing", "no_fresh_quote")
    await venues.calm()
    nothing_is_sent.append(await placed_in_time(trader, within_s=20))


async def placed_in_time(trader: Trader, within_s: float) -> str:
    """The venue client id of the first order that risk lets through again."""
    deadline = time.monotonic() + within_s
    while (answer := await trader.place(order_body(BTC, "BUY", "0.02"))).status_code != 201:
        assert time.monotonic() < deadline, answer.text
        await asyncio.sleep(0.25)
    order = await trader.ended(answer.json()["order_id"])
    venue_client_id: str = order["venue_client_id"]
    return venue_client_id


async def test_refused_orders_count_towards_the_velocity(trader: Trader) -> None:
    gate = asyncio.Semaphore(16)

    async def too_large() -> httpx.Response:
        async with gate:
            return await trader.place(order_body(ETH_PERP, "BUY", "51", strategy_id="bench"))

    answers = await asyncio.gather(*(too_large() for _ in range(ORDERS_PER_MINUTE_MAX)))
    refusal = await refused(trader, order_body(ETH_PERP, "BUY", "0.1", strategy_id="bench"))

    assert {answer.json()["rule"] for answer in answers} == {"max_order_size"}
    assert refusal["rule"] == "max_orders_per_minute"
    assert refusal["limit"] == str(ORDERS_PER_MINUTE_MAX)
    assert int(refusal["value"]) > ORDERS_PER_MINUTE_MAX
