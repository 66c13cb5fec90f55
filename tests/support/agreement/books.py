"""Our books and the venues', read at one moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from db.order_queries import ORDERS
from db.pool import Pool, open_pool
from db.records import (
    FILL_COLUMNS,
    RecordedEvent,
    column_list,
    event_of,
    fill_of,
    instrument_of,
    order_of,
    position_of,
)
from domain.fills import Fill, standing, trade_of
from domain.identifiers import order_id_of_venue_client_id, venue_client_id
from domain.instruments import Instrument
from domain.orders import UnifiedOrder
from domain.positions import Position
from tests.contracts.venues import known_benches
from tests.support.stack import PaperStack
from venues.simulators.ledger import LedgerOrder, LedgerSummary

type Key = tuple[str, str]
"""An account and an instrument."""


@dataclass(frozen=True, slots=True)
class VenueBooks:
    """A venue's ledger, folded, what its account began with, and what it says that it holds."""

    ledger: LedgerSummary
    began_with: Mapping[str, Decimal]
    account: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Books:
    """`fills` are in the order in which they were booked; `events` are by order id."""

    venues: Mapping[str, VenueBooks]
    orders: Mapping[str, UnifiedOrder]
    events: Mapping[str, Sequence[RecordedEvent]]
    fills: Sequence[Fill]
    positions: Mapping[Key, Position]
    instruments: Mapping[str, Instrument]

    def legs(self) -> Iterator[tuple[str, LedgerOrder, UnifiedOrder | None]]:
        """Each order that a venue has, with its venue and our row."""
        for venue, books in self.venues.items():
            for client_id, sent in books.ledger.orders.items():
                row = self.orders.get(order_id_of_venue_client_id(client_id) or "")
                for order in sent:
                    yield venue, order, row

    def legs_of(self, row: UnifiedOrder) -> list[LedgerOrder]:
        """All that its venue ever had of an order."""
        if row.venue not in self.venues:
            return []
        orders = self.venues[row.venue].ledger.orders
        ids = (venue_client_id(row.order_id, leg) for leg in range(1, row.leg + 1))
        return [order for client_id in ids for order in orders.get(client_id, [])]

    def standing_fills(self) -> list[Fill]:
        """Each trade as it stands, whatever was booked of it before."""
        rows: dict[tuple[str, ...], list[Fill]] = defaultdict(list)
        for fill in self.fills:
            trade = (fill.account_id, fill.instrument_id, trade_of(fill.trade_id), fill.order_id)
            rows[trade].append(fill)
        stand = (standing(of_trade) for of_trade in rows.values())
        return [fill for fill in stand if fill is not None]

    def symbol_at_venue(self, instrument_id: str) -> str:
        """What the simulator calls the instrument."""
        instrument = self.instruments[instrument_id]
        symbols = known_benches()[instrument.venue].symbols
        return symbols.get(instrument_id) or instrument.symbol


async def read_books(stack: PaperStack) -> Books:
    """Ours first: what happens meanwhile is at most missing there."""
    pool = await open_pool(stack.postgres_dsn, size=2)
    try:
        ours = await _read_ours(pool)
    finally:
        await pool.close()
    async with stack.admin_client() as admin:
        states: dict[str, Any] = (await admin.get("/state", params={"open": "true"})).json()
    return replace(
        ours, venues={venue: _venue_books(stack, venue, state) for venue, state in states.items()}
    )


async def _read_ours(pool: Pool) -> Books:
    async with (
        pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        orders = await connection.fetch(ORDERS)
        events = await connection.fetch("SELECT * FROM order_events ORDER BY version")
        fills = await connection.fetch(
            f"SELECT {column_list(FILL_COLUMNS)} FROM fills ORDER BY booked_seq"
        )
        positions = await connection.fetch("SELECT * FROM unified_positions")
        instruments = await connection.fetch("SELECT * FROM instruments")
    trails: dict[str, list[RecordedEvent]] = {row["order_id"]: [] for row in orders}
    for row in events:
        trails[row["order_id"]].append(event_of(row))
    return Books(
        venues={},
        orders={row["order_id"]: order_of(row) for row in orders},
        events=trails,
        fills=[fill_of(row) for row in fills],
        positions={
            (row["account_id"], row["instrument_id"]): position_of(row) for row in positions
        },
        instruments={row["instrument_id"]: instrument_of(row) for row in instruments},
    )


def _venue_books(stack: PaperStack, venue: str, state: Mapping[str, Any]) -> VenueBooks:
    began = next(stack.ledger_records(venue))
    (account,) = state["accounts"].values()
    (balances,) = began["balances"].values()
    return VenueBooks(
        stack.ledger(venue),
        {asset: Decimal(amount) for asset, amount in balances.items()},
        account,
    )
