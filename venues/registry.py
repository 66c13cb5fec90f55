"""Which venues there are. A venue is a module of this package that says `VENUE = Venue(...)`, or
`VENUES` where it offers several; nothing else has to be told of it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import venues
from venues.port import VenueHost


@dataclass(frozen=True, slots=True)
class VenueAccountConfig:
    """One account at one venue, as its adapter gets it. Plain values; nobody here reads settings.

    The names in `credentials`, `urls` and `options` are those that the venue's `Venue` declares.
    """

    venue: str
    account_id: str
    instrument_ids: tuple[str, ...]
    credentials: Mapping[str, str] = field(repr=False)
    urls: Mapping[str, str]
    options: Mapping[str, str] = field(default_factory=dict)
    environment: str = "LIVE"


@dataclass(frozen=True, slots=True)
class Venue:
    """What a venue needs to be told, and who serves it.

    Venues with the same `process` share one worker process, and `host` (as "module:function",
    imported only there, because client libraries are heavy) makes their common VenueHost from
    their configurations. `misled` tells what leads elsewhere than the environment of the
    configuration says; it is asked wherever the venues are real.
    """

    name: str
    process: str
    host: str
    misled: Callable[[VenueAccountConfig], Iterator[str]]
    credentials: frozenset[str]
    urls: frozenset[str]
    optional_urls: frozenset[str] = frozenset()
    options: frozenset[str] = frozenset()

    @property
    def is_nautilus(self) -> bool:
        """Whether NautilusTrader serves it."""
        return self.host.startswith("venues.nautilus.")

    def problems(self, config: VenueAccountConfig) -> Iterator[str]:
        """What is missing in the configuration, or not meant for this venue; one text each."""
        given = (
            ("credentials", config.credentials, self.credentials, self.credentials),
            ("urls", config.urls, self.urls, self.urls | self.optional_urls),
            ("options", config.options, frozenset[str](), self.options),
        )
        for section, values, needed, known in given:
            for name in sorted(needed - values.keys()):
                yield f"{section}: {self.name} needs {name!r}"
            for name in sorted(values.keys() - known):
                yield f"{section}: {self.name} has no {name!r}; known are {sorted(known)}"


@cache
def known_venues() -> Mapping[str, Venue]:
    """All venues by name. Client libraries are not imported."""
    found: dict[str, Venue] = {}
    for module in pkgutil.iter_modules(venues.__path__):
        loaded = importlib.import_module(f"venues.{module.name}")
        declared: Sequence[Venue] = getattr(loaded, "VENUES", ())
        if hasattr(loaded, "VENUE"):
            declared = (*declared, loaded.VENUE)
        for venue in declared:
            if venue.name in found:
                raise ValueError(f"two modules declare the venue {venue.name}")
            found[venue.name] = venue
    return found


def make_host(configs: Sequence[VenueAccountConfig]) -> VenueHost:
    """The host of one process; all the configurations are of venues that share it."""
    venue = known_venues()[configs[0].venue]
    module, _, function = venue.host.partition(":")
    make: Callable[[Sequence[VenueAccountConfig]], VenueHost]
    make = getattr(importlib.import_module(module), function)
    return make(configs)
