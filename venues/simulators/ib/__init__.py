"""Interactive Brokers: the TWS socket protocol at server version 178."""

from venues.simulators.venue import Simulator

SIMULATORS = (Simulator(name="IB", build="venues.simulators.ib.venue:build"),)
