"""Which simulated venues there are. One is a package of this package that says
``SIMULATORS = (Simulator(...),)``; nothing else has to be told of it."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache

import venues.simulators
from venues.simulators.venue import Setup, SimulatedVenue, Simulator


@cache
def known_simulators() -> Mapping[str, Simulator]:
    """All simulated venues by the names of the venues that they play."""
    found: dict[str, Simulator] = {}
    for module in pkgutil.iter_modules(venues.simulators.__path__):
        if not module.ispkg:
            continue
        loaded = importlib.import_module(f"venues.simulators.{module.name}")
        declared: tuple[Simulator, ...] = getattr(loaded, "SIMULATORS", ())
        for simulator in declared:
            if simulator.name in found:
                raise ValueError(f"two packages declare a simulator of {simulator.name}")
            found[simulator.name] = simulator
    return found


def build_simulator(name: str, setup: Setup) -> SimulatedVenue:
    """A simulated venue, ready to listen; raises KeyError for a venue that nobody simulates."""
    simulators = known_simulators()
    if name not in simulators:
        raise KeyError(f"nobody simulates the venue {name!r}; there are {sorted(simulators)}")
    module, _, function = simulators[name].build.partition(":")
    build: Callable[[Setup], SimulatedVenue]
    build = getattr(importlib.import_module(module), function)
    return build(setup)
