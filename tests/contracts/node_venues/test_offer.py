"""What a venue offers is asked for while it is traded: ticks change, instruments come and go."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from domain.outcomes import CancelTaken, Rejected
from domain.sides import Side
from tests.contracts.node_venues.conftest import Proxied, only_at

pytestmark = pytest.mark.asyncio(loop_scope="session")

_TOLD_WITHIN_S = 10.0

# Where the venue lists its instruments, and how a row says its name, its tick and that it trades.
_LISTS = {
    "BINANCE_SPOT": "/api/v3/exchangeInfo",
    "BINANCE_FUTURES": "/fapi/v1/exchangeInfo",
    "BYBIT": "/v5/market/instruments-info",
    "OKX": "/api/v5/public/instruments",
}
_UNKNOWN = {
    "BINANCE_SPOT": "FOOUSDT.BINANCE_SPOT",
    "BINANCE_FUTURES": "FOOUSDT-PERP.BINANCE_FUTURES",
    "BYBIT": "FOOUSDT-LINEAR.BYBIT",
    "OKX": "FOO-USDT.OKX",
}
Row = dict[str, Any]


def rows_of(body: Any) -> list[Row]:
    rows = body.get("symbols") or body.get("data") or body["result"]["list"]
    assert isinstance(rows, list)
    return rows


def with_tick(row: Row, times: int) -> None:
    price_filter = next((f for f in row.get("filters", ()) if "tickSize" in f), None)
    for holder, name in (
        (price_filter, "tickSize"),
        (row.get("priceFilter"), "tickSize"),
        (row, "tickSz"),
    ):
        if holder and name in holder:
            holder[name] = f"{Decimal(holder[name]) * times:f}"


def gone(row: Row) -> None:
    if "state" in row:
        row["state"] = "suspend"
    else:
        row["status"] = "Closed" if "priceFilter" in row else "BREAK"


def change(venue: Proxied, instrument_id: str, how: Callable[[Row], None]) -> None:
    """Have the venue list this instrument otherwise."""
    symbol = venue.bench.instrument(instrument_id).symbol

    def rewrite(body: Any, _: Mapping[str, str]) -> Any:
        for row in rows_of(body):
            if row.get("instId", row.get("symbol")) == symbol:
                how(row)
        return body

    venue.proxy.rewrite(_LISTS[venue.name], rewrite)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(_TOLD_WITHIN_S):
        while not condition():
            await asyncio.sleep(0.05)


def offered(venue: Proxied) -> set[str]:
    return {known.instrument_id for known in venue.bench.adapter.instruments()}


async def test_a_changed_tick_is_taken_over(venue: Proxied) -> None:
    before = venue.bench.instrument().tick
    change(venue, venue.bench.instrument_id, lambda row: with_tick(row, 5))
    await until(lambda: venue.bench.instrument().tick == 5 * before)
    venue.proxy.clear()
    await until(lambda: venue.bench.instrument().tick == before)


async def test_an_instrument_that_goes_takes_no_new_order_and_its_old_ones_are_cancelled(
    venue: Proxied,
) -> None:
    bench, leaving = venue.bench, venue.bench.spec.instruments[1]
    ticket = await bench.ticket(leaving)
    resting, late = ticket.limit(Side.BUY), ticket.limit(Side.BUY)
    await bench.accepted(resting)
    change(venue, leaving, gone)
    await until(lambda: leaving not in offered(venue))
    assert bench.instrument_id in offered(venue)
    assert any(leaving in problem for problem in bench.adapter.health().problems)
    assert isinstance(await bench.adapter.ready_to_submit(late), Rejected)
    assert isinstance(await bench.adapter.submit_order(late), Rejected)
    assert bench.sim.commands(late.venue_client_id) == []
    assert await bench.adapter.cancel_order(resting) == CancelTaken()
    await bench.end_of(resting)
    venue.proxy.clear()
    await until(lambda: leaving in offered(venue))
    assert bench.adapter.health().problems == ()
    await bench.accepted((await bench.ticket(leaving)).limit(Side.BUY))


async def test_a_list_that_cannot_be_had_takes_nothing_away(venue: Proxied) -> None:
    before = offered(venue)
    venue.proxy.rewrite(_LISTS[venue.name], lambda _, __: {"what": "is this"})
    asked = len(venue.proxy.asked)
    await until(lambda: sum(_LISTS[venue.name] in one for one in venue.proxy.asked[asked:]) > 2)
    assert offered(venue) == before


async def test_an_instrument_that_is_not_offered_at_the_start_takes_its_venue_not_out(
    venue: Proxied,
) -> None:
    await is_left_out(venue, _UNKNOWN[venue.name])


@only_at("BINANCE_FUTURES")
async def test_a_contract_with_a_date_takes_its_venue_not_out(venue: Proxied) -> None:
    """The library knows what that is, and we do not."""
    dated = {"symbol": "BTCUSDT_270326", "contractType": "CURRENT_QUARTER"}

    def with_it(body: Any, _: Mapping[str, str]) -> Any:
        rows = rows_of(body)
        rows += [row | dated for row in rows if row["symbol"] == "BTCUSDT"]
        return body

    venue.proxy.rewrite(_LISTS[venue.name], with_it)
    await is_left_out(venue, "BTCUSDT_270326.BINANCE_FUTURES")


async def is_left_out(venue: Proxied, instrument_id: str) -> None:
    """A profile that names it has its venue all the same, and is told."""
    bench, spec = venue.bench, venue.bench.spec
    bench.spec = replace(spec, instruments=(*spec.instruments, instrument_id))
    try:
        await bench.restart_adapter()
        assert offered(venue) == set(spec.instruments)
        assert any(instrument_id in problem for problem in bench.adapter.health().problems)
        await bench.accepted((await bench.ticket()).limit())
    finally:
        bench.spec = spec
        await bench.restart_adapter()
