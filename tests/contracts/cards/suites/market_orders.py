"""TC-E01 to TC-E06: market orders."""

from decimal import Decimal

from domain.orders import OrderType, TimeInForce, UnifiedOrder
from domain.sides import Side
from tests.contracts.cards.card import Verdict, card
from tests.contracts.cards.needs import POSITIONS, order_type, refuses, time_in_force
from tests.support.venue_bench import VenueBench

_MARKET = order_type(OrderType.MARKET)


async def fills_like_the_ledger(bench: VenueBench, order: UnifiedOrder) -> None:
    """Submit it; every streamed fill is one of the venue's, with its price, fee and currency."""
    outcome = await bench.accepted(order)
    fills = await bench.filled(order)
    told = [(fill.quantity, fill.price, fill.fee, fill.fee_currency) for fill in fills]
    records = bench.ledger_of(order, "filled")
    true = [
        (
            Decimal(record["quantity"]),
            Decimal(record["price"]),
            Decimal(record["fee"]),
            record["fee_asset"],
        )
        for record in records
    ]
    assert sorted(told) == sorted(true)
    assert {fill.venue_order_id for fill in fills} == {outcome.venue_order_id}
    assert {fill.side for fill in fills} == {order.side}
    known = bench.instrument(order.instrument_id)
    assert {fill.fee_currency for fill in fills} == {known.fee_currency(order.side)}
    assert not any(fill.is_maker for fill in fills)
    assert len({fill.trade_id for fill in fills}) == len(fills)


@card("TC-E01", "Market buy", _MARKET)
async def market_buy(bench: VenueBench) -> None:
    """A market buy fills whole, exactly as the venue's own record says, fee included."""
    await fills_like_the_ledger(bench, (await bench.ticket()).market(Side.BUY))


@card("TC-E02", "Market sell", _MARKET)
async def market_sell(bench: VenueBench) -> None:
    """A market sell fills whole, exactly as the venue's own record says, fee included."""
    await fills_like_the_ledger(bench, (await bench.ticket()).market(Side.SELL))


@card("TC-E03", "Market order, IOC", _MARKET, time_in_force(TimeInForce.IOC))
async def market_ioc(bench: VenueBench) -> None:
    """A market order that says IOC fills like any other."""
    order = (await bench.ticket()).market(Side.BUY, time_in_force=TimeInForce.IOC)
    await fills_like_the_ledger(bench, order)


@card("TC-E04", "Market order, FOK", _MARKET, time_in_force(TimeInForce.FOK))
async def market_fok(bench: VenueBench) -> Verdict | None:
    """A market order that says FOK fills whole; a venue that has FOK for limit orders only refuses
    it."""
    order = (await bench.ticket()).market(Side.BUY, time_in_force=TimeInForce.FOK)
    if bench.spec.market_fok:
        await fills_like_the_ledger(bench, order)
        return None
    await refuses(bench, order, "fill-or-kill")
    return Verdict.REFUSED


@card("TC-E06", "Close a position by market", _MARKET, POSITIONS)
async def close_by_market(bench: VenueBench) -> None:
    """A position opened by a market order is closed by one, and the venue then reports none."""
    ticket = await bench.ticket(bench.contract_id)
    await bench.flatten(ticket.instrument.instrument_id)
    opening = ticket.market(Side.BUY)
    await bench.accepted(opening)
    await bench.filled(opening)
    assert await bench.position(ticket.instrument.instrument_id) == opening.quantity
    closing = ticket.market(Side.SELL)
    await bench.accepted(closing)
    await bench.filled(closing)
    assert await bench.position(ticket.instrument.instrument_id) == 0
