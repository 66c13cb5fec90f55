"""PositionTracker: positions as they stand, and the proof that they are the fold of their fills."""

from __future__ import annotations

from db.pool import Pool
from db.records import FILL_COLUMNS, column_list, fill_of, instrument_of, position_of
from domain.positions import Position, fold


class PositionTracker:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def all(self) -> list[Position]:
        rows = await self._pool.fetch(
            "SELECT * FROM unified_positions ORDER BY instrument_id, account_id"
        )
        return [position_of(row) for row in rows]

    async def of(self, instrument_id: str) -> list[Position]:
        """One row an account that ever traded the instrument."""
        rows = await self._pool.fetch(
            "SELECT * FROM unified_positions WHERE instrument_id = $1 ORDER BY account_id",
            instrument_id,
        )
        return [position_of(row) for row in rows]

    async def refolded(self, position: Position) -> Position:
        """The same position, folded anew from all its fills; equal, or the book is broken."""
        instrument = await self._pool.fetchrow(
            "SELECT * FROM instruments WHERE instrument_id = $1", position.instrument_id
        )
        assert instrument is not None, "a position's instrument is known"
        rows = await self._pool.fetch(
            f"SELECT {column_list(FILL_COLUMNS)} FROM fills "
            "WHERE account_id = $1 AND instrument_id = $2 ORDER BY booked_seq",
            position.account_id,
            position.instrument_id,
        )
        return fold(instrument_of(instrument), position.account_id, map(fill_of, rows))
