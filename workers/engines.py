"""Connect a process to the two engines, waiting for them while they start."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
)
from temporalio.client import Client, GrpcCompression
from temporalio.service import RetryConfig, RPCError, RPCStatusCode, TLSConfig

from config.settings import TemporalSettings, TemporalTlsSettings
from workers.payloads import DATA_CONVERTER
from workers.search_attributes import SEARCH_ATTRIBUTES

logger = logging.getLogger(__name__)

_POLL_S = 0.05
_SAY_SO_AFTER_S = 5.0

# An activity's answer that cannot be delivered is lost work: keep trying over a server's restart.
_RETRIES = RetryConfig(
    initial_interval_millis=50, max_interval_millis=2_000, max_elapsed_time_millis=30_000
)

POSTGRES_AWAY = (OSError, asyncpg.CannotConnectNowError, asyncpg.InvalidCatalogNameError)
TEMPORAL_AWAY = (RuntimeError, RPCError)

_FOR_ADMINISTRATORS = (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNIMPLEMENTED)


async def once_up[T](
    engine: str, attempt: Callable[[], Awaitable[T]], away: tuple[type[Exception], ...]
) -> T:
    """The result of `attempt` as soon as it does not fail with one of `away`."""
    loop = asyncio.get_running_loop()
    said_at = loop.time()
    while True:
        try:
            return await attempt()
        except away as error:
            if loop.time() - said_at > _SAY_SO_AFTER_S:
                said_at = loop.time()
                logger.warning("waiting for %s: %s", engine, error)
            await asyncio.sleep(_POLL_S)


async def connect_temporal(settings: TemporalSettings) -> Client:
    """A connected client with our data converter. Waits until the server answers."""

    async def attempt() -> Client:
        return await Client.connect(
            settings.address,
            namespace=settings.namespace,
            data_converter=DATA_CONVERTER,
            tls=_tls(settings.tls),
            api_key=settings.api_key.get_secret_value() if settings.api_key else None,
            grpc_compression=GrpcCompression.NONE,
            retry_config=_RETRIES,
        )

    return await once_up(f"Temporal at {settings.address}", attempt, TEMPORAL_AWAY)


async def register_search_attributes(client: Client) -> None:
    """Add those of our search attributes that the namespace does not have yet.

    Waits for a server that is away. One that keeps such work to its administrators (an authorizer,
    Temporal Cloud) is trusted to have them: they are named in the log, for whoever must add them.
    """

    async def attempt() -> None:
        try:
            await _add_missing(client)
        except RPCError as error:
            if error.status not in _FOR_ADMINISTRATORS:
                raise
            named = ", ".join(f"{name} ({kind})" for name, kind in SEARCH_ATTRIBUTES.items())
            logger.warning(
                "the Temporal server does not let us look after search attributes (%s); the "
                "namespace %s must have %s",
                error,
                client.namespace,
                named,
            )

    await once_up("Temporal", attempt, TEMPORAL_AWAY)


async def _add_missing(client: Client) -> None:
    known = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    missing = {
        name: IndexedValueType.Value(f"INDEXED_VALUE_TYPE_{kind.upper()}")
        for name, kind in SEARCH_ATTRIBUTES.items()
        if name not in known.custom_attributes
    }
    if missing:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing)
        )


def _tls(settings: TemporalTlsSettings | None) -> TLSConfig | None:
    if settings is None:
        return None
    return TLSConfig(
        server_root_ca_cert=_read(settings.server_root_ca_cert_file),
        client_cert=_read(settings.client_cert_file),
        client_private_key=_read(settings.client_key_file),
        domain=settings.domain,
    )


def _read(path: str | None) -> bytes | None:
    return Path(path).read_bytes() if path else None
