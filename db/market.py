"""Instruments and market data, written by the venues' workers and read by everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import timedelta

from pydantic import TypeAdapter

from db.pool import Pool
from db.records import (
    INSTRUMENT_COLUMNS,
    QUOTE_COLUMNS,
    column_list,
    depth_of,
    instrument_of,
    market_trade_of,
    quote_of,
)
from domain.capabilities import Capabilities
from domain.instruments import Instrument
from domain.market import Depth, Level, MarketTrade, Quote

TRADES_KEPT = timedelta(minutes=15)


def _upsert(table: str, key: str, columns: tuple[str, ...]) -> str:
    values = ", ".join(f"${n}" for n in range(1, len(columns) + 1))
    updates = ", ".join(f"{name} = excluded.{name}" for name in columns if name != key)
    return (
        f"INSERT INTO {table} ({column_list(columns)}) VALUES ({values}) "
        f"ON CONFLICT ({key}) DO UPDATE SET {updates}"
    )


_CAPABILITIES = TypeAdapter(Capabilities)
_SAVE_CAPABILITIES = """
INSERT INTO venue_capabilities (venue, capabilities, updated_at) VALUES ($1, $2, now())
ON CONFLICT (venue) DO UPDATE SET
    capabilities = excluded.capabilities, updated_at = excluded.updated_at
"""

_DEPTH_COLUMNS = tuple(field.name for field in fields(Depth))
_TRADE_COLUMNS = tuple(field.name for field in fields(MarketTrade))

_SAVE_INSTRUMENT = _upsert("instruments", "instrument_id", (*INSTRUMENT_COLUMNS, "offered"))
_SAVE_QUOTE = _upsert("quotes", "instrument_id", QUOTE_COLUMNS)
_SAVE_DEPTH = _upsert("depths", "instrument_id", _DEPTH_COLUMNS)
_SAVE_TRADE = f"""
INSERT INTO market_trades ({column_list(_TRADE_COLUMNS)})
VALUES ({", ".join(f"${n}" for n in range(1, len(_TRADE_COLUMNS) + 1))}) ON CONFLICT DO NOTHING
"""


class MarketData:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def instruments(self) -> list[Instrument]:
        """All that was ever offered."""
        rows = await self._pool.fetch(
            f"SELECT {column_list(INSTRUMENT_COLUMNS)} FROM instruments ORDER BY instrument_id"
        )
        return [instrument_of(row) for row in rows]

    async def offered(self) -> frozenset[str]:
        """Ids of what the venues still offer."""
        rows = await self._pool.fetch("SELECT instrument_id FROM instruments WHERE offered")
        return frozenset(row["instrument_id"] for row in rows)

    async def capabilities(self) -> dict[str, Capabilities]:
        """What each venue can do, of those that have said so."""
        rows = await self._pool.fetch("SELECT venue, capabilities FROM venue_capabilities")
        return {row["venue"]: _CAPABILITIES.validate_python(row["capabilities"]) for row in rows}

    async def save_capabilities(self, venue: str, capabilities: Capabilities) -> None:
        said = _CAPABILITIES.dump_python(capabilities, mode="json")
        await self._pool.execute(_SAVE_CAPABILITIES, venue, said)

    async def quotes(self) -> dict[str, Quote]:
        rows = await self._pool.fetch(f"SELECT {column_list(QUOTE_COLUMNS)} FROM quotes")
        return {row["instrument_id"]: quote_of(row) for row in rows}

    async def depth(self, instrument_id: str) -> Depth | None:
        row = await self._pool.fetchrow(
            f"SELECT {column_list(_DEPTH_COLUMNS)} FROM depths WHERE instrument_id = $1",
            instrument_id,
        )
        return depth_of(row) if row is not None else None

    async def trades(self, instrument_id: str, limit: int) -> list[MarketTrade]:
        """The latest public trades that we heard of, newest first."""
        rows = await self._pool.fetch(
            f"SELECT {column_list(_TRADE_COLUMNS)} FROM market_trades WHERE instrument_id = $1 "
            "ORDER BY ts_event DESC LIMIT $2",
            instrument_id,
            limit,
        )
        return [market_trade_of(row) for row in rows]

    async def save_instruments(self, instruments: Sequence[Instrument]) -> None:
        """Add what is offered, or make it what it is now."""
        await self._pool.executemany(
            _SAVE_INSTRUMENT,
            [(*(getattr(i, name) for name in INSTRUMENT_COLUMNS), True) for i in instruments],
        )

    async def save_offer(self, venue: str, instruments: Sequence[Instrument]) -> None:
        """All that the venue offers now. What it does not name any more is kept, as not offered; a
        venue that names nothing is away, not empty."""
        if not instruments:
            return
        await self.save_instruments(instruments)
        await self._pool.execute(
            "UPDATE instruments SET offered = false "
            "WHERE venue = $1 AND offered AND NOT instrument_id = ANY($2)",
            venue,
            [instrument.instrument_id for instrument in instruments],
        )

    async def save_quotes(self, quotes: Sequence[Quote]) -> None:
        rows = [tuple(getattr(q, name) for name in QUOTE_COLUMNS) for q in quotes]
        async with self._pool.acquire() as connection, connection.transaction():
            # Nobody waits for the disk: the last moments may be lost, the next are better.
            await connection.execute("SET LOCAL synchronous_commit = off")
            await connection.executemany(_SAVE_QUOTE, rows)

    async def save_depths(self, depths: Sequence[Depth]) -> None:
        await self._pool.executemany(
            _SAVE_DEPTH,
            [(d.instrument_id, _texts(d.bids), _texts(d.asks), d.received_at) for d in depths],
        )

    async def save_trades(self, trades: Sequence[MarketTrade]) -> None:
        """Add public trades; one that is known stays as it is."""
        await self._pool.executemany(
            _SAVE_TRADE, [tuple(getattr(t, name) for name in _TRADE_COLUMNS) for t in trades]
        )

    async def forget_old_trades(self) -> None:
        await self._pool.execute(
            "DELETE FROM market_trades WHERE ts_event < now() - $1::interval", TRADES_KEPT
        )


def _texts(levels: Sequence[Level]) -> list[list[str]]:
    return [[str(price), str(quantity)] for price, quantity in levels]
