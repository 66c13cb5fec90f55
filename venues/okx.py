"""OKX: spot and swaps in one account, served by NautilusTrader.

`http` is the REST base, `ws` the base of the three WebSockets (`…/ws/v5`). The environment DEMO is
OKX's demo trading: it has keys of its own, and WebSockets of its own (`wspap`).
"""

from venues.hosts import Hosts
from venues.registry import Venue

VENUE = Venue(
    name="OKX",
    process="nautilus",
    host="venues.nautilus.live_engine:host",
    misled=Hosts(
        live=("ws.okx.com", "wseea.okx.com", "wsus.okx.com"),
        test=("wspap.okx.com", "wseeapap.okx.com", "wsuspap.okx.com"),
        # One host for both: with any environment but LIVE each request says that it is simulated
        # trading, and OKX then refuses a live key.
        shared={"http": ("www.okx.com", "my.okx.com", "eea.okx.com", "app.okx.com", "us.okx.com")},
    ).problems,
    credentials=frozenset({"api_key", "api_secret", "passphrase"}),
    urls=frozenset({"http", "ws"}),
)
