"""OKX: spot and swaps in one account, served by NautilusTrader.

`http` is the REST base, `ws` the base of the three WebSockets (`…/ws/v5`). The environment DEMO is
OKX's demo trading: it has keys of its own, and WebSockets of its own (`wspap`).
"""

from venues.registry import Venue

VENUE = Venue(
    name="OKX",
    process="nautilus",
    host="venues.nautilus.live_engine:host",
    credentials=frozenset({"api_key", "api_secret", "passphrase"}),
    urls=frozenset({"http", "ws"}),
)
