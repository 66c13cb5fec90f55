"""One stack with every venue that the paper profile has: a person trades on each of them, and no
venue worker can be killed at a moment that loses or doubles an order."""

import asyncio
import json
import secrets
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from config import load_settings, masked
from domain.identifiers import venue_client_id
from tests.support.agreement import assert_books_agree
from tests.support.in_flight import placed_while_killing, until_settled
from tests.support.stack import PAPER, PaperStack, paper_stack
from workers.bench.terms import Terms, bench_terms

VENUES: dict[str, Any] = masked(load_settings(PAPER, {}))["venues"]
ROUNDS = 8  # orders on each venue while its worker is killed
QUOTED_WITHIN_S = 10.0


@pytest.fixture(scope="module")
def stack() -> Iterator[PaperStack]:
    with paper_stack(venues=None) as running:
        yield running


async def terms_of(stack: PaperStack, venue: str) -> Terms:
    """The smallest order of the venue's first instrument, once it is quoted."""
    async with asyncio.timeout(QUOTED_WITHIN_S):
        while True:
            try:
                return await bench_terms(stack.postgres_dsn, VENUES[venue]["instruments"][0])
            except LookupError:
                await asyncio.sleep(0.2)


def said(stack: PaperStack, *words: str) -> dict[str, Any]:
    """What a command of the CLI answers, as JSON."""
    result = stack.odum(*words, "--json")
    assert result.returncode == 0, result.stderr or result.stdout
    document: dict[str, Any] = json.loads(result.stdout)
    return document


@pytest.mark.parametrize("venue", VENUES)
async def test_a_person_trades_from_the_command_line(stack: PaperStack, venue: str) -> None:
    terms = await terms_of(stack, venue)
    submit = ("order", "submit", terms.instrument)
    for side in ("BUY", "SELL"):
        order = said(stack, *submit, side, terms.quantity)
        if order["status"] != "FILLED":  # acknowledged before its fills came
            async with stack.client() as client:
                settled = await until_settled(client, [order["order_id"]])
            order = settled[order["order_id"]]
        assert order["status"] == "FILLED", order
    resting = said(stack, *submit, "BUY", terms.quantity, "--price", terms.passive_price)
    assert resting["status"] == "ACCEPTED", resting
    canceled = said(stack, "order", "cancel", resting["order_id"])
    assert canceled["order_id"] == resting["order_id"]
    async with stack.client() as client:
        await until_status(client, resting["order_id"], "CANCELED")


async def until_status(client: Any, order_id: str, status: str) -> None:
    async with asyncio.timeout(10):
        while (await client.get(f"/api/live/orders/{order_id}")).json()["status"] != status:
            await asyncio.sleep(0.1)


@pytest.mark.parametrize("victim", ["nautilus", "deribit", "interactive_brokers"])
async def test_a_killed_venue_worker_loses_and_doubles_nothing(
    stack: PaperStack, victim: str
) -> None:
    run = f"{victim}-{secrets.token_hex(3)}"
    bodies = [
        {
            "strategy_id": "demo",
            "client_order_id": f"{run}-{venue}-{number}",
            "instrument_id": terms.instrument,
            "side": "BUY" if number % 2 else "SELL",
            "order_type": "MARKET",
            "quantity": terms.quantity,
            "send_within_ms": 60_000,
        }
        for venue in VENUES
        for terms in [await terms_of(stack, venue)]
        for number in range(ROUNDS)
    ]
    async with stack.client() as client:
        taken = await placed_while_killing(client, bodies, partial(stack.kill, victim))
        await stack.until_ready()
        settled = await until_settled(client, [order["order_id"] for order in taken])
    at_venue = {key: sent for venue in VENUES for key, sent in stack.ledger(venue).orders.items()}
    for order_id, order in settled.items():
        denied = order["status"] == "DENIED" and order["reason_code"] == "max_quote_age_ms"
        assert denied or order["status"] == "FILLED", order
        assert len(at_venue.get(venue_client_id(order_id, 1), [])) == (0 if denied else 1)
    await assert_books_agree(stack)


def test_the_registry_has_the_instruments_of_every_venue(stack: PaperStack) -> None:
    listed = said(stack, "instruments", "--limit", "1000")["instruments"]
    by_id = {one["instrument_id"]: one for one in listed}
    for name, venue in VENUES.items():
        for instrument_id in venue["instruments"]:
            assert by_id[instrument_id]["venue"] == name
    one_thing = said(stack, "instruments", "BTC/USDT", "--kind", "SPOT")["instruments"]
    assert {one["venue"] for one in one_thing} == {"BINANCE_SPOT", "BYBIT", "OKX"}


@pytest.mark.parametrize("side", ["BUY", "SELL"])
async def test_an_order_for_a_pair_trades_at_one_of_its_venues(
    stack: PaperStack, side: str
) -> None:
    for venue in ("BINANCE_SPOT", "BYBIT", "OKX"):
        await terms_of(stack, venue)  # quoted
    order = said(stack, "order", "submit", "BTC/USDT", side, "0.001")
    async with stack.client() as client:
        settled = (await until_settled(client, [order["order_id"]]))[order["order_id"]]
    assert (settled["status"], settled["filled_qty"]) == ("FILLED", "0.001")
    assert settled["venue"] in {"BINANCE_SPOT", "BYBIT", "OKX"}


async def test_status_tells_the_health_of_every_venue(stack: PaperStack) -> None:
    async with asyncio.timeout(QUOTED_WITHIN_S):  # the clock is asked soon after the start
        while True:
            venues = said(stack, "status")["api"]["venues"]
            if all(one["clock_offset_ms"] is not None for one in venues):
                break
            await asyncio.sleep(0.5)
    assert {one["venue"] for one in venues} == set(VENUES)
    for one in venues:
        assert one["connected"], one
        assert one["holder"], one
        assert 0 <= one["last_message_age_ms"] < 10_000, one
        assert abs(one["clock_offset_ms"]) < 2000, one
        assert one["rate_limits"], one
        assert all(0 <= limit["used"] <= limit["limit"] for limit in one["rate_limits"]), one
        assert one["errors"] <= one["commands"], one
