"""The simulated OKX v5: spot and swaps in one account, HTTP and WebSockets on one port."""

from venues.simulators.venue import Simulator

SIMULATORS = (Simulator("OKX", build="venues.simulators.okx.venue:build"),)
