"""Interactive Brokers: stocks, futures and forex through TWS or IB Gateway, served by ib_async.

`tws` is where TWS or the gateway listens, e.g. tcp://127.0.0.1:7497 (paper) or 4002 (its gateway).
Option `client_id` (1 by default) must be this process's alone: it goes with the lease of the
account, since only the client that placed an order may change it. Option `account` names the IB
account; on a simulator it may be left out where the login has one. Option `messages_per_s` (50) is
for who has more market data lines than everybody, or a TWS that does not count.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from venues.registry import Venue, VenueAccountConfig

# The ports that TWS and IB Gateway propose for a login of each kind.
_LIVE_PORTS, _PAPER_PORTS = (7496, 4001), (7497, 4002)


def _misled(config: VenueAccountConfig) -> Iterator[str]:
    """TWS runs on any host and takes either login; what tells them apart is the account's number:
    IB's paper accounts begin with D (DU, of an advisor DF), and no other does."""
    environment = config.environment
    is_live = environment == "LIVE"
    account = config.options.get("account", "")
    if not account:
        yield f"options: IB needs 'account', the number of the {environment} account"
    elif account.startswith("D") == is_live:
        kind = "a paper" if is_live else "no paper"
        yield f"options.account: {account} is {kind} account; the environment is {environment}"
    port = urlsplit(config.urls["tws"]).port
    if port in (_PAPER_PORTS if is_live else _LIVE_PORTS):
        kind = "paper" if is_live else "live"
        yield f"urls.tws: {port} is the port of a {kind} login; the environment is {environment}"


VENUE = Venue(
    name="IB",
    process="interactive_brokers",
    host="venues.interactive_brokers.host:host",
    misled=_misled,
    credentials=frozenset(),
    urls=frozenset({"tws"}),
    options=frozenset({"client_id", "account", "messages_per_s"}),
)
