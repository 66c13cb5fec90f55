"""Deribit on the bench."""

from decimal import Decimal

from tests.support.bench_spec import BenchSpec, End, Ends, How
from venues.simulators.deribit.instruments import FUTURE, OPTION

BENCH = BenchSpec(
    venue="DERIBIT",
    instruments=(
        "BTC-PERPETUAL.DERIBIT",
        "ETH-PERPETUAL.DERIBIT",
        f"{FUTURE}.DERIBIT",
        f"{OPTION}.DERIBIT",
    ),
    credentials={"client_id": "cards-id", "client_secret": "cards-secret"},
    market_fok=True,
    ends=Ends(
        post_only=End(How.REFUSED, "11054: post_only_reject"),
        reduce_only=End(How.REFUSED, "11030: .*reduce_only_order_would_not_reduce"),
    ),
    display_least=Decimal(1000),
    urls=lambda port: {
        "http": f"http://127.0.0.1:{port}",
        "ws": f"ws://127.0.0.1:{port}/ws/api/v2",
    },
)
