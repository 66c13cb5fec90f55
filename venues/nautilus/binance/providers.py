"""The library's instrument providers, of which a word that they do not know ends nothing.

They read all of exchangeInfo, strictly: a new status of a symbol that nobody here trades, or a new
kind of filter, and no instrument could be had at all.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec
from nautilus_trader.adapters.binance.futures.http.market import BinanceFuturesMarketHttpAPI
from nautilus_trader.adapters.binance.futures.providers import BinanceFuturesInstrumentProvider
from nautilus_trader.adapters.binance.futures.schemas.market import BinanceFuturesExchangeInfo
from nautilus_trader.adapters.binance.spot.http.market import BinanceSpotMarketHttpAPI
from nautilus_trader.adapters.binance.spot.providers import BinanceSpotInstrumentProvider
from nautilus_trader.adapters.binance.spot.schemas.market import BinanceSpotExchangeInfo
from nautilus_trader.core.nautilus_pyo3 import HttpMethod

from venues.nautilus.binance.http import MeteredHttp
from venues.nautilus.binance.paths import PATHS
from venues.nautilus.binance.settings import BinanceSettings, Product
from venues.nautilus.binance.symbols import symbol_of, symbols_text

_FILTERS = frozenset({"PRICE_FILTER", "LOT_SIZE", "MIN_NOTIONAL", "NOTIONAL"})


class _SpotMarket(BinanceSpotMarketHttpAPI):
    http: MeteredHttp

    async def query_spot_exchange_info(
        self, symbol: object = None, symbols: Any = None, permissions: object = None
    ) -> BinanceSpotExchangeInfo:
        wanted = {"symbols": symbols_text(symbols)}
        raw = await self.http.send_request(
            HttpMethod.GET, PATHS[Product.SPOT].exchange_info, wanted
        )
        return msgspec.json.decode(narrowed(raw, symbols), type=BinanceSpotExchangeInfo)


class _FuturesMarket(BinanceFuturesMarketHttpAPI):
    http: MeteredHttp
    wanted: Collection[str]

    async def query_futures_exchange_info(self) -> BinanceFuturesExchangeInfo:
        path = PATHS[Product.USDT_FUTURES].exchange_info
        raw = await self.http.send_request(HttpMethod.GET, path)
        return msgspec.json.decode(narrowed(raw, self.wanted), type=BinanceFuturesExchangeInfo)


def instrument_provider(
    settings: BinanceSettings, http: MeteredHttp, **parts: Any
) -> BinanceSpotInstrumentProvider | BinanceFuturesInstrumentProvider:
    """The product's, as the library's factory would make it."""
    kind = settings.account_type
    if settings.product is Product.SPOT:
        spot = BinanceSpotInstrumentProvider(
            client=http, account_type=kind, environment=settings.environment, **parts
        )
        listed = spot._http_market = _SpotMarket(http, kind)  # noqa: SLF001
        listed.http = http
        return spot
    futures = BinanceFuturesInstrumentProvider(client=http, account_type=kind, **parts)
    market = futures._http_market = _FuturesMarket(http, kind)  # noqa: SLF001
    market.http, market.wanted = http, {symbol_of(text) for text in settings.instrument_ids}
    return futures


def narrowed(raw: bytes, symbols: Collection[str]) -> bytes:
    """Of these symbols what an instrument is made from, and nothing else."""
    told = msgspec.json.decode(raw)
    rows = [row for row in told["symbols"] if row["symbol"] in symbols]
    for row in rows:
        row["filters"] = [one for one in row["filters"] if one["filterType"] in _FILTERS]
        row["orderTypes"], row["timeInForce"] = [], []
        if "contractType" in row:
            del row["status"]  # `offered` has looked at it
    empty: dict[str, list[Any]] = {"rateLimits": [], "exchangeFilters": []}
    return msgspec.json.encode({**told, **empty, "assets": None, "symbols": rows})
