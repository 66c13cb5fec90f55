"""Order types, amends, cancel-all and brackets on the whole paper stack, to the venue and back."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from domain.orders import OrderStatus
from tests.support.faults import SimulatorAdmin
from tests.support.stack import PaperStack
from tests.support.trader import ORDERS, Document, Trader, order_body

SPOT, FUTURES = "BTCUSDT.BINANCE_SPOT", "BTCUSDT-PERP.BINANCE_FUTURES"
LISTS = "/api/live/order-lists"


@pytest.fixture(autouse=True)
async def nothing_left(trader: Trader, venues: SimulatorAdmin) -> AsyncIterator[None]:
    """A stop that a test leaves behind would trade in the next one, and so would a price."""
    await trade_at(venues, "100000")
    await asyncio.sleep(0.5)  # until risk has heard of it
    yield
    for order in (await cancel_all(trader, all=True))["orders"]:
        await trader.ended(order["order_id"], within_s=20)


async def trade_at(venues: SimulatorAdmin, mid: str) -> None:
    """Move the market, and trade there: that is what triggers watch."""
    await venues.move("BTCUSDT", mid)
    for venue in ("BINANCE_SPOT", "BINANCE_FUTURES"):
        trade = {"venue": venue, "symbol": "BTCUSDT", "side": "BUY", "quantity": "0.01"}
        await venues._post("/market/trade", trade)


async def resting(trader: Trader, instrument_id: str, price: str = "99000") -> Document:
    order = await trader.placed(order_body(instrument_id, "BUY", "0.05", price=price))
    assert order["status"] == "ACCEPTED", order
    return order


async def amend(trader: Trader, order: Document, **body: Any) -> tuple[int, Document]:
    body = {"amend_id": secrets.token_hex(4)} | body
    answer = await trader.http.post(f"{ORDERS}/{order['order_id']}/amend", json=body)
    return answer.status_code, answer.json()


async def cancel_all(trader: Trader, **scope: Any) -> Document:
    answer = await trader.http.post(f"{ORDERS}/cancel-all", json=scope)
    assert answer.status_code == 202, answer.text
    found: Document = answer.json()
    return found


async def test_an_order_is_amended_in_place_where_the_venue_can(
    trader: Trader, venues: SimulatorAdmin
) -> None:
    order = await resting(trader, FUTURES)

    status, answer = await amend(trader, order, price="98500", quantity="0.04")

    assert (status, answer["outcome"]) == (200, "TAKEN"), answer
    at_venue = await venues.order("BINANCE_FUTURES", order["venue_client_id"])
    assert (Decimal(at_venue["price"]), Decimal(at_venue["quantity"])) == (
        Decimal(98500),
        Decimal("0.04"),
    )
    await trader.cancel(order["order_id"])
    await trader.ended(order["order_id"])


async def test_where_it_cannot_the_order_is_replaced_only_on_request(
    trader: Trader, venues: SimulatorAdmin
) -> None:
    order = await resting(trader, SPOT)

    refused = await amend(trader, order, price="98500")
    status, answer = await amend(trader, order, price="98500", replace=True)

    assert (refused[0], refused[1]["code"]) == (409, "not_amendable")
    assert (status, answer["outcome"]) == (200, "REPLACED"), answer
    leg = await trader.until(
        order["order_id"], lambda found: found["status"] == "ACCEPTED" and found["leg"] == 2
    )
    at_venue = await venues.order("BINANCE_SPOT", leg["venue_client_id"])
    assert Decimal(at_venue["price"]) == 98500
    assert await venues.submits(order["venue_client_id"]) == 1
    assert await venues.submits(leg["venue_client_id"]) == 1
    await trader.cancel(order["order_id"])
    assert (await trader.ended(order["order_id"]))["status"] == "CANCELED"


async def test_cancel_all_ends_the_orders_of_its_scope_at_their_venues(trader: Trader) -> None:
    here = [await resting(trader, FUTURES) for _ in range(3)]
    there = await resting(trader, SPOT)

    answer = await cancel_all(trader, venue="BINANCE_FUTURES")

    assert {order["order_id"] for order in here} <= {o["order_id"] for o in answer["orders"]}
    for order in here:
        assert (await trader.ended(order["order_id"]))["status"] == "CANCELED"
    assert (await trader.order(there["order_id"]))["status"] == "ACCEPTED"
    await cancel_all(trader, strategy_id="demo")
    assert (await trader.ended(there["order_id"]))["status"] == "CANCELED"


@pytest.mark.parametrize("instrument_id", [SPOT, FUTURES])
async def test_a_stop_waits_for_its_trigger_and_trades(
    trader: Trader, venues: SimulatorAdmin, instrument_id: str
) -> None:
    terms = {"order_type": "STOP_MARKET", "trigger_price": "101000"}
    order = await trader.placed(order_body(instrument_id, "BUY", "0.02", **terms))
    assert order["status"] == "ACCEPTED", order

    await trade_at(venues, "101500")

    ended = await trader.until_status(order["order_id"], OrderStatus.FILLED)
    assert ended["filled_qty"] == "0.02"


async def test_what_a_venue_cannot_serve_is_refused_before_it_is_sent(trader: Trader) -> None:
    body = order_body(SPOT, "BUY", "0.02", price="99000", time_in_force="GTD")
    answer = await trader.place(body | {"expire_at": "2100-01-01T00:00:00Z"})

    assert (answer.status_code, answer.json()["code"]) == (422, "not_supported_by_venue")
    assert "FOK, GTC, IOC" in answer.json()["detail"]


def a_bracket() -> Document:
    return {
        "strategy_id": "demo",
        "client_list_id": f"e2e-{secrets.token_hex(8)}",
        "kind": "BRACKET",
        "instrument_id": FUTURES,
        "side": "BUY",
        "quantity": "0.02",
        "entry": {"order_type": "MARKET"},
        "take_profit": {"order_type": "LIMIT", "price": "102000"},
        "stop_loss": {"order_type": "STOP_MARKET", "trigger_price": "98000"},
    }


async def shown(trader: Trader, list_id: str) -> Document:
    answer = await trader.http.get(f"{LISTS}/{list_id}")
    assert answer.status_code == 200, answer.text
    found: Document = answer.json()
    return found


async def protected(trader: Trader, list_id: str) -> Document:
    """The list once both exits work."""
    async with asyncio.timeout(20):
        while True:
            found = await shown(trader, list_id)
            exits = [leg["order"] for leg in found["legs"] if leg["role"] != "ENTRY"]
            if [order["status"] for order in exits] == ["ACCEPTED", "ACCEPTED"]:
                return found
            await asyncio.sleep(0.05)


async def ended(trader: Trader, list_id: str) -> Document:
    async with asyncio.timeout(30):
        while (found := await shown(trader, list_id))["status"] in ("RECEIVED", "WORKING"):
            await asyncio.sleep(0.05)
        return found


@pytest.mark.parametrize(("mid", "trades"), [("102500", "TAKE_PROFIT"), ("97500", "STOP_LOSS")])
async def test_a_bracket_ends_with_one_exit_and_no_position(
    trader: Trader, venues: SimulatorAdmin, mid: str, trades: str
) -> None:
    before = await trader.position(FUTURES)
    placed = await trader.http.post(LISTS, json=a_bracket())
    assert placed.status_code == 201, placed.text
    list_id = placed.json()["list_id"]
    await protected(trader, list_id)

    await trade_at(venues, mid)

    found = await ended(trader, list_id)
    assert (found["status"], found["attention"]) == ("COMPLETED", False), found["notes"]
    exits = {leg["role"]: leg["order"] for leg in found["legs"]}
    assert exits[trades]["status"] == "FILLED"
    assert exits["STOP_LOSS" if trades == "TAKE_PROFIT" else "TAKE_PROFIT"]["filled_qty"] == "0"
    assert await trader.position(FUTURES) == before


async def test_a_bracket_survives_kill_nine_of_its_gateway(
    stack: PaperStack, trader: Trader, venues: SimulatorAdmin
) -> None:
    before = await trader.position(FUTURES)
    placed = await trader.http.post(LISTS, json=a_bracket())
    list_id = placed.json()["list_id"]

    killed = stack.pid("gateway")
    stack.kill("gateway")
    await stack.until_restarted("gateway", killed)
    found = await protected(trader, list_id)
    assert len(found["legs"]) == 3
    killed = stack.pid("gateway")
    stack.kill("gateway")
    await trade_at(venues, "102500")
    await stack.until_restarted("gateway", killed)

    assert (await ended(trader, list_id))["status"] == "COMPLETED"
    assert await trader.position(FUTURES) == before


async def test_all_of_it_from_the_command_line(stack: PaperStack) -> None:
    def odum(*words: str) -> str:
        done = stack.odum(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    submitted = odum("order", "submit", FUTURES, "buy", "0.05", "--price", "99000", "--json")
    order_id = submitted.partition('"order_id": "')[2].partition('"')[0]
    assert "TAKEN" in odum("order", "amend", order_id, "--price", "98900")
    listed = odum(
        *("order-list", "submit", FUTURES, "buy", "0.02", "--entry", "LIMIT price=99000"),
        *("--take-profit", "LIMIT price=102000", "--stop-loss", "STOP_MARKET trigger_price=98000"),
        "--json",
    )
    list_id = listed.partition('"list_id": "')[2].partition('"')[0]
    assert "BRACKET" in odum("order-list", "show", list_id)
    assert "1 order lists" in odum("order", "cancel-all", "--venue", "BINANCE_FUTURES")
