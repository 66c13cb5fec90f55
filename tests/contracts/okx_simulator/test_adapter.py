"""The adapter where OKX is peculiar: fees of fills, unclear codes, what stops turn into."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from nautilus_trader.model.events import OrderEvent, OrderRejected

from domain.order_events import VenueAccepted, VenueAmended, VenueCanceled, VenueTriggered
from domain.orders import OrderStatus, OrderType, UnifiedOrder
from domain.outcomes import (
    Accepted,
    AmendTaken,
    CancelTaken,
    Rejected,
    SubmitOutcome,
    Unknown,
)
from domain.sides import Side
from tests.contracts.okx_simulator.okx_client import OkxClient
from tests.contracts.venues.okx import BENCH
from tests.support.venue_bench import VenueBench
from venues.nautilus.okx.commands import OkxCommands
from venues.nautilus.okx.execution import OkxListeningClient
from venues.port import Amendment, NotFound, OrderReport, VenueUnreachable

pytestmark = pytest.mark.asyncio(loop_scope="module")
SWAP = "BTC-USDT-SWAP.OKX"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running_bench(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[VenueBench]:
    folder: Path = tmp_path_factory.mktemp("ledger")
    bench = VenueBench(BENCH, folder)
    await bench.start()
    try:
        yield bench
    finally:
        await bench.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def bench(running_bench: VenueBench) -> AsyncIterator[VenueBench]:
    await running_bench.mend()
    yield running_bench


async def found(bench: VenueBench, order: UnifiedOrder) -> OrderReport:
    report = await bench.adapter.find_by_client_id(order)
    assert isinstance(report, OrderReport), report
    return report


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (51149, "Order timed out. Please try again later."),
        (51016, "Client order ID already exists."),
        (51000, "Parameter clOrdId error"),
        (50061, "You've reached the maximum order rate limit for this account."),
        (50026, "System error. Try again later"),
        (50013, "Systems are busy. Please try again later."),
    ],
)
async def test_codes_that_decide_nothing_leave_the_order_unknown(
    bench: VenueBench, code: int, text: str
) -> None:
    order = (await bench.ticket()).limit(Side.BUY)
    params = {"code": code, "msg": text, "status": 200}
    bench.sim.arm("reject", action="submit", count=1, params=params)
    outcome = await bench.adapter.submit_order(order)
    assert isinstance(outcome, Unknown), outcome
    assert str(code) in outcome.reason
    assert isinstance(await bench.adapter.find_by_client_id(order), NotFound)


async def test_a_refusal_carries_the_venues_code_and_text(bench: VenueBench) -> None:
    order = (await bench.ticket()).limit(Side.BUY)
    outcome = await bench.adapter.submit_order(replace(order, quantity=Decimal("0.000001")))
    assert outcome == Rejected(
        "51020", "Your order should meet or exceed the minimum order amount."
    )


@pytest.mark.parametrize("reply_ms", [0, 400])
async def test_a_post_only_order_that_would_take_stays_refused_also_when_the_reply_comes_late(
    bench: VenueBench, reply_ms: int
) -> None:
    """The venue takes it and ends it at once; its stream may say so before the reply does."""
    order = (await bench.ticket()).marketable(Side.BUY, post_only=True)
    bench.sim.arm("delay", action="submit", count=1, params={"after_ms": reply_ms})
    outcome = await bench.adapter.submit_order(order)
    if isinstance(outcome, Accepted):
        await bench.end_of(order)
    await asyncio.sleep((reply_ms + 200) / 1000)
    told = bench.as_told(order)
    assert isinstance(outcome, Rejected) or told.status is OrderStatus.REJECTED
    assert VenueAccepted not in [type(event) for event in bench.events_of(order)]


async def test_a_refusal_on_the_stream_stands_when_the_reply_comes_in_the_same_moment(
    bench: VenueBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The node has not worked off the refusal yet when the reply says that it was taken."""
    held: list[tuple[OkxListeningClient, list[OrderEvent]]] = []
    refused = asyncio.Event()
    tell, submit = OkxListeningClient._tell, OkxCommands.submit

    def hold(client: OkxListeningClient, events: list[OrderEvent]) -> None:
        held.append((client, events))
        if any(isinstance(event, OrderRejected) for event in events):
            refused.set()

    async def submitted(commands: OkxCommands, **params: Any) -> SubmitOutcome:
        outcome = await submit(commands, **params)
        await refused.wait()
        for client, events in held:
            tell(client, events)
        return outcome

    order = (await bench.ticket()).marketable(Side.BUY, post_only=True)
    with monkeypatch.context() as patched:
        patched.setattr(OkxListeningClient, "_tell", hold)
        patched.setattr(OkxCommands, "submit", submitted)
        outcome = await bench.adapter.submit_order(order)
    await asyncio.sleep(0.2)  # for what must not come
    assert isinstance(outcome, Rejected) or bench.as_told(order).status is OrderStatus.REJECTED
    assert VenueAccepted not in [type(event) for event in bench.events_of(order)]


