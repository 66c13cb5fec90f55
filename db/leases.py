"""One process owns one venue account: a lease with a token that fences off a former owner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import TypeAdapter

from db.pool import Pool
from domain.venue_health import VenueHealth

LEASE_TTL = timedelta(seconds=5)

# The token counts the owners, so that a command of a former owner can be told apart.
_TAKE = """
INSERT INTO venue_leases AS l
    (account_id, venue, holder, token, expires_at, health)
VALUES ($1, $2, $3, 1, clock_timestamp() + $4, NULL)
ON CONFLICT (account_id) DO UPDATE SET
    holder = excluded.holder, token = l.token + 1, expires_at = excluded.expires_at,
    health = NULL
WHERE l.expires_at < clock_timestamp()
RETURNING token
"""

_RENEW = """
UPDATE venue_leases SET expires_at = clock_timestamp() + $3, health = $4
WHERE account_id = $1 AND token = $2 AND expires_at > clock_timestamp()
RETURNING token
"""


_HEALTH = TypeAdapter(VenueHealth)


@dataclass(frozen=True, slots=True)
class VenueStatus:
    """A venue account as its owner last reported it. `health` is None until it did."""

    venue: str
    account_id: str
    holder: str
    expires_at: datetime
    health: VenueHealth | None


class VenueLeases:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def all(self) -> list[VenueStatus]:
        rows = await self._pool.fetch(
            "SELECT venue, account_id, holder, expires_at, health "
            "FROM venue_leases ORDER BY venue, account_id"
        )
        return [
            VenueStatus(
                venue=row["venue"],
                account_id=row["account_id"],
                holder=row["holder"],
                expires_at=row["expires_at"],
                health=_HEALTH.validate_python(row["health"]) if row["health"] else None,
            )
            for row in rows
        ]

    async def take(self, account_id: str, venue: str, holder: str) -> int | None:
        """The new owner's token; None while another process holds the lease."""
        token: int | None = await self._pool.fetchval(_TAKE, account_id, venue, holder, LEASE_TTL)
        return token

    async def pulled_until(self, account_id: str) -> datetime | None:
        """Every execution of the account up to then was pulled and booked; None: nobody knows."""
        until: datetime | None = await self._pool.fetchval(
            "SELECT pulled_until FROM venue_leases WHERE account_id = $1", account_id
        )
        return until

    async def note_pulled(self, account_id: str, until: datetime) -> None:
        """Every execution of the account up to then is booked."""
        await self._pool.execute(
            "UPDATE venue_leases SET pulled_until = greatest(pulled_until, $2) "
            "WHERE account_id = $1",
            account_id,
            until,
        )

    async def renew(self, account_id: str, token: int, health: VenueHealth) -> bool:
        """Keep the lease and report health; False if it was lost: send nothing more."""
        renewed = await self._pool.fetchval(
            _RENEW,
            account_id,
            token,
            LEASE_TTL,
            _HEALTH.dump_python(health, mode="json"),
        )
        return renewed is not None

    async def release(self, account_id: str, token: int) -> None:
        """Give the lease back, so that a successor need not wait for its end."""
        await self._pool.execute(
            "UPDATE venue_leases SET expires_at = clock_timestamp(), health = NULL "
            "WHERE account_id = $1 AND token = $2",
            account_id,
            token,
        )
