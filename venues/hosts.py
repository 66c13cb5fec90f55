"""Which hosts of a venue trade real money, and which do not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from venues.registry import VenueAccountConfig


@dataclass(frozen=True, slots=True)
class Hosts:
    """Host names of a venue, by environment; `*` and `?` as in names of files.

    `shared` names, by URL, those that serve both: they tell the market only, or the account itself
    is of one kind.
    """

    live: tuple[str, ...]
    test: tuple[str, ...]
    shared: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def problems(self, config: VenueAccountConfig) -> Iterator[str]:
        """Each URL that leads elsewhere than the environment says. A word in a profile must not be
        all that stands between an order and real money."""
        here = self.live if config.environment == "LIVE" else self.test
        for name, url in config.urls.items():
            host = urlsplit(url).hostname or ""
            known = (*here, *self.shared.get(name, ()))
            if not any(fnmatchcase(host, pattern) for pattern in known):
                yield (
                    f"urls.{name}: {host} is no {config.environment} host of {config.venue};"
                    f" known are {', '.join(known)}"
                )
