"""Bybit on the bench: linear is traded most, spot and inverse beside it."""

from tests.support.venue_bench import BenchSpec

_INSTRUMENTS = (
    "BTCUSDT-LINEAR.BYBIT",
    "ETHUSDT-LINEAR.BYBIT",
    "BTCUSDT-SPOT.BYBIT",
    "ETHUSDT-SPOT.BYBIT",
    "BTCUSD-INVERSE.BYBIT",
)

BENCH = BenchSpec(
    venue="BYBIT",
    instruments=_INSTRUMENTS,
    credentials={"api_key": "cards-bybit-key", "api_secret": "cards-bybit-secret"},
    urls=lambda port: {
        "http": f"http://127.0.0.1:{port}",
        "ws_public": f"ws://127.0.0.1:{port}/v5/public",
        "ws_private": f"ws://127.0.0.1:{port}/v5/private",
        "ws_trade": f"ws://127.0.0.1:{port}/v5/trade",
    },
    # The simulator has one exchange for all categories, in which symbols must differ.
    symbols={text: text.partition(".")[0] for text in _INSTRUMENTS},
)
