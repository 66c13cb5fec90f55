"""The venues that NautilusTrader serves, behind our port. The only package that imports it live.

How to wire it, inside the running loop:

    engine = LiveEngine(configs, trader_id="ODUM-001", start_timeout=timedelta(seconds=15))
    await engine.start()                    # returns when trading is possible, retries until then
    adapters = engine.adapters              # Mapping[venue, NautilusAdapter], fixed for its life
    outcome = await engine.execute_order(order)     # or adapters[order.venue].submit_order(order)
    async for event in adapters["BINANCE_SPOT"].events(): ...    # one consumer per adapter
    async for quote in adapters["BINANCE_SPOT"].quotes(): ...    # one consumer per adapter
    await engine.stop()                     # working orders stay at the venue

`adapters` can be used before `start` returns: commands then answer Unknown (nothing was sent) and
queries raise VenueUnreachable. Events are told at least once: book fills by their unique key.
`StreamRestored` means: pull `fills_since` and the open orders. The node is never yours to stop; it
installs no signal handler, so the process keeps its own.
"""

from venues.nautilus.adapter import NautilusAdapter
from venues.nautilus.config import NautilusVenueConfig, Product
from venues.nautilus.live_engine import LiveEngine

__all__ = ["LiveEngine", "NautilusAdapter", "NautilusVenueConfig", "Product"]
