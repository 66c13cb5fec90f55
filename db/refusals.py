"""The audit of requests that never became orders: append-only and hash-chained."""

from __future__ import annotations

from typing import Any

from db.pool import Pool, transaction
from domain.audit import GENESIS, chain

_LOCK = 0x0D0_5EF5


class RefusalLog:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def record(self, principal: str, code: str, detail: dict[str, Any]) -> None:
        """Append one refusal. `detail` is JSON-ready and holds no secret."""
        begin = f"BEGIN; SELECT pg_advisory_xact_lock({_LOCK})"
        async with transaction(self._pool, begin) as connection:
            last = await connection.fetchrow(
                "SELECT seq, hash FROM refusals ORDER BY seq DESC LIMIT 1"
            )
            seq = last["seq"] + 1 if last else 1
            previous = last["hash"] if last else GENESIS
            await connection.execute(
                "INSERT INTO refusals (seq, principal, code, detail, at, hash) "
                "VALUES ($1, $2, $3, $4, now(), $5)",
                seq,
                principal,
                code,
                detail,
                chain(previous, principal, seq, code, detail),
            )
