"""A profile as our processes use it: read, checked against the venues that there are, and turned
into what the venues' adapters are built from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from config import ConfigError, Settings, load_settings
from config.settings import VenueSettings
from venues.registry import VenueAccountConfig, known_venues
from workers.process_names import RESERVED


def load_profile(path: Path, env: Mapping[str, str]) -> Settings:
    """The settings of this file. Raises ConfigError with everything that is wrong with it."""
    settings = load_settings(path, env)
    if problems := list(_unknown_venues(settings)) or list(_venue_problems(settings)):
        raise ConfigError(str(path), problems)
    return settings


def process_of(settings: Settings, venue: str) -> str:
    """The worker process that serves the venue."""
    return settings.venues[venue].process or known_venues()[venue].process


def processes_of(settings: Settings) -> dict[str, list[VenueAccountConfig]]:
    """The traded venues by the worker process that serves them, in the profile's order."""
    processes: dict[str, list[VenueAccountConfig]] = {}
    for name in settings.trading.venues:
        config = _account_config(name, settings.venues[name])
        processes.setdefault(process_of(settings, name), []).append(config)
    return processes


def known_processes(settings: Settings) -> list[str]:
    """Every worker process that a venue can have: the venues' own, and those of this profile."""
    own = {venue.process for venue in known_venues().values()}
    return sorted(own | processes_of(settings).keys())


def nautilus_venues(settings: Settings) -> frozenset[str]:
    """The traded venues that NautilusTrader serves."""
    return frozenset(name for name in settings.trading.venues if known_venues()[name].is_nautilus)


def _unknown_venues(settings: Settings) -> Iterator[str]:
    names = ", ".join(sorted(known_venues()))
    for name in settings.venues.keys() - known_venues().keys():
        yield f"venues.{name}: there is no such venue; known are {names}"


def _venue_problems(settings: Settings) -> Iterator[str]:
    for name, venue in settings.venues.items():
        known, config = known_venues()[name], _account_config(name, venue)
        incomplete = list(known.problems(config))
        # In paper mode all URLs lead to our own simulators: `config.checks` sees to that.
        misled = () if incomplete or settings.mode == "paper" else known.misled(config)
        for problem in (*incomplete, *misled):
            yield f"venues.{name}.{problem}"
        if venue.process in RESERVED:
            taken = f"{venue.process} is a process of the stack itself"
            yield f"venues.{name}.process: {taken}; name another"
    for process, configs in processes_of(settings).items():
        hosts = {known_venues()[config.venue].host for config in configs}
        if len(hosts) > 1:
            names = ", ".join(config.venue for config in configs)
            yield f"venues.*.process: {names} cannot share the process {process}"
    if settings.bench is not None:
        yield from _bench_problems(settings.bench.bare_road_ports, list(processes_of(settings)))


def _bench_problems(ports: Mapping[str, int], processes: Sequence[str]) -> Iterator[str]:
    for name in sorted(ports.keys() - set(processes)):
        yield f"bench.bare_road_ports.{name}: there is no such process; known are {processes}"


def _account_config(name: str, venue: VenueSettings) -> VenueAccountConfig:
    return VenueAccountConfig(
        venue=name,
        account_id=venue.account_id,
        instrument_ids=venue.instruments,
        credentials={key: value.get_secret_value() for key, value in venue.credentials.items()},
        urls=venue.urls,
        options=venue.options,
        environment=venue.environment,
    )
