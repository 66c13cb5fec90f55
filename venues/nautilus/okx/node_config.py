"""What the node is told of one OKX account."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from nautilus_trader.adapters.okx.config import OKXDataClientConfig, OKXExecClientConfig
from nautilus_trader.config import InstrumentProviderConfig
from nautilus_trader.core.nautilus_pyo3 import (
    OKXEnvironment,
    OKXHttpClient,
    OKXInstrumentType,
    OKXMarginMode,
)

from venues.nautilus.okx.settings import OkxSettings, is_swap


def data_client(settings: OkxSettings, offered: Collection[str]) -> OKXDataClientConfig:
    return OKXDataClientConfig(
        base_url_ws=f"{settings.ws}/public",
        update_instruments_interval_mins=None,  # we do it ourselves, see `offer_keeper`
        **_common(settings, offered),
    )


def exec_client(settings: OkxSettings, offered: Collection[str]) -> OKXExecClientConfig:
    return OKXExecClientConfig(
        base_url_ws=f"{settings.ws}/private",
        margin_mode=OKXMarginMode.CROSS,
        **_common(settings, offered),
    )


def http_client(settings: OkxSettings) -> OKXHttpClient:
    """The library's own, which only asks for instruments."""
    return OKXHttpClient(
        api_key=settings.credential("api_key"),
        api_secret=settings.credential("api_secret"),
        api_passphrase=settings.credential("passphrase"),
        base_url=settings.http,
        environment=_environment(settings),
        timeout_secs=5,
        max_retries=1,
    )


def _environment(settings: OkxSettings) -> OKXEnvironment:
    return OKXEnvironment.DEMO if settings.is_demo else OKXEnvironment.LIVE


def _common(settings: OkxSettings, offered: Collection[str]) -> dict[str, Any]:
    swaps = {is_swap(text) for text in settings.instrument_ids}
    types = [OKXInstrumentType.SPOT] * (False in swaps) + [OKXInstrumentType.SWAP] * (True in swaps)
    return {
        "api_key": settings.credential("api_key"),
        "api_secret": settings.credential("api_secret"),
        "api_passphrase": settings.credential("passphrase"),
        "instrument_types": tuple(types),
        "environment": _environment(settings),
        "base_url_http": settings.http,
        "instrument_provider": InstrumentProviderConfig(load_ids=frozenset(offered)),
    }
