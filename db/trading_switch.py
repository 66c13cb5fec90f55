"""The switch that stops new venue commands. It survives restarts and never blocks a cancel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from db.pool import Pool


@dataclass(frozen=True, slots=True)
class TradingState:
    running: bool
    reason: str
    by: str
    at: datetime


class TradingSwitch:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def state(self) -> TradingState:
        row = await self._pool.fetchrow("SELECT running, reason, by, at FROM trading_state")
        assert row is not None, "the first migration writes the row"
        return TradingState(**dict(row))

    async def set(self, running: bool, by: str, reason: str) -> TradingState:
        """Every admission and every submission reads the row in its own transaction."""
        row = await self._pool.fetchrow(
            "UPDATE trading_state SET running = $1, by = $2, reason = $3, at = now() "
            "RETURNING running, reason, by, at",
            running,
            by,
            reason,
        )
        assert row is not None, "the first migration writes the row"
        return TradingState(**dict(row))
