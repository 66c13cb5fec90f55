"""OKX on the bench: spot and swaps in one account."""

from tests.support.bench_spec import BenchSpec, End, Ends, How

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
    ends=Ends(
        post_only=End(How.REFUSED, "31: Post-only"),
        reduce_only=End(How.REFUSED, "51169: .*positions .*to reduce or close"),
    ),
    not_offered={
        "display quantity": "an iceberg is an algorithm there that sends orders of its own",
        "options": "its instrument type of options is not served",
    },
)
