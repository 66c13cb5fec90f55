"""Interactive Brokers on the bench."""

from datetime import timedelta

from tests.support.venue_bench import BenchSpec

BENCH = BenchSpec(
    venue="IB",
    instruments=("AAPL.IB", "MSFT.IB", "ESM7.IB", "EURUSD.IB"),
    credentials={},
    urls=lambda port: {"tws": f"tcp://127.0.0.1:{port}"},
    options={"client_id": "7", "account": "DU1234567"},
    held_up_most=timedelta(seconds=1),  # TWS answers one after another, its signs of life too
)
