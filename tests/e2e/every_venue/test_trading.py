"""A person trades on each venue that the paper profile has, and no venue worker can be killed at a
moment that loses or doubles an order."""

import asyncio
import json
import secrets
from functools import partial
from typing import Any

import pytest

from tests.e2e.every_venue.venues import FIRST, VENUES
from tests.support.agreement import assert_books_agree
from tests.support.faults import SimulatorAdmin
from tests.support.in_flight import (
    UNQUOTED,
    in_flight_at,
    place_until_taken,
    struck,
    until_settled,
)
from tests.support.paper_market import PaperMarket, near, small
from tests.support.stack import PaperStack
from venues.simulators.fault_kinds import Action, FaultKind

WORKERS = {
    "nautilus": ("BINANCE_SPOT", "BINANCE_FUTURES", "BYBIT", "OKX"),
    "deribit": ("DERIBIT",),
    "interactive_brokers": ("IB",),
}
ROUNDS = 8  # orders on each venue while its worker is killed
SENT_AT_KILL = 6  # have come to the venues of the worker by then
CAUGHT_LEAST = 2  # are not carried out yet: one venue carries them out one after another
SLOW_MS = 500
CLOCK_ASKED_WITHIN_S = 10.0
DENIED_MAX = 3  # for want of a fresh quote


def said(stack: PaperStack, *words: str) -> dict[str, Any]:
    """What a command of the CLI answers, as JSON."""
    result = stack.odum(*words, "--json")
    assert result.returncode == 0, result.stderr or result.stdout
    document: dict[str, Any] = json.loads(result.stdout)
    return document


@pytest.mark.parametrize("venue", VENUES)
async def test_a_person_trades_from_the_command_line(
    stack: PaperStack, market: PaperMarket, venue: str
) -> None:
    instrument, quote = await market.of(FIRST[venue])
    quantity, passive = small(instrument, quote), near(instrument, quote, "0.98")
    submit = ("order", "submit", instrument.instrument_id)
    for side in ("BUY", "SELL"):
        order = said(stack, *submit, side, quantity)
        if order["status"] != "FILLED":  # acknowledged before its fills came
            async with stack.client() as client:
                settled = await until_settled(client, [order["order_id"]])
            order = settled[order["order_id"]]
        assert order["status"] == "FILLED", order
    resting = said(stack, *submit, "BUY", quantity, "--price", passive)
    assert resting["status"] == "ACCEPTED", resting
    canceled = said(stack, "order", "cancel", resting["order_id"])
    assert canceled["order_id"] == resting["order_id"]
    async with stack.client() as client:
        await until_status(client, resting["order_id"], "CANCELED")


async def until_status(client: Any, order_id: str, status: str) -> None:
    async with asyncio.timeout(10):
        while (await client.get(f"/api/live/orders/{order_id}")).json()["status"] != status:
            await asyncio.sleep(0.1)


@pytest.mark.parametrize("victim", WORKERS)
async def test_a_killed_venue_worker_loses_and_doubles_nothing(
    stack: PaperStack, venues: SimulatorAdmin, market: PaperMarket, victim: str
) -> None:
    run = f"{victim}-{secrets.token_hex(3)}"
    bodies = [
        {
            "strategy_id": "demo",
            "client_order_id": f"{run}-{venue}-{number}",
            "instrument_id": instrument.instrument_id,
            "side": "BUY" if number % 2 else "SELL",
            "order_type": "MARKET",
            "quantity": small(instrument, quote),
            "send_within_ms": 60_000,
        }
        for venue in VENUES
        for instrument, quote in [await market.of(FIRST[venue])]
        for number in range(ROUNDS)
    ]
    for venue in WORKERS[victim]:
        await venues.arm(FaultKind.DELAY, venue=venue, count=ROUNDS, before_ms=SLOW_MS)
    async with stack.client() as client:
        placing = [place_until_taken(client, body) for body in bodies]
        moment = venues.until_received(Action.SUBMIT, SENT_AT_KILL, WORKERS[victim])
        taken, killed_at = await struck(placing, moment, partial(stack.kill, victim))
        await stack.until_ready()
        settled = await until_settled(client, [order["order_id"] for order in taken])
    caught = [
        order
        for order in settled.values()
        if order["venue"] in WORKERS[victim]
        and in_flight_at(killed_at, order, "SubmissionStarted", "VenueAccepted", "FillBooked")
    ]
    assert len(caught) >= CAUGHT_LEAST
    denied = [order for order in settled.values() if order["status"] == "DENIED"]
    assert {order["reason_code"] for order in denied} <= {UNQUOTED}
    assert len(denied) <= DENIED_MAX
    assert {order["status"] for order in settled.values()} - {"DENIED"} == {"FILLED"}
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
    stack: PaperStack, market: PaperMarket, side: str
) -> None:
    for venue in ("BINANCE_SPOT", "BYBIT", "OKX"):
        await market.of(FIRST[venue])  # quoted
    order = said(stack, "order", "submit", "BTC/USDT", side, "0.001")
    async with stack.client() as client:
        settled = (await until_settled(client, [order["order_id"]]))[order["order_id"]]
    assert (settled["status"], settled["filled_qty"]) == ("FILLED", "0.001")
    assert settled["venue"] in {"BINANCE_SPOT", "BYBIT", "OKX"}


async def test_status_tells_the_health_of_every_venue(stack: PaperStack) -> None:
    async with asyncio.timeout(CLOCK_ASKED_WITHIN_S):  # the clock is asked soon after the start
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
