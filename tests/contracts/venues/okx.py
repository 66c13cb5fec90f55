"""OKX on the bench: spot and swaps in one account."""

from tests.support.venue_bench import BenchSpec

BENCH = BenchSpec(
    venue="OKX",
    instruments=("BTC-USDT.OKX", "BTC-USDT-SWAP.OKX", "ETH-USDT.OKX", "ETH-USDT-SWAP.OKX"),
    credentials={
        "api_key": "cards-okx-key",
        "api_secret": "cards-okx-secret",
        "passphrase": "cards-okx-passphrase",
    },
    urls=lambda port: {
        "http": f"http://127.0.0.1:{port}",
        "ws": f"ws://127.0.0.1:{port}/ws/v5",
    },
)
