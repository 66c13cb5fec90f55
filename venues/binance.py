"""Binance spot and USDT-M futures: two venues, served by NautilusTrader.

`ws` serves market streams, `ws_api` is the full path of the WebSocket API, `ws_stream` serves the
user stream of futures; a missing one means Binance's own.
"""

from venues.registry import Venue

_CREDENTIALS = frozenset({"api_key", "api_secret"})
_URLS = frozenset({"http", "ws", "ws_api"})

VENUES = tuple(
    Venue(
        name=name,
        process="nautilus",
        host="venues.nautilus.live_engine:host",
        credentials=_CREDENTIALS,
        urls=_URLS,
        optional_urls=frozenset({"ws_stream"}),
    )
    for name in ("BINANCE_SPOT", "BINANCE_FUTURES")
)
