"""Brackets on every venue: amended and canceled with nothing left, or traded out by an exit."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx
import pytest

from domain.instruments import Instrument, InstrumentKind
from domain.market import Quote
from domain.orders import OrderStatus
from tests.support.agreement import assert_books_agree
from tests.support.paper_market import PaperMarket, near, small
from tests.support.stack import PaperStack
from tests.support.trader import ORDERS, Document, Trader

LISTS = "/api/live/order-lists"
INSTRUMENTS = (
    "BTCUSDT.BINANCE_SPOT",
    "BTCUSDT-PERP.BINANCE_FUTURES",
    "BTCUSDT-SPOT.BYBIT",
    "BTCUSDT-LINEAR.BYBIT",
    "BTCUSD-INVERSE.BYBIT",
    "BTC-USDT.OKX",
    "BTC-USDT-SWAP.OKX",
    "BTC-PERPETUAL.DERIBIT",
    "AAPL.IB",
)
LOTS = 4
EXITS_WITHIN_S = 20.0
OTHER = {"TAKE_PROFIT": "STOP_LOSS", "STOP_LOSS": "TAKE_PROFIT"}
BEYOND = {"TAKE_PROFIT": "1.035", "STOP_LOSS": "0.955"}
"""Where a market must be for a buyer's exit to trade."""

EACH = pytest.mark.parametrize("instrument_id", INSTRUMENTS)


@dataclass
class Bracket:
    """One that is placed: 3 % to its profit, 4 % to its stop."""

    http: httpx.AsyncClient
    list_id: str

    async def shown(self) -> Document:
        found: Document = (await self.http.get(f"{LISTS}/{self.list_id}")).json()
        return found

    async def until(self, holds: Callable[[list[Document], list[Document]], bool]) -> Document:
        """The list once this holds of the orders of its entry and of its exits."""
        deadline = time.monotonic() + EXITS_WITHIN_S
        while True:
            found = await self.shown()
            entries = [leg["order"] for leg in found["legs"] if leg["role"] == "ENTRY"]
            exits = [leg["order"] for leg in found["legs"] if leg["role"] != "ENTRY"]
            if holds(entries, exits):
                return found
            assert time.monotonic() < deadline, f"{found}"
            await asyncio.sleep(0.05)

    async def until_entry(self, status: OrderStatus) -> Document:
        return await self.until(lambda entries, _: [e["status"] for e in entries] == [status])

    async def until_exits(self, status: OrderStatus) -> Document:
        """The list once both its exits are so, and no amend is under way."""
        wanted = [(status, None)] * 2
        return await self.until(
            lambda _, exits: [(order["status"], order["amend_id"]) for order in exits] == wanted
        )

    async def ended(self) -> dict[str, Document]:
        """The order of each leg, once the list has ended as it should."""
        async with asyncio.timeout(30):
            while (found := await self.shown())["status"] in ("RECEIVED", "WORKING"):
                await asyncio.sleep(0.05)
        assert (found["status"], found["attention"]) == ("COMPLETED", False), found["notes"]
        orders = {leg["role"]: leg["order"] for leg in found["legs"]}
        assert [order["anomaly"] for order in orders.values()] == [None, None, None]
        return orders


@dataclass
class Desk:
    trader: Trader
    instrument: Instrument
    quote: Quote

    def at(self, factor: str, side: str = "BUY") -> str:
        """A price so far from the market; for a seller, as far on the other side."""
        mirrored = factor if side == "BUY" else f"{2 - Decimal(factor)}"
        return near(self.instrument, self.quote, mirrored)

    async def place(self, side: str = "BUY", **changed: Any) -> Bracket:
        stop = {"order_type": "STOP_MARKET", "trigger_price": self.at("0.96", side)}
        body = {
            "strategy_id": "demo",
            "client_list_id": f"every-{secrets.token_hex(6)}",
            "kind": "BRACKET",
            "instrument_id": self.instrument.instrument_id,
            "side": side,
            "quantity": small(self.instrument, self.quote, LOTS),
            "entry": {"order_type": "MARKET"},
            "take_profit": {"order_type": "LIMIT", "price": self.at("1.03", side)},
            "stop_loss": stop,
        }
        placed = await self.trader.http.post(LISTS, json=body | changed)
        assert placed.status_code == 201, placed.text
        return Bracket(self.trader.http, placed.json()["list_id"])


