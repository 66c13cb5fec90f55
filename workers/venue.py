"""A venue worker: owns the venue accounts of one process and trades them.

`python -m workers.venue nautilus` hosts NautilusTrader's TradingNode for its venues; `deribit` and
`interactive_brokers` have processes of their own, because their client libraries do.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from functools import partial

from temporalio.client import Client

from api.order_lists import ListWorkflows
from config import Settings
from db.installation import claim
from db.known_instruments import KnownInstruments
from db.market import MarketData
from db.oms import UnifiedOMS
from db.pool import Pool, open_pool
from db.schema import wait_for_schema
from venues.registry import make_host
from workers.api_server import ApiServer, api_services
from workers.bench.bare_road import BareDesk, BareRoad, no_lists
from workers.engines import POSTGRES_AWAY, connect_temporal, once_up
from workers.lifecycle import run_process, stand_by, unless_stopped
from workers.order_admission import order_admission
from workers.profile import known_processes, processes_of
from workers.venue_account import VenueAccount, serve_accounts

_POOL_SIZE = 10
# A venue that is not there by then is away. Not sooner: what comes meanwhile waits on its queue, to
# be served the moment that the venue is there.
_VENUES_START_S = 20.0
_LOOPBACK = "127.0.0.1"


async def main(
    process: str, settings: Settings, stop: asyncio.Event, ready: Callable[[], None]
) -> None:
    """Serve the venues of `process` until `stop` is set. Raises ValueError for a process that no
    venue has, here or in another profile."""
    configs = processes_of(settings).get(process)
    if configs is None:
        if process not in known_processes(settings):
            names = ", ".join(known_processes(settings))
            raise ValueError(f"there is no process {process!r} of a venue; start one of {names}")
        await stand_by(f"no venue of this profile is served by {process}", stop, ready)
        return
    dsn = settings.database.postgres.dsn()
    holder = f"{socket.gethostname()}:{os.getpid()}"
    async with AsyncExitStack() as closing:
        pool, client = await unless_stopped(stop, _engines(settings, closing))
        host = make_host(configs)
        accounts = [VenueAccount(adapter, pool, holder) for adapter in host.adapters.values()]
        # The account is owned before the venue is called for the first time.
        for account in accounts:
            closing.push_async_callback(account.release)
            await unless_stopped(stop, account.acquire())
        closing.push_async_callback(host.stop)
        starting = asyncio.create_task(host.start(), name=f"start of {process}")
        closing.push_async_callback(_end, starting)
        await unless_stopped(stop, asyncio.wait({starting}, timeout=_VENUES_START_S))
        bare_port = settings.bench.bare_road_ports.get(process) if settings.bench else None
        if bare_port is not None:
            bare = _bare_road(settings, bare_port, pool, accounts)
            closing.push_async_callback(_stop_serving, bare, asyncio.create_task(bare.serve()))
        await serve_accounts(accounts, starting, dsn, client, stop, ready)


async def _end(starting: asyncio.Task[None]) -> None:
    """A host that is being stopped must not go on with its start."""
    starting.cancel()
    await asyncio.wait({starting})


async def _engines(settings: Settings, closing: AsyncExitStack) -> tuple[Pool, Client]:
    """Both engines as this process needs them, once the gateway has prepared them."""
    dsn = settings.database.postgres.dsn()
    await wait_for_schema(dsn)
    pool = await once_up("PostgreSQL", lambda: open_pool(dsn, size=_POOL_SIZE), POSTGRES_AWAY)
    closing.push_async_callback(pool.close)
    await claim(pool, settings.mode)
    return pool, await connect_temporal(settings.temporal)


def _bare_road(
    settings: Settings, port: int, pool: Pool, accounts: Sequence[VenueAccount]
) -> ApiServer:
    desks = {account.venue: BareDesk(account.desk, account.lease_token) for account in accounts}
    oms, instruments = UnifiedOMS(pool), KnownInstruments(MarketData(pool))
    admission = order_admission(settings)
    services = api_services(
        settings,
        pool,
        lambda preflight: BareRoad(oms, preflight, instruments, admission, desks),
        readiness={},
        list_workflows=ListWorkflows(no_lists, no_lists),
    )
    return ApiServer(services, _LOOPBACK, port)


async def _stop_serving(server: ApiServer, serving: asyncio.Task[None]) -> None:
    server.should_exit = True
    await serving


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Say which process: python -m workers.venue nautilus")
    run_process(sys.argv[1], partial(main, sys.argv[1]))
