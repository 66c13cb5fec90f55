"""Do the venue's ledger, our fills and our positions say the same? Exactly, to the last digit."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, cast

from db.oms import UnifiedOMS
from db.order_queries import OrderFilter
from db.pool import Pool, open_pool
from db.positions import PositionTracker
from domain.audit import Link, first_break
from domain.identifiers import order_id_of_venue_client_id
from tests.support.stack import PaperStack


async def assert_books_agree(stack: PaperStack) -> None:
    """The OMS has each execution of the ledger once, positions are their fold, audits hold."""
    pool = await open_pool(stack.postgres_dsn, size=2)
    try:
        booked = await pool.fetch("SELECT order_id, quantity, price, fee FROM fills")
        ours = Counter(tuple(row) for row in booked)
        theirs = Counter(fill for venue in stack.venues for fill in _fills(stack, venue))
        assert ours == theirs
        for venue in stack.venues:
            assert stack.ledger(venue).doubled == []
        await _assert_positions(pool)
        await _assert_audits(pool)
    finally:
        await pool.close()


def _fills(stack: PaperStack, venue: str) -> Iterator[tuple[Any, ...]]:
    """Order, quantity, price and fee of each execution; its id looks different at each venue."""
    for client_id, orders in stack.ledger(venue).orders.items():
        for fill in (fill for order in orders for fill in order.fills):
            terms = (Decimal(fill[name]) for name in ("quantity", "price", "fee"))
            yield (order_id_of_venue_client_id(client_id), *terms)


async def _assert_positions(pool: Pool) -> None:
    async with (
        pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        # One snapshot: a resting order may fill at any moment.
        tracker = PositionTracker(cast("Pool", connection))
        for position in await tracker.all():
            assert await tracker.refolded(position) == position


async def _assert_audits(pool: Pool) -> None:
    oms = UnifiedOMS(pool)
    for order in await oms.orders(OrderFilter(), limit=10_000):
        events = await oms.events(order.order_id)
        chain = [(Link(order.order_id, e.version, e.name, e.detail, e.at), e.hash) for e in events]
        assert first_break(chain) is None
        assert events[-1].hash == order.last_hash
