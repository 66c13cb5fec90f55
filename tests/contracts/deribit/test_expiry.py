"""A contract expires while orders work in it and a position is held."""

from decimal import Decimal

from domain.outcomes import Rejected
from domain.sides import Side
from tests.support.venue_bench import VenueBench

FUTURE = "BTC-24SEP27.DERIBIT"


async def test_orders_end_the_position_is_gone_and_new_orders_are_refused(
    bench: VenueBench,
) -> None:
    ticket = await bench.ticket(FUTURE)
    bought, resting = ticket.market(Side.BUY), ticket.limit(Side.BUY)
    for order in (bought, resting):
        await bench.accepted(order)
    await bench.filled(bought)
    assert await bench.position(FUTURE) == bought.quantity
    bench.sim.venue.expire_instrument("BTC-24SEP27", Decimal(101_000))  # type: ignore[attr-defined]
    await bench.end_of(resting)
    assert await bench.position(FUTURE) == 0
    refused = await bench.adapter.submit_order(ticket.limit(Side.BUY))
    assert isinstance(refused, Rejected)
    assert refused.code == "10012"
    elsewhere = (await bench.ticket()).market(Side.BUY)
    await bench.accepted(elsewhere)
    await bench.filled(elsewhere)
