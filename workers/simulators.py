"""The simulated venues of the paper profile: ``python -m workers.simulators``."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from config.settings import Settings
from venues.simulators.app import Served, Simulators
from venues.simulators.binance.limits import FUTURES_LIMITS, SPOT_LIMITS, RateLimits
from venues.simulators.binance.signing import ApiKey
from venues.simulators.binance.venue import (
    FUTURES_NAME,
    SPOT_NAME,
    Setup,
    build_futures,
    build_spot,
)
from venues.simulators.faults import Faults
from venues.simulators.wire import WireLog
from workers.home import odum_home
from workers.lifecycle import run_process

# The real limits would stop a bench and a test long before they learn anything; what clients do
# when limits are hit is played by the rate_limit fault.
PAPER_WEIGHT_PER_MINUTE = 1_000_000
PAPER_ORDERS = 100_000


async def main(settings: Settings, stop: asyncio.Event, ready: Callable[[], None]) -> None:
    """Serve every simulated venue until ``stop`` is set."""
    simulators, admin_port = build(settings, odum_home() / "simulators", time.time_ns())
    try:
        await simulators.start(admin_port)
        ready()
        await simulators.run(stop)
    finally:
        await simulators.close()


def build(settings: Settings, folder: Path, now_ns: int) -> tuple[Simulators, int]:
    """The venues of the profile, their ledgers in ``folder``; and the admin port."""
    chosen = settings.simulators
    if chosen is None:
        raise ValueError("this profile has no simulators: it needs a section 'simulators'")
    faults, wire = Faults(chosen.binance.seed), WireLog()

    def setup(name: str, limits: RateLimits) -> Setup:
        venue = settings.venues[name]
        key = ApiKey.create(
            venue.api_key.get_secret_value(), venue.api_secret.get_secret_value(), "main"
        )
        path = folder / f"{name.lower()}.jsonl"
        return Setup([key], _roomy(limits), path, faults, wire, now_ns)

    binance = chosen.binance
    served: list[Served] = []
    if SPOT_NAME in settings.venues:
        served.append(Served(build_spot(setup(SPOT_NAME, SPOT_LIMITS)), binance.spot_port))
    if FUTURES_NAME in settings.venues:
        futures = build_futures(setup(FUTURES_NAME, FUTURES_LIMITS))
        served.append(Served(futures, binance.futures_port))
    return Simulators(served, faults, wire, binance.seed, chosen.host), chosen.admin_port


def _roomy(limits: RateLimits) -> RateLimits:
    orders = tuple(replace(order, limit=PAPER_ORDERS) for order in limits.orders)
    return RateLimits(PAPER_WEIGHT_PER_MINUTE, orders)


if __name__ == "__main__":
    run_process("simulators", main)
