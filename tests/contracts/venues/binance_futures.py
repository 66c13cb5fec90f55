"""Binance USDT-M futures on the bench."""

from tests.support.venue_bench import BenchSpec

BENCH = BenchSpec(
    venue="BINANCE_FUTURES",
    instruments=("BTCUSDT-PERP.BINANCE_FUTURES", "ETHUSDT-PERP.BINANCE_FUTURES"),
    credentials={"api_key": "cards-futures-key", "api_secret": "cards-futures-secret"},
    urls=lambda port: {
        "http": f"http://127.0.0.1:{port}",
        "ws": f"ws://127.0.0.1:{port}",
        "ws_api": f"ws://127.0.0.1:{port}/ws-fapi/v1",
        "ws_stream": f"ws://127.0.0.1:{port}",
    },
)
