"""Interactive Brokers: stocks, futures and forex through TWS or IB Gateway, served by ib_async.

`tws` is where TWS or the gateway listens, e.g. tcp://127.0.0.1:7497 (paper) or 4002 (its gateway).
Option `client_id` (1 by default) must be this process's alone: it goes with the lease of the
account, since only the client that placed an order may change it. Option `account` names the IB
account; it may be left out where the login has one.
"""

from venues.registry import Venue

VENUE = Venue(
    name="IB",
    process="interactive_brokers",
    host="venues.interactive_brokers.host:host",
    credentials=frozenset(),
    urls=frozenset({"tws"}),
    options=frozenset({"client_id", "account"}),
)
