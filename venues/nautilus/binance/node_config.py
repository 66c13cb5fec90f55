"""What the node is told of one Binance account."""

from __future__ import annotations

from nautilus_trader.adapters.binance.config import (
    BinanceDataClientConfig,
    BinanceExecClientConfig,
    BinanceInstrumentProviderConfig,
)
from nautilus_trader.model.identifiers import InstrumentId, Venue

from venues.nautilus.binance.settings import BinanceSettings


def data_client(settings: BinanceSettings) -> BinanceDataClientConfig:
    return BinanceDataClientConfig(
        venue=Venue(settings.venue),
        api_key=settings.api_key,
        api_secret=settings.api_secret,
        account_type=settings.account_type,
        environment=settings.environment,
        base_url_http=settings.url("http"),
        base_url_ws=settings.url("ws"),
        instrument_provider=_instrument_provider(settings),
    )


def exec_client(settings: BinanceSettings) -> BinanceExecClientConfig:
    return BinanceExecClientConfig(
        venue=Venue(settings.venue),
        api_key=settings.api_key,
        api_secret=settings.api_secret,
        account_type=settings.account_type,
        environment=settings.environment,
        base_url_http=settings.url("http"),
        base_url_ws=settings.url("ws_api"),
        base_url_ws_stream=settings.url("ws_stream"),
        instrument_provider=_instrument_provider(settings),
        recv_window_ms=round(settings.recv_window.total_seconds() * 1000),
        max_retries=None,  # a retry inside the library could send an order twice
        log_rejected_due_post_only_as_warning=False,
    )


def _instrument_provider(settings: BinanceSettings) -> BinanceInstrumentProviderConfig:
    return BinanceInstrumentProviderConfig(
        load_ids=frozenset(InstrumentId.from_str(text) for text in settings.instrument_ids),
        # Otherwise futures fees come from a table inside the library.
        query_commission_rates=True,
    )
