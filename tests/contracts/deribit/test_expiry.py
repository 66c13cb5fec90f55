"""Instruments expire: their orders end, and what is held in them is delivered without a trade."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from domain.orders import OrderStatus
from domain.outcomes import Rejected
from domain.sides import Side
from tests.support.venue_bench import VenueBench
from venues.deribit import settlements
from venues.deribit.names import instrument_name
from venues.port import OrderReport
from venues.simulators.deribit import instruments as listed
from venues.simulators.deribit.venue import DeribitVenue
from venues.simulators.ledger import Record

D = Decimal
KEPT, FUTURE, OPTION = (
    f"{name}.DERIBIT" for name in ("BTC-PERPETUAL", listed.FUTURE, listed.OPTION)
)
INDEX = D(105_000)


def expire(bench: VenueBench, instrument_id: str) -> None:
    assert isinstance(bench.sim.venue, DeribitVenue)
    bench.sim.venue.expire_instrument(instrument_name(instrument_id), INDEX)


async def held(bench: VenueBench, instrument_id: str, side: Side) -> Decimal:
    """Trade; what is held then, signed."""
    order = (await bench.ticket(instrument_id)).market(side)
    await bench.accepted(order)
    await bench.filled(order)
    return side.sign * order.quantity


def delivered(bench: VenueBench, instrument_id: str) -> Record:
    """As the venue's own ledger has it."""
    (record,) = bench.sim.ledger(event="delivered", symbol=instrument_name(instrument_id))
    return record


@pytest.mark.parametrize(
    ("instrument_id", "side", "price"),
    [(FUTURE, Side.BUY, INDEX), (FUTURE, Side.SELL, INDEX), (OPTION, Side.BUY, None)],
)
async def test_what_is_held_is_told_as_delivered(
    bench: VenueBench, instrument_id: str, side: Side, price: Decimal | None
) -> None:
    before = await held(bench, instrument_id, side)
    assert await bench.adapter.deliveries([instrument_id]) == []
    expire(bench, instrument_id)

    (told,) = await bench.adapter.deliveries([instrument_id])

    ledger = delivered(bench, instrument_id)
    assert (told.instrument_id, told.quantity) == (instrument_id, before)
    assert told.price == (price or D(ledger["price"])) == D(ledger["price"])
    assert (told.fee, told.fee_currency) == (D(ledger["fee"]), ledger["fee_asset"])
    assert told.fee > 0
    assert told.ts_event.timestamp() * 1000 == ledger["t"] // 1_000_000
    assert await bench.position(instrument_id) == 0


async def test_of_many_deliveries_those_that_were_asked_for_are_told(
    bench: VenueBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settlements, "_PAGE", 1)
    monkeypatch.setattr(settlements, "_LOG_PAGE", 1)
    amounts = {name: await held(bench, name, Side.BUY) for name in (FUTURE, OPTION)}
    for name in amounts:
        expire(bench, name)
    both = await bench.adapter.deliveries([*amounts, FUTURE.replace("BTC", "ETH")])
    assert {told.instrument_id: told.quantity for told in both} == amounts
    assert all(told.fee > 0 for told in both)


async def test_orders_end_the_position_is_gone_and_new_orders_are_refused(
    bench: VenueBench,
) -> None:
    ticket = await bench.ticket(FUTURE)
    resting = ticket.limit(Side.BUY)
    await bench.accepted(resting)
    assert await held(bench, FUTURE, Side.BUY) == await bench.position(FUTURE)
    expire(bench, FUTURE)
    await bench.end_of(resting)
    assert await bench.position(FUTURE) == 0
    refused = await bench.submit(ticket.limit(Side.BUY))
    assert isinstance(refused, Rejected)
    assert refused.code == "10012"
    assert await held(bench, KEPT, Side.BUY)


async def test_an_order_in_what_expires_ends_and_is_found(bench: VenueBench) -> None:
    """Heard as it happens, found by a process that was away, and found after half an hour."""
    heard, missed = [(await bench.ticket(FUTURE)).limit() for _ in range(2)]
    await bench.accepted(heard)
    await bench.accepted(missed)
    bench.sim.arm("lose_events", client_order_id=missed.venue_client_id)
    expire(bench, FUTURE)
    await bench.end_of(heard)
    await bench.restart_adapter()
    assert FUTURE not in {one.instrument_id for one in bench.adapter.instruments()}
    bench.sim.faults.clear()
    for skew_ms in (0, 31 * 60_000):
        bench.sim.arm("clock_skew", params={"ms": skew_ms})
        long_ago = replace(missed, created_at=missed.created_at - timedelta(hours=1))
        found = await bench.adapter.find_by_client_id(long_ago)
        assert isinstance(found, OrderReport)
        assert found.status is OrderStatus.CANCELED
