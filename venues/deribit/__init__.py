"""Deribit: perpetuals, dated futures and options, in a process of its own (ccxt is heavy)."""

from venues.registry import Venue

VENUE = Venue(
    name="DERIBIT",
    process="deribit",
    host="venues.deribit.host:host",
    credentials=frozenset({"client_id", "client_secret"}),
    urls=frozenset({"http", "ws"}),
)
