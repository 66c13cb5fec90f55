"""Bybit: spot, linear and inverse contracts in one unified account, served by NautilusTrader.

`http` is the base of the REST API, `ws_public` ends in /v5/public (the product is appended),
`ws_private` in /v5/private. `ws_trade` may be named and is not used: orders go by REST, whose
replies carry the venue's codes, which the library's trade socket keeps to itself.
"""

from venues.hosts import Hosts
from venues.registry import Venue

# Some countries have hosts of their own: v5, Integration Guidance.
_LIVE = (
    "bybit.com",
    "bytick.com",
    "bybit.nl",
    "bybit-tr.com",
    "bybit.kz",
    "bybitgeorgia.ge",
    "bybit.ae",
    "bybit.eu",
    "bybit.id",
)

VENUE = Venue(
    name="BYBIT",
    process="nautilus",
    host="venues.nautilus.live_engine:host",
    misled=Hosts(
        live=tuple(f"{kind}.{domain}" for domain in _LIVE for kind in ("api", "stream")),
        test=tuple(
            f"{kind}-{place}.bybit.com"
            for place in ("testnet", "demo")
            for kind in ("api", "stream")
        ),
        # Demo trading follows the real market.
        shared={"ws_public": ("stream.bybit.com",)},
    ).problems,
    credentials=frozenset({"api_key", "api_secret"}),
    urls=frozenset({"http", "ws_public", "ws_private"}),
    optional_urls=frozenset({"ws_trade"}),
)
