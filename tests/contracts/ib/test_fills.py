"""Executions and what they cost: late, doubled, corrected, or told by the order's state alone."""

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from domain.order_events import VenueCanceled
from domain.sides import Side
from tests.contracts.ib.test_connections import tws
from tests.support.venue_bench import VenueBench
from venues.interactive_brokers.hearing import Hearing
from venues.interactive_brokers.messages import ExecutionSaid
from venues.port import FillNews, OrderNews
from venues.simulators.ib.listings import FUTURE


async def test_a_fill_that_only_the_state_told_of_is_found(bench: VenueBench) -> None:
    bench.sim.arm("status_without_fills", count=1)
    order = (await bench.ticket()).market()
    await bench.accepted(order)
    (fill,) = await bench.filled(order)
    (traded,) = bench.ledger_of(order, "filled")
    assert (fill.price, fill.fee) == (Decimal(traded["price"]), Decimal(traded["fee"]))


async def test_a_doubled_fill_is_told_once(bench: VenueBench) -> None:
    bench.sim.arm("duplicate_fills", count=1, params={"copies": 3})
    order = (await bench.ticket()).market()
    await bench.accepted(order)
    await bench.filled(order)
    await asyncio.sleep(0.2)
    assert len(bench.fills_heard(order)) == 1


async def test_a_corrected_execution_is_told_as_the_same_trade(bench: VenueBench) -> None:
    bench.sim.arm("correct_fills", count=1, params={"ticks": 3})
    order = (await bench.ticket()).market()
    await bench.accepted(order)
    await bench.until(lambda: len(bench.fills_heard(order)) == 2, "the correction")
    first, corrected = bench.fills_heard(order)
    assert corrected == replace(first, price=first.price + Decimal("0.03"))
    assert await bench.pulled(order) == [corrected]
    assert await bench.position(order.instrument_id) == order.quantity


async def test_a_busted_execution_is_told_as_a_trade_of_nothing(bench: VenueBench) -> None:
    bench.sim.arm("correct_fills", count=1, params={"bust": True})
    order = (await bench.ticket()).market(quantity=Decimal(4))
    await bench.accepted(order)
    await bench.until(lambda: len(bench.fills_heard(order)) == 2, "the bust")
    assert [fill.quantity for fill in bench.fills_heard(order)] == [4, 0]
    assert [fill.quantity for fill in await bench.pulled(order)] == [0]


async def test_a_correction_that_nobody_heard_is_pulled_whenever_the_trade_was(
    bench: VenueBench,
) -> None:
    """The books know the trade as it was first told, and whoever pulls compares."""
    order = (await bench.ticket()).market()
    await bench.accepted(order)
    (fill,) = await bench.filled(order)
    await asyncio.sleep(1.1)
    traded_before = datetime.now(UTC)
    await bench.stop_adapter()
    tws(bench).correct_latest(2)
    await bench.start_adapter()
    (pulled,) = await bench.adapter.fills_since(traded_before)
    assert pulled == replace(fill, price=fill.price + Decimal("0.02"))


async def test_executions_of_before_are_not_asked_for_again_and_again(
    bench: VenueBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = datetime.now(UTC)
    order = (await bench.ticket()).market()
    await bench.accepted(order)
    await bench.filled(order)
    await asyncio.sleep(2.1)  # IB's times are whole seconds
    told: list[ExecutionSaid] = []
    monkeypatch.setattr(Hearing, "on_execution", lambda _, said: told.append(said))
    assert await bench.adapter.fills_since(datetime.now(UTC)) == []
    assert told == []
    await bench.adapter.fills_since(begun)
    assert [said.order_ref for said in told] == [order.venue_client_id]


async def test_a_fill_is_found_by_when_it_was_though_our_clock_is_ahead(bench: VenueBench) -> None:
    bench.sim.arm("clock_skew", params={"ms": -40_000})
    health = bench.adapter.health
    await bench.until(lambda: (health().clock_offset_ms or 0) < -30_000, "the clock of TWS")
    before = datetime.now(UTC)
    order = (await bench.ticket()).market()
    await bench.accepted(order)
    fills = await bench.filled(order)
    assert fills[0].ts_event < before - timedelta(seconds=30)
    assert await bench.adapter.fills_since(before) == fills


async def test_a_fill_comes_before_the_end_of_its_order(bench: VenueBench) -> None:
    """The end waits for the executions that the order's state speaks of."""
    bench.sim.arm("delay_fills", count=1, params={"ms": 300})
    ticket = await bench.ticket()
    order = ticket.limit(
        Side.BUY, price=ticket.quote.ask, quantity=ticket.quote.ask_size + ticket.instrument.lot
    )
    await bench.accepted(order)
    await bench.adapter.cancel_order(order)
    await bench.end_of(order)
    mine = [
        event
        for event in bench.heard
        if isinstance(event, FillNews) or isinstance(getattr(event, "event", None), VenueCanceled)
    ]
    assert isinstance(mine[0], FillNews)
    assert isinstance(mine[-1], OrderNews)


@pytest.mark.parametrize(
    ("instrument_id", "fee"),
    [("AAPL.IB", "0.02"), (f"{FUTURE}.IB", "9"), ("EURUSD.IB", None)],
)
async def test_the_fee_is_ibs_commission_in_dollars(
    bench: VenueBench, instrument_id: str, fee: str | None
) -> None:
    order = (await bench.ticket(instrument_id)).market(quantity=Decimal(4))
    await bench.accepted(order)
    fills = await bench.filled(order)
    assert {fill.fee_currency for fill in fills} == {"USD"}
    total = sum(fill.fee for fill in fills)
    assert total == sum(Decimal(one["fee"]) for one in bench.ledger_of(order, "filled"))
    assert fee is None or total == Decimal(fee)


async def test_an_execution_that_is_late_is_found_with_its_commission(
    bench: VenueBench, caplog: pytest.LogCaptureFixture
) -> None:
    """The state runs ahead of it: today's executions are asked for, and bring both."""
    caplog.set_level(logging.ERROR)
    order = (await bench.ticket()).market()
    bench.sim.arm("delay_fills", count=1, params={"ms": 5000})
    await bench.accepted(order)
    (fill,) = await bench.filled(order, timeout_s=3)
    assert fill.fee > 0
    assert "booked without" not in caplog.text
