"""What requests say of themselves, and how many there are."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.orders import OrderStatus, OrderType, UnifiedOrder
from domain.outcomes import AmendRefused, AmendTaken, Rejected, Unknown
from domain.sides import Side
from tests.contracts.node_venues.conftest import Proxied, only_at
from venues.port import Amendment, OrderReport

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_order_is_as_old_as_the_moment_when_it_had_to_go(
    venue: Proxied, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long it is on its way through this process, its venue refuses it once it is late."""
    exchange = venue.bench.adapter.exchange  # type: ignore[attr-defined]
    params = exchange.submit_params

    def ten_seconds_ago(order: UnifiedOrder) -> dict[str, Any]:
        return {
            name: value - 10_000 if isinstance(value, int) else value
            for name, value in params(order).items()
        }

    monkeypatch.setattr(exchange, "submit_params", ten_seconds_ago)
    late = (await venue.bench.ticket()).market()
    assert isinstance(await venue.bench.submit(late), Rejected | Unknown)
    assert venue.bench.ledger_of(late, "accepted") == []


@only_at("BINANCE_FUTURES")  # the library would leave it to the venue: five seconds
async def test_an_amendment_is_refused_once_it_is_as_old_as_an_order_may_be(
    venue: Proxied,
) -> None:
    order = (await venue.bench.ticket()).limit(Side.BUY)
    await venue.bench.accepted(order)
    venue.proxy.asked.clear()
    taken = await venue.bench.adapter.amend_order(order, Amendment(quantity=order.quantity * 2))
    assert taken == AmendTaken()
    [amended] = [one for one in venue.proxy.asked if one.startswith("PUT /fapi/v1/order?")]
    assert "recvWindow=3000" in amended


@only_at("BINANCE_SPOT")  # it takes spans of a day only, twenty of its weight each
async def test_executions_of_a_long_time_cost_one_question_a_symbol(venue: Proxied) -> None:
    order = (await venue.bench.ticket()).market()
    await venue.bench.accepted(order)
    [fill, *_] = await venue.bench.filled(order)
    venue.proxy.asked.clear()
    pulled = await venue.bench.adapter.fills_since(datetime.now(UTC) - timedelta(days=90))
    assert fill in pulled
    asked = [one for one in venue.proxy.asked if one.startswith("GET /api/v3/myTrades?")]
    assert len(asked) == len(venue.bench.spec.instruments)


@only_at("BINANCE_SPOT")
async def test_an_order_that_the_venue_has_archived_ended_without_a_fill(venue: Proxied) -> None:
    params = {"code": -2026, "msg": "Order was canceled or expired with no executed qty ..."}
    venue.bench.sim.arm("reject", action="query", count=1, params=params)
    order = (await venue.bench.ticket()).limit()
    report = await venue.bench.adapter.find_by_client_id(order)
    assert isinstance(report, OrderReport)
    assert (report.status, report.filled_qty) == (OrderStatus.CANCELED, Decimal(0))


@only_at("BINANCE_SPOT", "BINANCE_FUTURES")
async def test_what_others_trade_may_be_of_any_kind(venue: Proxied) -> None:
    """A new status, a new filter, a new type of order: of another symbol, and of ours."""

    def of_next_year(body: Any, _: Mapping[str, str]) -> Any:
        ours = body["symbols"][0]
        ours["orderTypes"].append("LIMIT_BY_STARS")
        ours["filters"].append({"filterType": "MAX_MOONS", "moons": 3})
        body["rateLimits"].append(
            {"rateLimitType": "MOODS", "interval": "YEAR", "intervalNum": 1, "limit": 1}
        )
        foreign = {**ours, "symbol": "XYZUSDT", "status": "DANCING", "contractType": "OF_SAND"}
        return body | {"symbols": [*body["symbols"], foreign]}

    path = "/api/v3/exchangeInfo" if venue.name == "BINANCE_SPOT" else "/fapi/v1/exchangeInfo"
    venue.proxy.rewrite(path, of_next_year)
    await venue.bench.restart_adapter()
    await venue.bench.accepted((await venue.bench.ticket()).limit())


async def triggered_stop(venue: Proxied) -> UnifiedOrder:
    """A stop that has turned into a limit order, which rests."""
    ticket = await venue.bench.ticket()
    trigger = ticket.trigger(OrderType.STOP_LIMIT, Side.SELL)
    order = ticket.conditional(OrderType.STOP_LIMIT, Side.SELL, trigger_price=trigger)
    order = replace(order, price=ticket.away(Side.SELL))
    await venue.bench.accepted(order)
    await venue.bench.move(trigger * 99 / 100)
    return order


@only_at("OKX")  # where it has turned into another order
async def test_both_requests_for_a_stop_that_has_triggered_had_their_turn_before(
    venue: Proxied,
) -> None:
    order = await triggered_stop(venue)
    await venue.bench.adapter.ready_to_amend(order)
    limits = venue.bench.adapter.exchange._rest.limits  # type: ignore[attr-defined]
    limits.exhausted([budget.name for budget in limits.report() if "amend" in budget.name])
    waiting = venue.bench.in_background(venue.bench.adapter.ready_to_amend(order))
    assert order.price is not None
    higher = order.price + venue.bench.instrument().tick
    taken = await venue.bench.adapter.amend_order(order, Amendment(price=higher))
    assert taken == AmendTaken()
    assert not waiting.done(), "it waited for room, too"
    await waiting


@only_at("OKX")
async def test_the_second_request_is_not_sent_when_the_first_has_used_up_the_time(
    venue: Proxied, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await triggered_stop(venue)
    rest = venue.bench.adapter.exchange._rest  # type: ignore[attr-defined]
    monkeypatch.setattr(rest, "expiry_ms", lambda: rest.clock.timestamp_ms() + 300)
    venue.bench.sim.arm("delay", action="query", count=1, params={"before_ms": 400})
    assert order.price is not None
    higher = order.price + venue.bench.instrument().tick
    outcome = await venue.bench.adapter.amend_order(order, Amendment(price=higher))
    assert isinstance(outcome, AmendRefused)
    report = await venue.bench.adapter.find_by_client_id(order)
    assert isinstance(report, OrderReport)
    assert report.price == order.price