async def test_a_fill_has_its_own_fee_also_when_one_before_it_was_lost(bench: VenueBench) -> None:
    """The library would count the lost fill's fee in the next one."""
    ticket = await bench.ticket()
    order = ticket.limit(Side.BUY)
    order = replace(order, price=ticket.touch(Side.BUY), quantity=order.quantity * 4)
    await bench.accepted(order)
    exchange = bench.sim.venue.exchange
    resting = exchange.state.orders.by_client_id("main", order.venue_client_id)
    assert resting is not None
    bench.sim.arm("lose_fills", count=1)
    for _ in range(2):
        exchange.fill_resting(resting, order.quantity / 4, ledger_time())
    (heard,) = await bench.filled(order, order.quantity / 4)
    lost, told = bench.ledger_of(order, "filled")
    assert heard.trade_id == str(told["trade_id"]) != str(lost["trade_id"])
    assert (heard.fee, heard.fee_currency) == (Decimal(told["fee"]), told["fee_asset"])
    pulled = await bench.pulled(order)
    assert [fill.fee for fill in pulled] == [Decimal(record["fee"]) for record in (lost, told)]


async def test_a_swap_is_traded_in_contracts(bench: VenueBench) -> None:
    known = bench.instrument(SWAP)
    assert (known.multiplier, known.lot, known.settlement) == (
        Decimal("0.01"),
        Decimal("0.01"),
        "USDT",
    )
    order = (await bench.ticket(SWAP)).market(Side.SELL, quantity=Decimal("0.5"))
    await bench.accepted(order)
    (fill,) = await bench.filled(order)
    assert (fill.quantity, fill.fee_currency) == (Decimal("0.5"), "USDT")
    # Half a contract is 0.005 BTC; the taker pays 0.05 %.
    assert fill.fee == (fill.price * Decimal("0.005") * Decimal("0.0005")).quantize(Decimal("1e-8"))
    assert await bench.position(SWAP) == Decimal("-0.5")
    await bench.flatten(SWAP)


async def triggered_stop(bench: VenueBench) -> UnifiedOrder:
    """A stop whose limit order rests in the book: it has two numbers and one name of ours."""
    ticket = await bench.ticket()
    order = ticket.limit(Side.SELL)
    trigger = ticket.on_tick(ticket.quote.mid * Decimal("0.98"))
    order = replace(
        order,
        order_type=OrderType.STOP_LIMIT,
        trigger_price=trigger,
        price=ticket.on_tick(ticket.quote.mid * Decimal("1.02")),
    )
    await bench.accepted(order)
    await bench.move(trigger * Decimal("0.99"))
    await bench.news(order, VenueTriggered)
    return order


