"""Instruments and quotes, written by the venues' workers and read by everybody."""

from __future__ import annotations

from collections.abc import Sequence

from db.pool import Pool
from db.records import (
    INSTRUMENT_COLUMNS,
    QUOTE_COLUMNS,
    column_list,
    instrument_of,
    quote_of,
)
from domain.instruments import Instrument
from domain.market import Quote


def _upsert(table: str, key: str, columns: tuple[str, ...]) -> str:
    values = ", ".join(f"${n}" for n in range(1, len(columns) + 1))
    updates = ", ".join(f"{name} = excluded.{name}" for name in columns if name != key)
    return (
        f"INSERT INTO {table} ({column_list(columns)}) VALUES ({values}) "
        f"ON CONFLICT ({key}) DO UPDATE SET {updates}"
    )


_SAVE_INSTRUMENT = _upsert("instruments", "instrument_id", INSTRUMENT_COLUMNS)
_SAVE_QUOTE = _upsert("quotes", "instrument_id", QUOTE_COLUMNS)


class MarketData:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def instruments(self) -> list[Instrument]:
        rows = await self._pool.fetch(
            f"SELECT {column_list(INSTRUMENT_COLUMNS)} FROM instruments ORDER BY instrument_id"
        )
        return [instrument_of(row) for row in rows]

    async def quotes(self) -> dict[str, Quote]:
        rows = await self._pool.fetch(f"SELECT {column_list(QUOTE_COLUMNS)} FROM quotes")
        return {row["instrument_id"]: quote_of(row) for row in rows}

    async def save_instruments(self, instruments: Sequence[Instrument]) -> None:
        await self._pool.executemany(
            _SAVE_INSTRUMENT,
            [tuple(getattr(i, name) for name in INSTRUMENT_COLUMNS) for i in instruments],
        )

    async def save_quotes(self, quotes: Sequence[Quote]) -> None:
        await self._pool.executemany(
            _SAVE_QUOTE, [tuple(getattr(q, name) for name in QUOTE_COLUMNS) for q in quotes]
        )
