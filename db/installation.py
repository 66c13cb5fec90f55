"""Which mode a database belongs to: the orders of paper and of real money never share one."""

from __future__ import annotations

from db.pool import Pool

_CLAIM = """
INSERT INTO installation (id, mode) VALUES (1, $1)
ON CONFLICT (id) DO UPDATE SET mode = installation.mode RETURNING mode
"""


class WrongMode(Exception):
    """The database belongs to another mode than this process runs in."""


async def claim(pool: Pool, mode: str) -> None:
    """The first process to come makes the database its mode's, for good. Raises WrongMode."""
    refuse_other_mode(await pool.fetchval(_CLAIM, mode), mode)


def refuse_other_mode(owner: str | None, mode: str) -> None:
    """Raises WrongMode where the database has an owner, and it is another mode."""
    if owner not in (None, mode):
        raise WrongMode(
            f"this database holds the orders of mode {owner!r}, and this process runs in mode "
            f"{mode!r}; give each mode a database (and an ODUM_HOME) of its own"
        )