async def test_what_a_stop_turned_into_is_found_amended_and_canceled(bench: VenueBench) -> None:
    order = await triggered_stop(bench)
    report = await found(bench, order)
    assert (report.status, report.price) == (OrderStatus.ACCEPTED, order.price)
    assert order.price is not None
    higher = order.price + bench.instrument().tick * 10
    assert await bench.adapter.amend_order(order, Amendment(price=higher)) == AmendTaken()
    told = (await bench.news(order, VenueAmended)).event
    assert isinstance(told, VenueAmended)
    assert told.price == higher
    assert order.venue_client_id in {
        report.venue_client_id for report in await bench.adapter.open_orders()
    }
    assert await bench.adapter.cancel_order(order) == CancelTaken()
    assert isinstance((await bench.end_of(order)).event, VenueCanceled)


async def test_cancel_all_reaches_what_waits_and_what_triggered(bench: VenueBench) -> None:
    triggered = await triggered_stop(bench)
    ticket = await bench.ticket()
    orders = [ticket.limit(Side.BUY), ticket.conditional(OrderType.STOP_MARKET, Side.SELL)]
    elsewhere = (await bench.ticket(SWAP)).limit(Side.BUY)
    for order in (*orders, elsewhere):
        await bench.accepted(order)
    assert await bench.adapter.cancel_all(bench.instrument_id) == CancelTaken()
    for order in (triggered, *orders):
        await bench.end_of(order)
    left = [report.venue_client_id for report in await bench.adapter.open_orders()]
    assert left == [elsewhere.venue_client_id]
    assert await bench.adapter.cancel_all() == CancelTaken()
    await bench.end_of(elsewhere)


async def working(bench: VenueBench, amount: int) -> list[UnifiedOrder]:
    ticket = await bench.ticket()
    orders = [ticket.limit(Side.BUY, price=ticket.touch(Side.BUY)) for _ in range(amount)]
    for order in orders:
        await bench.accepted(order)
    return orders


async def test_one_that_fills_before_its_batch_of_cancels_comes_holds_up_no_other(
    bench: VenueBench,
) -> None:
    """The venue refuses that entry and takes the others: it is gone, as was wanted."""
    bought, *others = await working(bench, 3)
    bench.sim.arm("delay", path="cancel-batch-orders", count=1, params={"before_ms": 300})
    canceling = asyncio.create_task(bench.adapter.cancel_all(bench.instrument_id))
    await bench.sim.struck("delay")
    exchange = bench.sim.venue.exchange
    resting = exchange.state.orders.by_client_id("main", bought.venue_client_id)
    assert resting is not None
    exchange.fill_resting(resting, bought.quantity, ledger_time())
    assert await canceling == CancelTaken()
    assert sum(fill.quantity for fill in await bench.filled(bought)) == bought.quantity
    for order in others:
        assert isinstance((await bench.end_of(order)).event, VenueCanceled)


@pytest.mark.parametrize("fault", ["execute_then_drop", "execute_then_503"])
async def test_a_batch_of_cancels_without_an_answer_is_unknown(
    bench: VenueBench, fault: str
) -> None:
    """It is not sent again; what the venue did is told by its stream."""
    orders = await working(bench, 3)
    bench.sim.arm(fault, path="cancel-batch-orders", count=1)
    assert isinstance(await bench.adapter.cancel_all(bench.instrument_id), Unknown)
    for order in orders:
        assert isinstance((await bench.end_of(order)).event, VenueCanceled)
        sent = [command["action"] for command in bench.sim.commands(order.venue_client_id)]
        assert sent == ["submit", "cancel"]


@pytest.mark.parametrize("code", [50013, 50061])
async def test_a_batch_of_cancels_that_the_venue_had_no_time_for_cancels_nothing(
    bench: VenueBench, code: int
) -> None:
    orders = await working(bench, 2)
    params = {"code": code, "msg": "Try again later.", "status": 200}
    bench.sim.arm("reject", path="cancel-batch-orders", count=1, params=params)
    outcome = await bench.adapter.cancel_all(bench.instrument_id)
    assert not isinstance(outcome, CancelTaken)
    for order in orders:
        assert (await found(bench, order)).status is OrderStatus.ACCEPTED
    assert await bench.adapter.cancel_all(bench.instrument_id) == CancelTaken()
    for order in orders:
        await bench.end_of(order)


