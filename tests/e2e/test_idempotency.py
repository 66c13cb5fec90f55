"""One client order id is one order, however often and from wherever it is sent."""

from __future__ import annotations

import asyncio

from tests.support.faults import SimulatorAdmin
from tests.support.stack import PaperStack
from tests.support.trader import Trader, client_id_of, order_body

SPOT = "BTCUSDT.BINANCE_SPOT"


async def test_the_same_request_again_gives_the_same_order(
    trader: Trader, venues: SimulatorAdmin
) -> None:
    body = order_body(SPOT, "BUY", "0.02")

    first = await trader.place(body)
    ended = await trader.ended(first.json()["order_id"])
    again = await trader.place(body | {"quantity": "0.0200"})

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == {name: ended[name] for name in again.json()}
    assert await venues.submits(client_id_of(body)) == 1


async def test_another_request_under_the_same_id_is_refused(
    trader: Trader, venues: SimulatorAdmin
) -> None:
    body = order_body(SPOT, "BUY", "0.02")
    order_id = (await trader.placed(body))["order_id"]
    before = await trader.ended(order_id)

    other = await trader.place(body | {"quantity": "0.03"})

    assert (other.status_code, other.json()["code"]) == (409, "client_order_id_reused")
    assert await trader.order(order_id) == before
    assert await venues.submits(client_id_of(body)) == 1


async def test_the_same_id_of_another_strategy_is_another_order(trader: Trader) -> None:
    body = order_body(SPOT, "BUY", "0.02")

    mine, theirs = await trader.placed(body), await trader.placed(body | {"strategy_id": "bench"})

    assert mine["order_id"] != theirs["order_id"]
    assert mine["venue_client_id"] != theirs["venue_client_id"]


async def test_twenty_equal_requests_at_once_are_one_order_at_the_venue(
    stack: PaperStack, trader: Trader, venues: SimulatorAdmin
) -> None:
    body = order_body(SPOT, "BUY", "0.02")

    answers = await asyncio.gather(*(trader.place(body) for _ in range(20)))

    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.json()["order_id"] for answer in answers}) == 1
    assert await venues.submits(client_id_of(body)) == 1
    assert len(stack.ledger("BINANCE_SPOT").orders[client_id_of(body)]) == 1


async def test_nine_different_requests_at_once_under_one_id_are_one_order(
    trader: Trader, venues: SimulatorAdmin
) -> None:
    body = order_body(SPOT, "BUY", "0.02")

    answers = await asyncio.gather(
        *(trader.place(body | {"quantity": f"0.0{n}"}) for n in range(1, 10))
    )

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 8
    assert await venues.submits(client_id_of(body)) == 1