@pytest.fixture
async def desk(
    stack: PaperStack, trader: Trader, market: PaperMarket, instrument_id: str
) -> AsyncIterator[Desk]:
    """At the end the venue's books and ours agree."""
    yield Desk(trader, *await market.of(instrument_id))
    await assert_books_agree(stack)


@EACH
async def test_a_bracket_is_entered_amended_and_canceled(desk: Desk) -> None:
    bracket = await desk.place()
    found = await bracket.until_exits(OrderStatus.ACCEPTED)
    assert (found["status"], found["attention"]) == ("WORKING", False), found["notes"]

    new = {
        "TAKE_PROFIT": {"price": desk.at("1.035")},
        "STOP_LOSS": {"trigger_price": desk.at("0.955")},
    }
    for leg in (leg for leg in found["legs"] if leg["role"] in new):
        body = {"amend_id": "a1", "replace": True, **new[leg["role"]]}
        path = f"{ORDERS}/{leg['order']['order_id']}/amend"
        answer = await desk.trader.http.post(path, json=body)
        assert answer.status_code == 200, answer.text
        order = answer.json()["order"]
        ((term, value),) = new[leg["role"]].items()
        assert Decimal(order[term]) == Decimal(value)
    await bracket.until_exits(OrderStatus.ACCEPTED)

    await desk.trader.http.post(f"{LISTS}/{bracket.list_id}/cancel")
    found = await bracket.until_exits(OrderStatus.CANCELED)
    for leg in found["legs"]:
        assert leg["order"]["anomaly"] is None


async def traded_out(desk: Desk, market: PaperMarket, side: str, exit_: str) -> None:
    """Enter, let the market reach one exit: it trades whole, the other ends, nothing is left."""
    before = await desk.trader.position(desk.instrument.instrument_id)
    bracket = await desk.place(side)
    await bracket.until_exits(OrderStatus.ACCEPTED)

    await market.move(desk.instrument.instrument_id, Decimal(desk.at(BEYOND[exit_], side)))

    orders = await bracket.ended()
    assert orders[exit_]["status"] == "FILLED"
    assert (orders[OTHER[exit_]]["status"], orders[OTHER[exit_]]["filled_qty"]) == ("CANCELED", "0")
    left = await desk.trader.position(desk.instrument.instrument_id) - before
    # Spot fees are taken from the coins, so less than a lot may stay.
    assert 0 <= left < desk.instrument.lot
    assert desk.instrument.kind is InstrumentKind.SPOT or not left


@EACH
async def test_a_bracket_takes_its_profit(desk: Desk, market: PaperMarket) -> None:
    await traded_out(desk, market, "BUY", "TAKE_PROFIT")


@EACH
async def test_a_bracket_is_stopped_out(desk: Desk, market: PaperMarket) -> None:
    await traded_out(desk, market, "BUY", "STOP_LOSS")


@pytest.mark.parametrize("exit_", OTHER)
@pytest.mark.parametrize("instrument_id", ["BTC-USDT-SWAP.OKX"])
async def test_a_sellers_bracket_is_the_mirror_of_a_buyers(
    desk: Desk, market: PaperMarket, exit_: str
) -> None:
    await traded_out(desk, market, "SELL", exit_)


@pytest.mark.parametrize("instrument_id", ["BTCUSDT-LINEAR.BYBIT"])
async def test_entry_and_profit_of_a_bracket_may_make_the_market(
    desk: Desk, market: PaperMarket
) -> None:
    before = await desk.trader.position(desk.instrument.instrument_id)
    bracket = await desk.place(
        entry={"order_type": "LIMIT", "price": desk.at("0.99"), "post_only": True},
        take_profit={"order_type": "LIMIT", "price": desk.at("1.03"), "post_only": True},
    )
    await bracket.until_entry(OrderStatus.ACCEPTED)
    await market.move(desk.instrument.instrument_id, Decimal(desk.at("0.985")))
    await bracket.until_exits(OrderStatus.ACCEPTED)
    await market.move(desk.instrument.instrument_id, Decimal(desk.at("1.035")))

    orders = await bracket.ended()
    assert await desk.trader.position(desk.instrument.instrument_id) == before
    for role in ("ENTRY", "TAKE_PROFIT"):
        order = await desk.trader.order(orders[role]["order_id"])
        assert order["post_only"]
        assert {fill["is_maker"] for fill in order["fills"]} == {True}