async def test_a_fill_of_a_stop_is_ours_after_a_restart(bench: VenueBench) -> None:
    """The list of fills does not name it: the order of the fill does."""
    ticket = await bench.ticket()
    order = ticket.conditional(OrderType.STOP_MARKET, Side.SELL)
    await bench.accepted(order)
    assert order.trigger_price is not None
    await bench.move(order.trigger_price * Decimal("0.99"))
    await bench.filled(order)
    bench.sim.restore_market()
    await bench.restart_adapter()
    (fill,) = await bench.pulled(order)
    assert (fill.order_id, fill.quantity) == (order.order_id, order.quantity)


async def test_a_fill_whose_order_the_venue_does_not_show_yet_is_asked_for_again(
    bench: VenueBench,
) -> None:
    ticket = await bench.ticket()
    order = ticket.conditional(OrderType.STOP_MARKET, Side.SELL)
    await bench.accepted(order)
    assert order.trigger_price is not None
    await bench.move(order.trigger_price * Decimal("0.99"))
    await bench.filled(order)
    bench.sim.restore_market()
    await bench.restart_adapter()
    bench.sim.arm("forget_orders")
    with pytest.raises(VenueUnreachable, match="has no order"):
        await bench.pulled(order)
    bench.sim.faults.clear()
    (fill,) = await bench.pulled(order)
    assert fill.order_id == order.order_id


async def test_old_fills_come_from_the_slow_list(bench: VenueBench) -> None:
    order = (await bench.ticket()).market(Side.BUY)
    await bench.accepted(order)
    await bench.filled(order)
    fills = await bench.adapter.fills_since(datetime.now(UTC) - timedelta(days=10))
    assert [fill for fill in fills if fill.order_id == order.order_id]


async def test_foreign_orders_of_every_kind_disturb_nobody(bench: VenueBench) -> None:
    """Somebody trades the same account by hand: the node starts, and tells nothing of it."""
    config = BENCH.credentials
    async with aiohttp.ClientSession() as session:
        client = OkxClient(session, bench.sim.port)
        client.credentials = (config["api_key"], config["api_secret"], config["passphrase"])
        spot = {"instId": "BTC-USDT", "tdMode": "cash", "tgtCcy": "base_ccy"}
        common = {**spot, "sz": "0.01", "side": "buy"}
        limit = {**common, "ordType": "limit", "px": "97000"}
        trigger = {**common, "ordType": "trigger", "triggerPx": "98000", "orderPx": "-1"}
        trailing = {**common, "ordType": "move_order_stop", "callbackRatio": "0.05"}
        assert (await client.post("/api/v5/trade/order", limit)).code == "0"
        for algo in (trigger, trailing):
            assert (await client.post("/api/v5/trade/order-algo", algo)).code == "0"
        market = {**common, "ordType": "market"}
        assert (await client.post("/api/v5/trade/order", market)).code == "0"
    begun = datetime.now(UTC) - timedelta(minutes=1)
    before = len(bench.heard)
    await bench.restart_adapter()
    assert len(await bench.adapter.open_orders()) == 3
    ours = (await bench.ticket()).market(Side.BUY)
    await bench.accepted(ours)
    await bench.filled(ours)
    fills = await bench.adapter.fills_since(begun)
    assert ours.order_id in {fill.order_id for fill in fills}
    assert all(fill.order_id.startswith("o") for fill in fills)
    assert len(bench.heard) == before + 1


def ledger_time() -> int:
    return int(datetime.now(UTC).timestamp() * 1_000_000_000)
