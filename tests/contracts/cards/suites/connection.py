"""OD-01 to OD-09: connecting, instruments, market data, balances and health."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from domain.instruments import InstrumentKind
from domain.market import Depth, MarketTrade
from domain.sides import Side
from tests.contracts.cards.card import card
from tests.contracts.cards.suites.market_orders import fills_like_the_ledger
from tests.support.venue_bench import VenueBench
from venues.registry import known_venues

_CLOCK_MAX_MS = 1000
_LEVELS_MAX = 10


@card("OD-01", "Connect")
async def connect(bench: VenueBench) -> None:
    """The adapter is ready when its host has started, says so, and says it again when asked."""
    await bench.adapter.connect()
    assert bench.adapter.health().connected
    assert bench.adapter.venue == bench.name
    assert bench.adapter.account_id == f"{bench.name}-main"
    assert known_venues()[bench.name].name == bench.name


@card("OD-02", "Instruments are the venue's own")
async def instruments(bench: VenueBench) -> None:
    """Every configured instrument is told with the venue's true tick, lot, minimum, settlement,
    fee and expiry."""
    for instrument_id in bench.spec.instruments:
        told = bench.instrument(instrument_id)
        true = bench.sim.venue.exchange.instruments[bench.symbol(instrument_id)]
        assert (told.venue, told.instrument_id) == (bench.name, instrument_id)
        assert told.tick == true.tick, told
        assert told.lot == true.step, told
        assert told.min_qty <= true.min_quantity or told.min_qty == true.step, told
        assert (told.base, told.quote) == (true.base, true.quote), told
        assert re.fullmatch(r"[A-Z0-9]{1,12}/[A-Z0-9]{2,12}", told.pair), told
        assert told.settlement == true.settle, told
        assert told.inverse == (true.kind == "INVERSE"), told
        assert Decimal(0) < told.lot <= told.min_qty <= told.max_qty, told
        assert told.taker_fee >= 0, told
        if true.expires_ns is None:
            assert told.expires_at is None, told
        else:
            assert told.expires_at is not None, told
            assert abs(told.expires_at.timestamp() - true.expires_ns / 1e9) < 86_400, told
        if told.kind in (InstrumentKind.FUTURE, InstrumentKind.OPTION):
            assert told.expires_at is not None, told
        if told.kind is InstrumentKind.STOCK:
            assert told.trading_hours, told


@card("OD-03", "Every instrument trades")
async def every_instrument(bench: VenueBench) -> None:
    """Each configured instrument fills, exactly as the venue's own record says."""
    for instrument_id in bench.spec.instruments:
        ticket = await bench.ticket(instrument_id)
        order = ticket.limit(Side.BUY, price=ticket.quote.ask)
        await fills_like_the_ledger(bench, order)


@card("OD-04", "Top of the book")
async def top_of_book(bench: VenueBench) -> None:
    """The quote is the best bid and ask of the venue's book, with their sizes."""
    for instrument_id in bench.spec.instruments:
        symbol = bench.symbol(instrument_id)
        price = bench.sim.market.price(symbol)
        assert price is not None
        await bench.move(price * Decimal("1.001"), instrument_id)
        ticket = await bench.ticket(instrument_id)  # waits for the very quote that the book has
        assert ticket.quote.bid < ticket.quote.ask


@card("OD-05", "Depth and public trades")
async def depth_and_trades(bench: VenueBench) -> None:
    """Depth is told best first, ten levels at most, and public trades with side, price and size."""
    wanted, symbol = bench.instrument_id, bench.symbol()
    begun = len(bench.market)
    step = bench.sim.venue.exchange.instruments[symbol].step
    bench.sim.print(symbol, step * 3)

    def depths() -> list[Depth]:
        return [
            one
            for one in bench.market[begun:]
            if isinstance(one, Depth) and one.instrument_id == wanted
        ]

    def trades() -> list[MarketTrade]:
        return [
            one
            for one in bench.market[begun:]
            if isinstance(one, MarketTrade) and one.instrument_id == wanted
        ]

    await bench.until(lambda: bool(depths()), "depth")
    await bench.until(lambda: any(one.quantity == step * 3 for one in trades()), "a public trade")
    depth = depths()[-1]
    bids, asks = [price for price, _ in depth.bids], [price for price, _ in depth.asks]
    assert bids == sorted(bids, reverse=True)
    assert asks == sorted(asks)
    assert bids[0] < asks[0]
    assert 1 < len(bids) <= _LEVELS_MAX
    assert 1 < len(asks) <= _LEVELS_MAX
    trade = next(one for one in trades() if one.quantity == step * 3)
    assert trade.aggressor is Side.BUY
    assert trade.trade_id
    assert abs(trade.ts_event - datetime.now(UTC)) < timedelta(minutes=1)


@card("OD-06", "Balances")
async def balances(bench: VenueBench) -> None:
    """The account's money is told by currency: what there is and what is free."""
    known = {one.currency: one for one in await bench.adapter.balances()}
    needed = bench.instrument().settlement
    assert needed in known, f"no {needed} among {sorted(known)}"
    assert 0 < known[needed].free <= known[needed].total


@card("OD-07", "Health")
async def health(bench: VenueBench) -> None:
    """Health tells the connection, the age of the last message, of an idle account too, the clock's
    offset, our count of the venue's rate limits, and the commands and errors of the last minute."""
    commands, idle_since = bench.adapter.health().commands, datetime.now(UTC)
    await bench.until(
        lambda: (bench.adapter.health().last_message_at or idle_since) > idle_since,
        "a sign of life of an idle connection",
    )
    order = (await bench.ticket()).market(Side.BUY)
    await bench.accepted(order)
    await bench.filled(order)
    told = bench.adapter.health()
    assert told.connected
    assert told.last_message_at is not None
    assert datetime.now(UTC) - told.last_message_at < timedelta(seconds=10)
    assert told.clock_offset_ms is not None
    assert abs(told.clock_offset_ms) < _CLOCK_MAX_MS
    assert told.commands > commands
    assert 0 <= told.errors <= told.commands
    assert told.budgets, "no rate limit is counted"
    for budget in told.budgets:
        assert budget.name
        assert budget.limit > 0
        assert budget.per_s > 0
        assert 0 <= budget.used <= budget.limit, budget


@card("OD-08", "Errors are counted")
async def errors_are_counted(bench: VenueBench) -> None:
    """A command that got no usable answer shows in the error rate."""
    before = bench.adapter.health().errors
    bench.sim.arm("error_503_not_executed", action="submit", count=1)
    await bench.adapter.submit_order((await bench.ticket()).limit())
    bench.sim.faults.clear()
    await bench.back_on_stream()
    assert bench.adapter.health().errors > before
