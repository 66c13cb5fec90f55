"""Bybit on the bench: linear is traded most, spot and inverse beside it."""

from tests.support.bench_spec import BenchSpec, End, Ends, How

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
    ends=Ends(
        post_only=End(How.REFUSED, "EC_PostOnlyWillTakeLiquidity: .*post-only"),
        reduce_only=End(How.REFUSED, "110017: .*reduce-only"),
    ),
    not_offered={
        "TRAILING_STOP_MARKET": "a trailing stop is a setting of a position there, not an order",
        "options": "its category of options is not served",
    },
    # The simulator has one exchange for all categories, in which symbols must differ.
    symbols={text: text.partition(".")[0] for text in _INSTRUMENTS},
)
