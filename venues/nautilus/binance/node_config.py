"""What the node is told of one Binance account."""

from __future__ import annotations

from collections.abc import Collection

from nautilus_trader.adapters.binance.config import (
    BinanceDataClientConfig,
    BinanceExecClientConfig,
    BinanceInstrumentProviderConfig,
)
from nautilus_trader.model.identifiers import InstrumentId, Venue

from venues.nautilus.binance.settings import BinanceSettings


def data_client(settings: BinanceSettings, offered: Collection[str]) -> BinanceDataClientConfig:
    return BinanceDataClientConfig(
        venue=Venue(settings.venue),
        api_key=settings.api_key,
        api_secret=settings.api_secret,
        account_type=settings.account_type,
        environment=settings.environment,
        base_url_http=settings.url("http"),
        base_url_ws=settings.url("ws"),
        update_instruments_interval_mins=None,  # we do it ourselves, see `offer_keeper`
        instrument_provider=_instrument_provider(offered),
    )


def exec_client(settings: BinanceSettings, offered: Collection[str]) -> BinanceExecClientConfig:
    return BinanceExecClientConfig(
        venue=Venue(settings.venue),
        api_key=settings.api_key,
        api_secret=settings.api_secret,
        account_type=settings.account_type,
        environment=settings.environment,
        base_url_http=settings.url("http"),
        base_url_ws=settings.url("ws_api"),
        base_url_ws_stream=settings.url("ws_stream"),
        instrument_provider=_instrument_provider(offered),
        recv_window_ms=settings.recv_window_ms,
        max_retries=None,  # a retry inside the library could send an order twice
        log_rejected_due_post_only_as_warning=False,
    )


def _instrument_provider(offered: Collection[str]) -> BinanceInstrumentProviderConfig:
    return BinanceInstrumentProviderConfig(
        load_ids=frozenset(InstrumentId.from_str(text) for text in offered),
        # Otherwise futures fees come from a table inside the library.
        query_commission_rates=True,
    )
