"""Orders that TWS holds inactive: it keeps them, and a person can transmit them there."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from domain.order_events import VenueCanceled
from domain.orders import OrderStatus, UnifiedOrder
from tests.contracts.ib.test_connections import CLIENT_ID, tws
from tests.contracts.venues.ib import BENCH
from tests.support.venue_bench import VenueBench
from venues.interactive_brokers.messages import OrderSaid
from venues.interactive_brokers.session import Session
from venues.interactive_brokers.settings import Settings
from venues.port import NotFound, OrderReport
from venues.simulators.ib.order_messages import order_status


async def test_an_order_that_tws_parks_is_canceled_and_has_ended_then(bench: VenueBench) -> None:
    """Told as it stands, it would be refused here and could trade there later."""
    order = (await bench.ticket()).limit()
    await bench.accepted(order)
    (sent,) = bench.sim.commands(order.venue_client_id)
    booked = tws(bench).tickets.get(CLIENT_ID, int(sent["order_id"]))
    assert booked is not None
    for client in tws(bench).clients:
        client.send(order_status(booked, "Inactive"))
    await bench.sim_saw(order, "cancel")
    assert isinstance((await bench.end_of(order)).event, VenueCanceled)
    found = await bench.adapter.find_by_client_id(order)
    assert isinstance(found, OrderReport)
    assert found.status is OrderStatus.CANCELED


def listed(order: UnifiedOrder, status: str) -> OrderSaid:
    return OrderSaid(
        order_id=1,
        client_id=CLIENT_ID,
        perm_id=9,
        order_ref=order.venue_client_id,
        con_id=1,
        instrument_id=order.instrument_id,
        status=status,
        order_type="LMT",
        quantity=order.quantity,
        limit=order.price,
        aux=None,
        tif="GTC",
        good_till="",
        filled=Decimal(0),
    )


@pytest.mark.parametrize(
    ("place", "status"),
    [("open orders", OrderStatus.ACCEPTED), ("completed orders", OrderStatus.REJECTED)],
)
async def test_only_what_is_completed_has_ended(
    bench: VenueBench, monkeypatch: pytest.MonkeyPatch, place: str, status: OrderStatus
) -> None:
    """Inactive among the open orders is alive; among the completed ones it was refused."""
    order = (await bench.ticket()).limit()
    session = Session(Settings.of(BENCH.config(bench.sim.port)))

    async def ask(key: int | str, send: Callable[[], None]) -> list[Any]:
        return [listed(order, "Inactive")] if key == place else []

    monkeypatch.setattr(session.link, "ask", ask)
    found = await session.reports.find(order)
    assert not isinstance(found, NotFound)
    assert found.status is status
