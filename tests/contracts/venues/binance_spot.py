"""Binance spot on the bench."""

from tests.support.bench_spec import BenchSpec, End, Ends, How

BENCH = BenchSpec(
    venue="BINANCE_SPOT",
    instruments=("BTCUSDT.BINANCE_SPOT", "ETHUSDT.BINANCE_SPOT"),
    credentials={"api_key": "cards-spot-key", "api_secret": "cards-spot-secret"},
    urls=lambda port: {
        "http": f"http://127.0.0.1:{port}",
        "ws": f"ws://127.0.0.1:{port}",
        "ws_api": f"ws://127.0.0.1:{port}/ws-api/v3",
    },
    ends=Ends(post_only=End(How.REFUSED, "-2010: .*immediately match and take")),
)
