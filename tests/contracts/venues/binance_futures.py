"""Binance USDT-M futures on the bench."""

from datetime import timedelta

from tests.support.bench_spec import BenchSpec, End, Ends, How

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
    ends=Ends(
        fok=End(How.REFUSED, "-5021: .*FOK"),
        gtd=End(How.EXPIRED),
        post_only=End(How.REFUSED, "-5022: .*Post Only"),
        reduce_only=End(How.REFUSED, "-2022: ReduceOnly"),
    ),
    gtd_life=timedelta(minutes=11),
)
