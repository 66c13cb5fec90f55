"""Quotes of a market in which nothing happens: they hold as long as everything between us does."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

from domain.market import Quote
from tests.contracts.ib.test_connections import tws
from tests.support.venue_bench import VenueBench
from venues.interactive_brokers.adapter import IbAdapter
from venues.simulators.ib.errors import ApiError

BROKEN = ApiError(2103, "Market data farm connection is broken:usfarm")
MENDED = ApiError(2104, "Market data farm connection is OK:usfarm")
COMPETING = ApiError(10197, "No market data during competing live session")
OTHER_MENDED = ApiError(2104, "Market data farm connection is OK:hfarm")


def quotes(bench: VenueBench, instrument_id: str) -> list[Quote]:
    return [
        event
        for event in bench.market
        if isinstance(event, Quote) and event.instrument_id == instrument_id
    ]


async def test_a_quiet_market_is_told_again_and_again(bench: VenueBench) -> None:
    name = bench.instrument_id
    await bench.ticket()
    first = await bench.quote()
    for _ in range(2):
        again = await bench.quote_after(datetime.now(UTC))
        assert (again.bid, again.ask) == (first.bid, first.ask)
    assert len({quote.received_at for quote in quotes(bench, name)}) >= 3


async def test_quotes_are_emptied_while_a_market_data_farm_is_broken(bench: VenueBench) -> None:
    name = bench.instrument_id
    await bench.ticket()
    say(bench, BROKEN)
    await bench.until(lambda: bench.quotes[name].bid == 0, "the empty quote")
    say(bench, OTHER_MENDED)
    emptied_at = bench.quotes[name].received_at
    await asyncio.sleep(1.5)  # the line is proven alive meanwhile
    assert bench.quotes[name].received_at == emptied_at
    say(bench, MENDED)
    await bench.ticket()
    await bench.quote_after(datetime.now(UTC))


async def test_an_instrument_without_market_data_has_no_quote(bench: VenueBench) -> None:
    """Another session of the login may take its data away; the other instruments keep theirs."""
    other, name = bench.spec.instruments[:2]
    before = (await bench.ticket(name)).quote
    say(bench, COMPETING, request_id=request_of(bench, name))
    await bench.until(lambda: bench.quotes[name].bid == 0, "the empty quote")
    emptied_at = bench.quotes[name].received_at
    await bench.quote_after(datetime.now(UTC), other)
    await bench.quote_after(datetime.now(UTC), other)
    assert bench.quotes[name].received_at == emptied_at
    await bench.move(before.mid * Decimal("1.01"), name)
    await bench.ticket(name)


def say(bench: VenueBench, error: ApiError, request_id: int = -1) -> None:
    for client in tws(bench).clients:
        client.error(request_id, error)


def request_of(bench: VenueBench, instrument_id: str) -> int:
    """The number under which the adapter has subscribed to the top of an instrument's book."""
    adapter = bench.adapter
    assert isinstance(adapter, IbAdapter)
    return next(
        number
        for number, known in adapter._session.market._subscribed.items()
        if known.instrument_id == instrument_id and not known.is_depth
    )
