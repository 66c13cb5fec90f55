"""Orders outlive the profile that they were sent under: heard, found, pulled and cancelled."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.orders import OrderStatus, UnifiedOrder
from domain.outcomes import AmendRefused, CancelTaken, Rejected
from domain.sides import Side
from tests.support.venue_bench import VenueBench
from venues.deribit.names import currency_of, expiry_of
from venues.deribit.offer import Offer
from venues.port import Amendment, OrderReport
from venues.simulators.deribit import instruments as listed

KEPT, FUTURE, OTHER_CURRENCY = (
    "BTC-PERPETUAL.DERIBIT",
    f"{listed.FUTURE}.DERIBIT",
    "ETH-PERPETUAL.DERIBIT",
)


async def restarted_without(bench: VenueBench, *gone: str) -> None:
    """A new process, with a profile that has only the one instrument left."""
    await bench.stop_adapter()
    left = tuple(name for name in bench.spec.instruments if name not in gone)
    bench.spec = replace(bench.spec, instruments=left)
    bench.quotes.clear()
    await bench.start_adapter()


async def resting(bench: VenueBench, instrument_id: str) -> UnifiedOrder:
    order = (await bench.ticket(instrument_id)).limit(Side.BUY)
    await bench.accepted(order)
    return order


async def status(bench: VenueBench, order: UnifiedOrder) -> OrderStatus:
    found = await bench.adapter.find_by_client_id(order)
    assert isinstance(found, OrderReport), found
    return found.status


async def test_an_order_in_what_is_not_traded_any_more_is_followed_to_its_end(
    bench: VenueBench,
) -> None:
    orders = [await resting(bench, name) for name in (FUTURE, OTHER_CURRENCY)]
    to_cancel = [await resting(bench, name) for name in (FUTURE, OTHER_CURRENCY)]
    await restarted_without(bench, FUTURE, OTHER_CURRENCY)
    since = datetime.now(UTC) - timedelta(minutes=1)

    for order in to_cancel:
        assert await status(bench, order) is OrderStatus.ACCEPTED
        assert await bench.adapter.cancel_order(order) == CancelTaken()
        await bench.end_of(order)
        assert await status(bench, order) is OrderStatus.CANCELED
    for order in orders:
        assert order.price is not None
        bench.sim.move(order.instrument_id.removesuffix(".DERIBIT"), order.price * 98 / 100)
        heard = await bench.filled(order)
        assert await status(bench, order) is OrderStatus.FILLED
        pulled = await bench.adapter.fills_since(since)
        assert [fill for fill in pulled if fill.order_id == order.order_id] == heard


async def test_what_ended_before_the_restart_is_found_and_pulled(bench: VenueBench) -> None:
    """Also after the venue has put it away."""
    traded = (await bench.ticket(OTHER_CURRENCY)).market(Side.BUY)
    await bench.accepted(traded)
    heard = await bench.filled(traded)
    await restarted_without(bench, FUTURE, OTHER_CURRENCY)
    bench.sim.arm("clock_skew", params={"ms": 31 * 60_000})
    long_ago = replace(traded, created_at=traded.created_at - timedelta(hours=1))
    assert await status(bench, long_ago) is OrderStatus.FILLED
    assert await bench.adapter.fills_since(datetime.now(UTC) - timedelta(hours=1)) == heard


async def test_nothing_new_is_sent_in_what_is_not_traded_any_more(bench: VenueBench) -> None:
    order = await resting(bench, FUTURE)
    ticket = await bench.ticket(FUTURE)
    await restarted_without(bench, FUTURE, OTHER_CURRENCY)
    assert isinstance(await bench.submit(ticket.limit()), Rejected)
    terms = Amendment(quantity=order.quantity * 2)
    assert isinstance(await bench.adapter.amend_order(order, terms), AmendRefused)
    assert await bench.adapter.cancel_all(FUTURE) == CancelTaken()
    await bench.end_of(order)


async def test_an_account_without_a_listed_instrument_still_follows_its_orders(
    bench: VenueBench,
) -> None:
    order = await resting(bench, FUTURE)
    await bench.stop_adapter()
    bench.spec = replace(bench.spec, instruments=("BTC-1JAN20.DERIBIT",))
    async with asyncio.timeout(10):
        await bench.start_adapter()
    assert bench.adapter.instruments() == ()
    assert await bench.adapter.cancel_order(order) == CancelTaken()
    await bench.end_of(order)


async def test_money_in_which_nothing_trades_keeps_no_fill_from_being_pulled(
    bench: VenueBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some currencies can only be held; the venue refuses to be asked for trades in them."""
    order = (await bench.ticket()).market(Side.BUY)
    await bench.accepted(order)
    heard = await bench.filled(order)
    held = {"BTC", "ETH", "STETH"}
    monkeypatch.setattr(Offer, "currencies", property(lambda offer: held - offer._untraded))
    for _ in range(2):
        assert await bench.adapter.fills_since(datetime.now(UTC) - timedelta(minutes=1)) == heard


def test_the_name_says_when_it_expires() -> None:
    assert expiry_of("BTC-5SEP25-100000-C") == datetime(2025, 9, 5, 8, tzinfo=UTC)
    assert expiry_of("BTC_USDC-26DEC25") == datetime(2025, 12, 26, 8, tzinfo=UTC)
    assert expiry_of("BTC-PERPETUAL") is None
    assert expiry_of("BTC_USDC") is None


def test_the_name_says_the_currency_of_settlement() -> None:
    names = ("BTC-PERPETUAL", "ETH-24SEP27-4000-P", "BTC_USDC-PERPETUAL", "SOL_USDC-24SEP27-100-C")
    assert [currency_of(name) for name in names] == ["BTC", "ETH", "USDC", "USDC"]
