"""What must hold between the parts of a profile: a profile in, a list of problems out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from config.certificates import is_key_of

if TYPE_CHECKING:
    from config.settings import Settings, VenueSettings

_HERE = ("127.0.0.1", "localhost")


class CheckFailed(ValueError):
    """The parts do not fit together; ``problems`` has one ``<JSON path>: <reason>`` each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


def problems_of(settings: Settings) -> list[str]:
    """Every contradiction in ``settings``; empty when there is none."""
    return [
        *_venues(settings),
        *_sizes(settings),
        *_strategies(settings),
        *_ports(settings),
        *_postgres(settings),
        *_temporal(settings),
        *_embedded(settings),
        *_MODES[settings.mode](settings),
    ]


def _venues(settings: Settings) -> Iterator[str]:
    for index, venue in enumerate(settings.trading.venues):
        if venue not in settings.venues:
            yield f"trading.venues[{index}]: {venue} has no entry under venues"
    yield from _repeated("trading.venues", settings.trading.venues)
    for venue, of_venue in settings.venues.items():
        path = f"venues.{venue}.instruments"
        for index, instrument in enumerate(of_venue.instruments):
            if instrument.rpartition(".")[2] != venue:
                yield f"{path}[{index}]: must end in .{venue} (got {instrument})"
        yield from _repeated(path, of_venue.instruments)
    # One process owns one account: two entries on one account would fight over its lease.
    accounts = tuple(of_venue.account_id for of_venue in settings.venues.values())
    yield from _repeated("venues.*.account_id", accounts)


def _sizes(settings: Settings) -> Iterator[str]:
    for venue in settings.trading.risk_limits.sizes_by_venue:
        if venue not in settings.venues:
            yield f"trading.risk_limits.sizes_by_venue.{venue}: has no entry under venues"


def _strategies(settings: Settings) -> Iterator[str]:
    known = settings.trading.strategies
    for index, key in enumerate(settings.api.keys):
        for strategy in key.strategies:
            if strategy != "*" and strategy not in known and "*" not in known:
                yield f"api.keys[{index}].strategies: {strategy} is not in trading.strategies"
    yield from _repeated("api.keys[*].name", tuple(key.name for key in settings.api.keys))
    secrets = Counter(key.key.get_secret_value() for key in settings.api.keys)
    if any(count > 1 for count in secrets.values()):
        yield "api.keys[*].key: two callers share one key; give each its own"
    service = settings.strategy_service
    if service is not None and service.api_key.get_secret_value() in secrets:
        yield "strategy_service.api_key: is also one of api.keys; give each caller its own"


def _ports(settings: Settings) -> Iterator[str]:
    """Ports that we open ourselves, on one machine, must differ."""
    ports = {"api.port": settings.api.port}
    if settings.database.postgres.embedded:
        ports["database.postgres.port"] = settings.database.postgres.port
    if settings.temporal.embedded:
        ports["temporal.address"] = settings.temporal.port
        ports["temporal.ui_port"] = settings.temporal.ui_port
    if settings.simulators is not None:
        ports["simulators.admin_port"] = settings.simulators.admin_port
        ports |= {f"simulators.ports.{v}": p for v, p in settings.simulators.ports.items()}
    if settings.bench is not None:
        ports |= {
            f"bench.bare_road_ports.{p}": n for p, n in settings.bench.bare_road_ports.items()
        }
    taken: dict[int, str] = {}
    for path, port in ports.items():
        if port in taken:
            yield f"{path}: port {port} is also that of {taken[port]}; give one of them another"
        taken.setdefault(port, path)


def _postgres(settings: Settings) -> Iterator[str]:
    postgres = settings.database.postgres
    if postgres.ssl_root_cert_file is not None and not postgres.verifies:
        yield (
            "database.postgres.ssl_root_cert_file: is for ssl verify-ca and verify-full only"
            f" (ssl is {postgres.ssl})"
        )
    if postgres.verifies and postgres.trusted_roots() is None:
        yield (
            "database.postgres.ssl_root_cert_file: this machine names no trusted authorities;"
            " give the file of those that signed the server's certificate"
        )


