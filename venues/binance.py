"""Binance spot and USDT-M futures: two venues, served by NautilusTrader.

`ws` serves market streams, `ws_api` is the full path of the WebSocket API, `ws_stream` serves the
user stream of futures; a missing one means Binance's own.
"""

from venues.hosts import Hosts
from venues.registry import Venue

_CREDENTIALS = frozenset({"api_key", "api_secret"})
_URLS = frozenset({"http", "ws", "ws_api"})
_HOSTS = Hosts(
    live=(
        "api.binance.com",
        "api[1-4].binance.com",
        "api-gcp.binance.com",
        "stream.binance.com",
        "ws-api.binance.com",
        "fapi.binance.com",
        "fstream.binance.com",
        "ws-fapi.binance.com",
    ),
    test=(
        "testnet.binance.vision",
        "*.testnet.binance.vision",
        "demo-*.binance.com",
        "*.binancefuture.com",
    ),
)

VENUES = tuple(
    Venue(
        name=name,
        process="nautilus",
        host="venues.nautilus.live_engine:host",
        misled=_HOSTS.problems,
        credentials=_CREDENTIALS,
        urls=_URLS,
        optional_urls=frozenset({"ws_stream"}),
    )
    for name in ("BINANCE_SPOT", "BINANCE_FUTURES")
)
