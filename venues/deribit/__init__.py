"""Deribit: perpetuals, dated futures and options, in a process of its own (ccxt is heavy)."""

from venues.hosts import Hosts
from venues.registry import Venue

VENUE = Venue(
    name="DERIBIT",
    process="deribit",
    host="venues.deribit.host:host",
    misled=Hosts(live=("www.deribit.com",), test=("test.deribit.com",)).problems,
    credentials=frozenset({"client_id", "client_secret"}),
    urls=frozenset({"http", "ws"}),
)
