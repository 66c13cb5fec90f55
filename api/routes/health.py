"""Health, for supervisors and load balancers; open, and silent about trading."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from fastapi import APIRouter

from api.errors import NotReady
from api.openapi import problems
from api.schemas.trading import Health
from api.services import Services

CHECK_BOUND_S = 2.0

logger = logging.getLogger(__name__)

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="Is the process alive?")
async def healthz() -> Health:
    """Always ok while the process can answer."""
    return Health()


@router.get("/readyz", summary="Can it take orders?", responses=problems(503))
async def readyz(services: Services) -> Health:
    """Ok if everything that an order needs can be reached; otherwise 503 names what cannot."""
    names = list(services.readiness)
    passed = await asyncio.gather(*(_passes(name, services.readiness[name]) for name in names))
    failed = [name for name, ok in zip(names, passed, strict=True) if not ok]
    if failed:
        raise NotReady(failed)
    return Health()


async def _passes(name: str, check: Callable[[], Awaitable[object]]) -> bool:
    try:
        async with asyncio.timeout(CHECK_BOUND_S):
            await check()
    except Exception as error:  # noqa: BLE001 - a check may fail in any way; it is reported
        logger.warning("not ready: %s: %r", name, error)
        return False
    return True
