"""One order at the venue per submission, whatever becomes of the connection."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.outcomes import Accepted, CancelTaken, Rejected, Unknown
from domain.sides import Side
from tests.support.venue_bench import VenueBench
from venues.deribit import rest


def submits(bench: VenueBench, client_id: str) -> int:
    return sum(command["action"] == "submit" for command in bench.sim.commands(client_id))


@pytest.mark.parametrize("fin", [False, True])
async def test_a_reused_connection_that_breaks_sends_once(bench: VenueBench, fin: bool) -> None:
    """aiohttp repeats a GET on a fresh connection when a reused one breaks, and ccxt sends orders
    as GETs."""
    ticket = await bench.ticket()
    await bench.accepted(ticket.limit())  # from here on there is a connection to reuse
    order = ticket.limit()
    bench.sim.arm("execute_then_drop", action="submit", count=1, params={"fin": fin})
    assert isinstance(await bench.adapter.submit_order(order), Unknown | Accepted)
    assert submits(bench, order.venue_client_id) == 1
    assert len(bench.ledger_of(order, "accepted")) == 1


async def test_without_our_guard_it_would_be_sent_twice(
    bench: VenueBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the guard is against; when this fails the library has changed, and the guard may go."""
    monkeypatch.setattr(rest._Line, "__init__", _unguarded(rest._Line.__init__))
    await bench.restart_adapter()
    ticket = await bench.ticket()
    await bench.accepted(ticket.limit())
    order = ticket.limit()
    bench.sim.arm("execute_then_drop", action="submit", count=1)
    assert isinstance(await bench.adapter.submit_order(order), Accepted)
    assert submits(bench, order.venue_client_id) == 2


async def test_an_order_of_the_process_before_is_not_sent_again(bench: VenueBench) -> None:
    """The venue would take the same label twice, so a new process learns what there is."""
    ticket = await bench.ticket()
    resting, traded = ticket.limit(), ticket.market(Side.BUY)
    await bench.accepted(resting)
    await bench.accepted(traded)
    await bench.filled(traded)
    await bench.restart_adapter()
    for order in (resting, traded):
        assert isinstance(await bench.adapter.submit_order(order), Unknown)
        assert submits(bench, order.venue_client_id) == 1
    assert await bench.adapter.cancel_order(resting) == CancelTaken()


async def test_a_late_order_is_refused_by_the_venue_itself(bench: VenueBench) -> None:
    """It arrives after its `valid_until`: the venue does not begin with it, so that a "no such
    order" after the horizon is final."""
    order = (await bench.ticket()).limit()
    bench.sim.arm("delay", action="submit", count=1, params={"before_ms": 3_200})
    assert isinstance(await bench.adapter.submit_order(order), Unknown)
    await asyncio.sleep(0.5)
    assert submits(bench, order.venue_client_id) == 1
    assert bench.ledger_of(order, "accepted") == []


async def test_an_order_is_not_begun_after_its_send_deadline(bench: VenueBench) -> None:
    """Neither sent here after it, nor begun there: the order says by when to the venue."""
    ticket = await bench.ticket()
    stale = replace(ticket.limit(), send_deadline=datetime.now(UTC))
    refused = await bench.adapter.submit_order(stale)
    assert isinstance(refused, Rejected)
    assert "deadline" in refused.reason
    assert submits(bench, stale.venue_client_id) == 0
    bench.sim.arm("delay", action="submit", count=1, params={"before_ms": 600})
    late = replace(ticket.limit(), send_deadline=datetime.now(UTC) + timedelta(seconds=0.3))
    assert isinstance(await bench.adapter.submit_order(late), Unknown)
    assert submits(bench, late.venue_client_id) == 1
    assert bench.ledger_of(late, "accepted") == []


@pytest.mark.parametrize("skew_ms", [20_000, -20_000])
async def test_the_venues_clock_decides_what_is_late(bench: VenueBench, skew_ms: int) -> None:
    """A venue whose clock jumps gets orders that are valid by its clock, within two seconds."""
    bench.sim.arm("clock_skew", params={"ms": skew_ms})
    await asyncio.sleep(2.0)
    offset_ms = bench.adapter.health().clock_offset_ms
    assert offset_ms is not None
    assert abs(offset_ms - skew_ms) < 500
    order = (await bench.ticket()).limit()
    await bench.accepted(order)


def _unguarded(make: object) -> object:
    def unguarded(self: rest._Line, *args: object) -> None:
        make(self, *args)  # type: ignore[operator]
        self._session._retry_connection = True

    return unguarded
