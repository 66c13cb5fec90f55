"""What the node is told of one OKX account."""

from __future__ import annotations

from typing import Any

from nautilus_trader.adapters.okx.config import OKXDataClientConfig, OKXExecClientConfig
from nautilus_trader.config import InstrumentProviderConfig
from nautilus_trader.core.nautilus_pyo3 import OKXEnvironment, OKXInstrumentType, OKXMarginMode

from venues.nautilus.okx.settings import OkxSettings, is_swap


def data_client(settings: OkxSettings) -> OKXDataClientConfig:
    return OKXDataClientConfig(base_url_ws=f"{settings.ws}/public", **_common(settings))


def exec_client(settings: OkxSettings) -> OKXExecClientConfig:
    return OKXExecClientConfig(
        base_url_ws=f"{settings.ws}/private", margin_mode=OKXMarginMode.CROSS, **_common(settings)
    )


def _common(settings: OkxSettings) -> dict[str, Any]:
    swaps = {is_swap(text) for text in settings.instrument_ids}
    types = [OKXInstrumentType.SPOT] * (False in swaps) + [OKXInstrumentType.SWAP] * (True in swaps)
    return {
        "api_key": settings.credential("api_key"),
        "api_secret": settings.credential("api_secret"),
        "api_passphrase": settings.credential("passphrase"),
        "instrument_types": tuple(types),
        "environment": OKXEnvironment.DEMO if settings.is_demo else OKXEnvironment.LIVE,
        "base_url_http": settings.http,
        "instrument_provider": InstrumentProviderConfig(
            load_ids=frozenset(settings.instrument_ids)
        ),
        # It only asks questions: start-up, instruments, reconciliation.
        "http_timeout_secs": 5,
        "max_retries": 1,
    }
