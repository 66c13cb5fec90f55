"""The simulated Bybit: API v5, one unified account over spot, linear and inverse contracts."""

from venues.simulators.venue import Simulator

SIMULATORS = (Simulator(name="BYBIT", build="venues.simulators.bybit.venue:build"),)
