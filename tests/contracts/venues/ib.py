"""Interactive Brokers on the bench."""

from datetime import timedelta

from tests.support.bench_spec import BenchSpec, End, Ends, How
from venues.simulators.cuts import Streams
from venues.simulators.ib.listings import FUTURE

_ENDED = End(How.EXPIRED, "202: Order Canceled")

BENCH = BenchSpec(
    venue="IB",
    instruments=("AAPL.IB", "MSFT.IB", f"{FUTURE}.IB", "EURUSD.IB"),
    credentials={},
    urls=lambda port: {"tws": f"tcp://127.0.0.1:{port}"},
    options={"client_id": "7", "account": "DU1234567"},
    market_fok=True,
    ends=Ends(ioc=_ENDED, fok=_ENDED, gtd=_ENDED),
    not_offered={"options": "contracts of type OPT are not served"},
    market_streams=Streams.ALL,  # one connection carries everything
    held_up_most=timedelta(seconds=1),  # TWS answers one after another, its signs of life too
)
