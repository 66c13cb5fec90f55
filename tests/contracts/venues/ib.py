"""Interactive Brokers on the bench."""

from tests.support.venue_bench import BenchSpec

BENCH = BenchSpec(
    venue="IB",
    instruments=("AAPL.IB", "MSFT.IB", "ESM7.IB", "EURUSD.IB"),
    credentials={},
    urls=lambda port: {"tws": f"tcp://127.0.0.1:{port}"},
    options={"client_id": "7", "account": "DU1234567"},
)
