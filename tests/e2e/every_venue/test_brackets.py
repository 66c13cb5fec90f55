"""A bracket over every venue of the paper stack: entered, amended, canceled, with nothing left."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import httpx
import pytest

from db.market import MarketData
from db.pool import open_pool
from domain.instruments import Instrument
from domain.market import Quote
from tests.support.stack import PaperStack, paper_stack

LISTS, ORDERS = "/api/live/order-lists", "/api/live/orders"
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

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def every_venue() -> Iterator[PaperStack]:
    with paper_stack(None) as stack:
        asyncio.run(stack.until_ready())
        yield stack


async def market_of(stack: PaperStack, instrument_id: str) -> tuple[Instrument, Quote]:
    """The instrument and its quote, once there is one."""
    pool = await open_pool(stack.postgres_dsn, size=1)
    try:
        market = MarketData(pool)
        async with asyncio.timeout(20):
            while instrument_id not in (quotes := await market.quotes()):
                await asyncio.sleep(0.1)
        instruments = {one.instrument_id: one for one in await market.instruments()}
        return instruments[instrument_id], quotes[instrument_id]
    finally:
        await pool.close()


def a_bracket(instrument: Instrument, quote: Quote) -> dict[str, Any]:
    quantity = max(instrument.min_qty, instrument.lot) * 4
    while instrument.notional(quantity, quote.mid) < instrument.min_notional * 4:
        quantity *= 2
    return {
        "strategy_id": "demo",
        "client_list_id": f"every-{secrets.token_hex(6)}",
        "kind": "BRACKET",
        "instrument_id": instrument.instrument_id,
        "side": "BUY",
        "quantity": f"{quantity:f}",
        "entry": {"order_type": "MARKET"},
        "take_profit": {"order_type": "LIMIT", "price": near(instrument, quote, "1.03")},
        "stop_loss": {
            "order_type": "STOP_MARKET",
            "trigger_price": near(instrument, quote, "0.96"),
        },
    }


def near(instrument: Instrument, quote: Quote, factor: str) -> str:
    """So far from the market, on the tick."""
    return f"{quote.mid * Decimal(factor) // instrument.tick * instrument.tick:f}"


async def until_exits(http: httpx.AsyncClient, list_id: str, *statuses: str) -> dict[str, Any]:
    """The list once both its exits have one of these statuses, and no amend under way."""
    async with asyncio.timeout(20):
        while True:
            found: dict[str, Any] = (await http.get(f"{LISTS}/{list_id}")).json()
            exits = [leg["order"] for leg in found["legs"] if leg["role"] != "ENTRY"]
            there = [o for o in exits if o["status"] in statuses and o["amend_id"] is None]
            if len(there) == len(exits) == 2:
                return found
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("instrument_id", INSTRUMENTS)
async def test_a_bracket_is_entered_amended_and_canceled(
    every_venue: PaperStack, instrument_id: str
) -> None:
    instrument, quote = await market_of(every_venue, instrument_id)
    async with every_venue.client() as http:
        placed = await http.post(LISTS, json=a_bracket(instrument, quote))
        assert placed.status_code == 201, placed.text
        list_id = placed.json()["list_id"]
        found = await until_exits(http, list_id, "ACCEPTED")
        assert (found["status"], found["attention"]) == ("WORKING", False), found["notes"]

        new = {
            "TAKE_PROFIT": {"price": near(instrument, quote, "1.035")},
            "STOP_LOSS": {"trigger_price": near(instrument, quote, "0.955")},
        }
        for leg in (leg for leg in found["legs"] if leg["role"] in new):
            body = {"amend_id": "a1", "replace": True, **new[leg["role"]]}
            answer = await http.post(f"{ORDERS}/{leg['order']['order_id']}/amend", json=body)
            assert answer.status_code == 200, answer.text
            order = answer.json()["order"]
            ((term, value),) = new[leg["role"]].items()
            assert Decimal(order[term]) == Decimal(value)
        await until_exits(http, list_id, "ACCEPTED")

        await http.post(f"{LISTS}/{list_id}/cancel")
        found = await until_exits(http, list_id, "CANCELED")
        for leg in found["legs"]:
            assert leg["order"]["anomaly"] is None
