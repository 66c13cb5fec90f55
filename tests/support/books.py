"""The database as a test works with it: every part of `db`, and short ways to common states."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from db.leases import VenueLeases
from db.market import MarketData
from db.oms import UnifiedOMS
from db.order_queries import OrderFilter
from db.pool import Pool, open_pool
from db.positions import PositionTracker
from db.trading_switch import TradingSwitch
from domain.admission import OrderAdmission
from domain.audit import Link, first_break
from domain.instruments import Instrument
from domain.order_events import VenueAccepted
from domain.orders import OrderRequest, UnifiedOrder
from domain.risk import RiskEngine, RiskLimits
from domain.routing import SmartOrderRouter
from tests.support.orders import (
    a_perpetual,
    a_quote,
    a_request,
    an_instrument,
    an_inverse_perpetual,
    risk_limits,
)

SPOT = an_instrument()
PERPETUAL = a_perpetual()
INVERSE = an_inverse_perpetual()
INSTRUMENTS = (SPOT, PERPETUAL, INVERSE)

WIDE = risk_limits(
    max_order_size=Decimal(1_000),
    max_order_notional=Decimal(100_000),
    max_position_size=Decimal(10_000),
    max_exposure=Decimal(1_000_000),
    max_orders_per_minute=1_000,
    quote_age_max=timedelta(hours=1),
)


@dataclass(frozen=True)
class Books:
    dsn: str
    pool: Pool
    oms: UnifiedOMS
    market: MarketData
    positions: PositionTracker
    leases: VenueLeases
    trading: TradingSwitch

    async def admit(self, limits: RiskLimits = WIDE, **terms: Any) -> UnifiedOrder:
        """Record an order as its workflow would: routed and checked by risk, not sent."""
        return await self.admit_request(a_request(**terms), limits)

    async def admit_request(
        self,
        request: OrderRequest,
        limits: RiskLimits = WIDE,
        received_at: datetime | None = None,
    ) -> UnifiedOrder:
        """By an OMS of its own, as if in a process of its own."""
        return await UnifiedOMS(self.pool).admit(
            request, received_at or datetime.now(UTC), self.admission(limits), INSTRUMENTS
        )

    @staticmethod
    def admission(limits: RiskLimits = WIDE) -> OrderAdmission:
        accounts = {i.venue: account_at(i) for i in INSTRUMENTS}
        router = SmartOrderRouter(limits.quote_age_max)
        return OrderAdmission(router, RiskEngine(), limits, accounts, timedelta(seconds=10))

    async def own(self, instrument: Instrument = SPOT, holder: str = "worker-1") -> int:
        """Take the lease of the instrument's account; the token."""
        token = await self.leases.take(account_at(instrument), instrument.venue, holder)
        assert token is not None, "nobody else holds the lease"
        return token

    async def submitted(self, **terms: Any) -> UnifiedOrder:
        """An order that is on its way to the venue."""
        order = await self.admit(**terms)
        token = await self.pool.fetchval(
            "SELECT token FROM venue_leases WHERE account_id = $1", order.account_id
        )
        submission = await self.oms.begin_submission(order.order_id, token or await self.own())
        assert submission.send
        return submission.order

    async def accepted(self, **terms: Any) -> UnifiedOrder:
        """An order that works at the venue."""
        order = await self.submitted(**terms)
        return await self.oms.apply(order.order_id, VenueAccepted(f"v-{order.order_id}"))

    async def read(self, order: UnifiedOrder) -> UnifiedOrder:
        found = await self.oms.order(order.order_id)
        assert found is not None, "the order is on record"
        return found

    async def event_names(self, order: UnifiedOrder) -> list[str]:
        return [event.name for event in await self.oms.events(order.order_id)]

    async def count(self, table: str) -> int:
        rows: int = await self.pool.fetchval(f"SELECT count(*) FROM {table}")
        return rows

    async def assert_audits_hold(self) -> None:
        """Every order's chain is whole and ends where the order's row says."""
        for order in await self.oms.orders(OrderFilter(), limit=1_000):
            events = await self.oms.events(order.order_id)
            chain = [
                (Link(order.order_id, e.version, e.name, e.detail, e.at), e.hash) for e in events
            ]
            assert first_break(chain) is None
            assert (events[-1].version, events[-1].hash) == (order.version, order.last_hash)


def account_at(instrument: Instrument) -> str:
    return f"{instrument.venue}-main"


@asynccontextmanager
async def open_books(dsn: str, *, size: int = 5) -> AsyncIterator[Books]:
    """Over a database with the schema: instruments with fresh quotes, no orders."""
    pool = await open_pool(dsn, size=size)
    try:
        market = MarketData(pool)
        await market.save_instruments(INSTRUMENTS)
        now = datetime.now(UTC)
        await market.save_quotes(
            [
                replace(a_quote(), instrument_id=i.instrument_id, received_at=now)
                for i in INSTRUMENTS
            ]
        )
        yield Books(
            dsn,
            pool,
            UnifiedOMS(pool),
            market,
            PositionTracker(pool),
            VenueLeases(pool),
            TradingSwitch(pool),
        )
    finally:
        await pool.close()


async def at_once[T](*calls: Coroutine[Any, Any, T]) -> list[T]:
    """Run the calls concurrently; their results in order."""
    return list(await asyncio.gather(*calls))