def _temporal(settings: Settings) -> Iterator[str]:
    if not 1 <= settings.temporal.port <= 65535:
        yield f"temporal.address: port must be from 1 to 65535 (got {settings.temporal.port})"
    tls = settings.temporal.tls
    if tls is None:
        return
    certificate, key = tls.client_cert_file, tls.client_key_file
    if (certificate is None) != (key is None):
        yield "temporal.tls: client_cert_file and client_key_file belong together; give both"
    if certificate and key and not is_key_of(key, certificate):
        yield (
            f"temporal.tls.client_key_file: {key} is not the private key (PEM, without a password)"
            f" of {certificate}"
        )


def _embedded(settings: Settings) -> Iterator[str]:
    """An engine of ours listens on this machine alone, without TLS, and never for real money.

    A host that a shell still names from another profile would lead every process to a database
    elsewhere, while the one that was started here stays empty.
    """
    postgres, temporal = settings.database.postgres, settings.temporal
    if settings.mode == "live":
        if postgres.embedded:
            yield "database.postgres.embedded: live mode needs a PostgreSQL of its own; set false"
        if temporal.embedded:
            yield "temporal.embedded: the dev server is not for live mode; set false"
        return
    if postgres.embedded:
        path = "database.postgres"
        yield from _not_here(f"{path}.host", postgres.host)
        if postgres.ssl != "disable":
            yield f"{path}.ssl: the embedded PostgreSQL speaks no TLS; set disable"
    if temporal.embedded:
        yield from _not_here("temporal.address", temporal.host)
        if temporal.tls is not None:
            yield "temporal.tls: the embedded Temporal speaks no TLS; set null"
        if temporal.api_key is not None:
            yield "temporal.api_key: the embedded Temporal asks for none; leave it out"


def _not_here(path: str, host: str) -> Iterator[str]:
    if host not in _HERE:
        yield (
            f"{path}: an embedded engine listens on 127.0.0.1 only; name that host, or set"
            f" embedded false to use {host}"
        )


def _paper(settings: Settings) -> Iterator[str]:
    if settings.simulators is None:
        yield "simulators: paper mode trades on the simulators; add this section"
        return
    for venue, of_venue in settings.venues.items():
        port = settings.simulators.ports.get(venue)
        if port is None:
            yield f"simulators.ports: {venue} needs a port for its simulator"
            continue
        for path, url in _urls(venue, of_venue):
            # This is what keeps a paper profile with real keys in it from trading real money: real
            # venues speak TLS or, as Interactive Brokers' gateway, listen on ports of their own.
            if urlsplit(url).scheme in ("https", "wss") or urlsplit(url).port != port:
                yield f"{path}: paper mode must use the simulator on port {port}, not {url}"


def _testnet(settings: Settings) -> Iterator[str]:
    yield from _real_venues(settings)
    for venue, of_venue in settings.venues.items():
        if of_venue.environment == "LIVE":
            yield f"venues.{venue}.environment: must be TESTNET or DEMO in testnet mode (got LIVE)"


def _live(settings: Settings) -> Iterator[str]:
    yield from _real_venues(settings)
    for venue, of_venue in settings.venues.items():
        if of_venue.environment != "LIVE":
            got = of_venue.environment
            yield f"venues.{venue}.environment: must be LIVE in live mode (got {got})"
    if not settings.api.keys:
        yield "api.keys: live mode needs at least one key; none is generated for it"


def _real_venues(settings: Settings) -> Iterator[str]:
    if settings.simulators is not None:
        yield f"simulators: must be null in {settings.mode} mode"
    if settings.bench is not None:
        yield f"bench: must be null in {settings.mode} mode; its orders would be real"
    for venue, of_venue in settings.venues.items():
        for path, url in _urls(venue, of_venue):
            if urlsplit(url).scheme in ("http", "ws"):
                yield f"{path}: must use https or wss in {settings.mode} mode (got {url})"


_MODES = {"paper": _paper, "testnet": _testnet, "live": _live}


def _urls(venue: str, of_venue: VenueSettings) -> Iterator[tuple[str, str]]:
    for name, url in of_venue.urls.items():
        yield f"venues.{venue}.urls.{name}", url


def _repeated(path: str, names: tuple[str, ...]) -> Iterator[str]:
    for name, count in Counter(names).items():
        if count > 1:
            yield f"{path}: {name} is named {count} times"
