"""The live API, wired as the gateway wires it, on the PostgreSQL and Temporal of a test."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
from temporalio.client import Client

from api.app import create_app
from api.auth import ApiKey, ApiKeys, Role
from api.commands import OrderCommands
from api.orchestrator import ExecutionOrchestrator
from api.order_lists import ListWorkflows, OrderListDesk
from api.order_workflows import OrderWorkflows
from api.preflight import Preflight
from api.schemas.orders import OrderSubmission
from api.services import ApiServices
from api.trading_gate import TradingGate
from db.feed import OrderFeed
from db.known_instruments import KnownInstruments
from db.leases import VenueLeases
from db.market import MarketData
from db.oms import UnifiedOMS
from db.order_lists import OrderLists
from db.pool import Pool, open_pool
from db.positions import PositionTracker
from db.refusals import RefusalLog
from db.trading_switch import TradingSwitch
from domain.admission import OrderAdmission
from domain.instruments import Instrument, InstrumentKind
from domain.market import Quote
from domain.orders import UnifiedOrder
from domain.risk import RiskEngine, RiskLimits
from domain.routing import SmartOrderRouter

OPERATOR = "operator-key-0123456789"
DEMO_OPERATOR = "demo-operator-key-0123456"
DEMO = "demo-key-0123456789abcd"
EXPIRED = "expired-key-0123456789a"

VENUES = ("BINANCE_SPOT", "BINANCE_FUTURES")
LIMITS = RiskLimits(
    max_order_size=Decimal(50),
    max_order_notional=Decimal(2_000_000),
    max_position_size=Decimal(100),
    max_exposure=Decimal(10_000_000),
    max_orders_per_minute=6000,
    price_collar_bps=Decimal(500),
    quote_age_max=timedelta(hours=1),
    par_currencies=frozenset({"USD", "USDT"}),
)


def order_body(**changes: Any) -> dict[str, Any]:
    """A good order, with changes; a change to `...` leaves the field out."""
    body: dict[str, Any] = {
        "strategy_id": "demo",
        "client_order_id": f"test-{secrets.token_hex(6)}",
        "instrument_id": "BTCUSDT.BINANCE_SPOT",
        "side": "BUY",
        "order_type": "LIMIT",
        "quantity": "0.1",
        "price": "100.5",
    } | changes
    return {name: value for name, value in body.items() if value is not ...}


@dataclass(frozen=True)
class LiveApi:
    """What a test works with: the HTTP client of the operator, and what stands behind it."""

    http: httpx.AsyncClient
    services: ApiServices
    pool: Pool
    feed: OrderFeed
    admission: OrderAdmission

    async def refusals(self) -> list[tuple[str, str]]:
        """(principal, code) of every refusal on record, oldest first."""
        rows = await self.pool.fetch("SELECT principal, code FROM refusals ORDER BY seq")
        return [(row["principal"], row["code"]) for row in rows]

    async def admit(self, body: dict[str, Any]) -> UnifiedOrder:
        """Record the order as its workflow would: routed, checked by risk, not sent."""
        request = OrderSubmission(**body).request()
        return await self.services.oms.admit(
            request, datetime.now(UTC), self.admission, INSTRUMENTS
        )

    async def order_count(self) -> int:
        count: int = await self.pool.fetchval("SELECT count(*) FROM unified_orders")
        return count


@asynccontextmanager
async def live_api(
    dsn: str, temporal: Client, *, start_bound_s: float = 5.0
) -> AsyncIterator[LiveApi]:
    """The API over an up-to-date database, with instruments and fresh quotes in it."""
    pool = await open_pool(dsn, size=4)
    feed = OrderFeed(dsn)
    await feed.start()
    try:
        await _list_instruments(MarketData(pool))
        services = _services(pool, feed, temporal, start_bound_s)
        # As over a socket: an unforeseen error must arrive as an answer, not as an exception.
        transport = httpx.ASGITransport(create_app(services), raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://odum", headers={"X-API-Key": OPERATOR}
        ) as http:
            yield LiveApi(http, services, pool, feed, admission())
    finally:
        await feed.stop()
        await pool.close()


def admission() -> OrderAdmission:
    accounts = {venue: f"{venue}-main" for venue in VENUES}
    router = SmartOrderRouter(LIMITS.quote_age_max)
    return OrderAdmission(router, RiskEngine(), LIMITS, accounts, timedelta(seconds=10))


def instrument(instrument_id: str, kind: InstrumentKind, base: str) -> Instrument:
    symbol, _, venue = instrument_id.rpartition(".")
    return Instrument(
        instrument_id=instrument_id,
        venue=venue,
        symbol=symbol.removesuffix("-PERP"),
        kind=kind,
        base=base,
        quote="USDT",
        settlement="USDT",
        tick=Decimal("0.01"),
        lot=Decimal("0.00001"),
        min_qty=Decimal("0.00001"),
        max_qty=Decimal(9000),
        min_notional=Decimal(5),
        taker_fee=Decimal("0.001"),
    )


INSTRUMENTS = (
    instrument("BTCUSDT.BINANCE_SPOT", InstrumentKind.SPOT, "BTC"),
    instrument("ETHUSDT.BINANCE_SPOT", InstrumentKind.SPOT, "ETH"),
    instrument("BTCUSDT-PERP.BINANCE_FUTURES", InstrumentKind.PERPETUAL, "BTC"),
)


def _services(pool: Pool, feed: OrderFeed, temporal: Client, start_bound_s: float) -> ApiServices:
    oms = UnifiedOMS(pool)
    instruments = KnownInstruments(MarketData(pool))
    trading = TradingGate(TradingSwitch(pool))
    workflows = OrderWorkflows(temporal, start_bound_s=start_bound_s)
    past = datetime(2020, 1, 1, tzinfo=UTC)
    preflight = Preflight(instruments, trading, VENUES)
    return ApiServices(
        orchestrator=ExecutionOrchestrator(oms, feed, workflows, preflight),
        commands=OrderCommands(oms, instruments, admission()),
        lists=OrderListDesk(
            OrderLists(pool),
            preflight,
            ListWorkflows(workflows.start_list, workflows.tell_list_of_cancel),
        ),
        oms=oms,
        positions=PositionTracker(pool),
        instruments=instruments,
        trading=trading,
        leases=VenueLeases(pool),
        refusals=RefusalLog(pool),
        keys=ApiKeys(
            [
                ApiKey.from_secret("boss", OPERATOR, ("*",), Role.OPERATOR),
                ApiKey.from_secret("demo-boss", DEMO_OPERATOR, ("demo",), Role.OPERATOR),
                ApiKey.from_secret("demo-bot", DEMO, ("demo",), Role.STRATEGY),
                ApiKey.from_secret("old-bot", EXPIRED, ("demo",), Role.STRATEGY, past),
            ]
        ),
        strategies=frozenset({"demo", "bench"}),
        venues={venue: f"{venue}-main" for venue in (*VENUES, "OKX", "DERIBIT", "IB")},
        readiness={"postgresql": lambda: pool.fetchval("SELECT 1")},
        mode="paper",
        version="0.0.0",
    )


async def _list_instruments(market: MarketData) -> None:
    await market.save_instruments(INSTRUMENTS)
    now = datetime.now(UTC)
    await market.save_quotes(
        [
            Quote(i.instrument_id, Decimal(100), Decimal(10), Decimal(101), Decimal(10), now)
            for i in INSTRUMENTS
        ]
    )
