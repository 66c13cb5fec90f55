"""Deribit v2: JSON-RPC over HTTP GET, HTTP POST and WebSocket, on one port."""

from venues.simulators.venue import Simulator

SIMULATORS = (Simulator(name="DERIBIT", build="venues.simulators.deribit.venue:build"),)
