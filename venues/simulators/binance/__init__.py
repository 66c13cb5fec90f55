"""The simulated Binance: spot and USDT-M futures, each a venue with a port of its own."""

from venues.simulators.venue import Simulator

SIMULATORS = (
    Simulator("BINANCE_SPOT", build="venues.simulators.binance.products:build_spot"),
    Simulator("BINANCE_FUTURES", build="venues.simulators.binance.products:build_futures"),
)
