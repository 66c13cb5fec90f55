"""The audit of requests that never became orders: append-only and hash-chained."""

from __future__ import annotations

from typing import Any

from db.pool import Pool, transaction
from domain.audit import GENESIS, Link, chain

_LOCK = 0x0D0_5EF5

_LAST = f"""
SELECT coalesce(max(seq), 0) AS seq, clock_timestamp() AS now,
       coalesce((SELECT hash FROM refusals ORDER BY seq DESC LIMIT 1), '{GENESIS}') AS hash
FROM refusals
"""


class RefusalLog:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def record(self, principal: str, code: str, detail: dict[str, Any]) -> None:
        """Append one refusal. `detail` is JSON-ready and holds no secret."""
        begin = f"BEGIN; SELECT pg_advisory_xact_lock({_LOCK})"
        async with transaction(self._pool, begin) as connection:
            last = await connection.fetchrow(_LAST)
            assert last is not None, "an aggregate always has a row"
            seq, previous, now = last["seq"] + 1, last["hash"], last["now"]
            await connection.execute(
                "INSERT INTO refusals (seq, principal, code, detail, at, hash) "
                "VALUES ($1, $2, $3, $4, $5, $6)",
                seq,
                principal,
                code,
                detail,
                now,
                chain(previous, Link(principal, seq, code, detail, now)),
            )
