"""The venue worker: hosts NautilusTrader's TradingNode and owns the accounts that it trades."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta

from config import Settings
from config.settings import BenchSettings, VenueSettings
from db.known_instruments import KnownInstruments
from db.market import MarketData
from db.migrate import wait_for_schema
from db.oms import UnifiedOMS
from db.pool import Pool, open_pool
from venues.nautilus import LiveEngine, NautilusVenueConfig, Product
from workers.api_server import ApiServer, api_services
from workers.bench.bare_road import BareDesk, BareRoad
from workers.engines import POSTGRES_AWAY, connect_temporal, once_up
from workers.lifecycle import run_process
from workers.order_admission import order_admission
from workers.venue_account import VenueAccount, serve_accounts

_POOL_SIZE = 10
_LOOPBACK = "127.0.0.1"
_START_TIMEOUT = timedelta(seconds=15)
_PRODUCTS = {"BINANCE_SPOT": Product.SPOT, "BINANCE_FUTURES": Product.USDT_FUTURES}


async def main(settings: Settings, stop: asyncio.Event, ready: Callable[[], None]) -> None:
    dsn = settings.database.postgres.dsn()
    holder = f"{socket.gethostname()}:{os.getpid()}"
    async with AsyncExitStack() as closing:
        await wait_for_schema(dsn)
        pool = await once_up("PostgreSQL", lambda: open_pool(dsn, size=_POOL_SIZE), POSTGRES_AWAY)
        closing.push_async_callback(pool.close)
        client = await connect_temporal(settings.temporal)
        engine = LiveEngine(_venues(settings), trader_id="ODUM-001", start_timeout=_START_TIMEOUT)
        accounts = [VenueAccount(adapter, pool, holder) for adapter in engine.adapters.values()]
        # The account is owned before the venue is called for the first time.
        for account in accounts:
            await account.acquire()
            closing.push_async_callback(account.release)
        await engine.start()
        closing.push_async_callback(engine.stop)
        if settings.bench is not None:
            bare = _bare_road(settings, settings.bench, pool, accounts)
            closing.push_async_callback(_stop_serving, bare, asyncio.create_task(bare.serve()))
        await serve_accounts(accounts, dsn, client, stop, ready)


def _venues(settings: Settings) -> Sequence[NautilusVenueConfig]:
    return [
        _venue(name, venue)
        for name, venue in settings.venues.items()
        if name in settings.trading.venues
    ]


def _venue(name: str, venue: VenueSettings) -> NautilusVenueConfig:
    return NautilusVenueConfig(
        venue=name,
        account_id=venue.account_id,
        product=_PRODUCTS[name],
        api_key=venue.api_key.get_secret_value(),
        api_secret=venue.api_secret.get_secret_value(),
        instrument_ids=tuple(venue.instruments),
        base_url_http=venue.base_url_http,
        base_url_ws=venue.base_url_ws,
        base_url_ws_api=venue.base_url_ws_api,
        base_url_ws_stream=venue.base_url_ws_stream,
        environment=venue.environment,
    )


def _bare_road(
    settings: Settings, bench: BenchSettings, pool: Pool, accounts: Sequence[VenueAccount]
) -> ApiServer:
    desks = {account.venue: BareDesk(account.desk, account.lease_token) for account in accounts}
    oms, instruments = UnifiedOMS(pool), KnownInstruments(MarketData(pool))
    admission = order_admission(settings)
    services = api_services(
        settings,
        pool,
        lambda preflight: BareRoad(oms, preflight, instruments, admission, desks),
        readiness={},
    )
    return ApiServer(services, _LOOPBACK, bench.bare_road_port)


async def _stop_serving(server: ApiServer, serving: asyncio.Task[None]) -> None:
    server.should_exit = True
    await serving


if __name__ == "__main__":
    run_process("nautilus", main)
