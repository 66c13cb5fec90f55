"""Bybit: spot, linear and inverse contracts in one unified account, served by NautilusTrader.

`http` is the base of the REST API, `ws_public` ends in /v5/public (the product is appended),
`ws_private` in /v5/private. `ws_trade` may be named and is not used: orders go by REST, whose
replies carry the venue's codes, which the library's trade socket keeps to itself.
"""

from venues.registry import Venue

VENUE = Venue(
    name="BYBIT",
    process="nautilus",
    host="venues.nautilus.live_engine:host",
    credentials=frozenset({"api_key", "api_secret"}),
    urls=frozenset({"http", "ws_public", "ws_private"}),
    optional_urls=frozenset({"ws_trade"}),
)
