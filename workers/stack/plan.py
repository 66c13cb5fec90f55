"""From a profile to the processes, ports and addresses of its stack. Nothing is started here."""

import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

from config.settings import PostgresSettings, Settings, TemporalSettings
from workers.home import (
    CONFIG_VARIABLE,
    HOME_VARIABLE,
    PROJECT_ROOT,
    log_file,
    ready_file,
)
from workers.process_names import GATEWAY, POSTGRES, SIMULATORS, TEMPORAL
from workers.profile import processes_of
from workers.stack.embedded_postgres import EmbeddedPostgres
from workers.stack.embedded_temporal import EmbeddedTemporal
from workers.stack.ports import Port
from workers.stack.probes import accepts_connections, http_ok
from workers.stack.processes import ProcessSpec

_ENGINE_STOP_TIMEOUT_S = 15.0

# A server that listens on all addresses is reached on the loopback one of the same kind.
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}

# The server's heap is small, so collecting it less often costs little memory and saves CPU time.
TEMPORAL_GOGC = "300"


@dataclass(frozen=True, slots=True)
class Remote:
    """An engine that runs elsewhere: waited for, never started or stopped."""

    name: str
    address: str
    probe: Callable[[], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Plan:
    """What one `up` runs, in the order it is shown. `generates_key`: the profile names no keys of
    the API, so the state folder keeps one."""

    mode: str
    home: Path
    processes: tuple[ProcessSpec, ...]
    remotes: tuple[Remote, ...]
    ports: tuple[Port, ...]
    urls: dict[str, str]
    generates_key: bool = False


def make_plan(
    settings: Settings, home: Path, config: Path, without: frozenset[str] = frozenset()
) -> Plan:
    """The stack of this profile, except the processes named in `without`."""
    processes: list[ProcessSpec] = []
    remotes: list[Remote] = []
    ports: list[Port] = []
    urls: dict[str, str] = {}
    env = {HOME_VARIABLE: str(home), CONFIG_VARIABLE: str(config)}

    database, temporal = settings.database.postgres, settings.temporal
    if not database.embedded:
        remotes.append(_remote(POSTGRES, database.host, database.port))
    elif POSTGRES not in without:
        processes.append(postgres_process(_embedded_postgres(database, home), home))
        ports.append(Port(database.port, "PostgreSQL", "ODUM_POSTGRES_PORT"))

    if not temporal.embedded:
        remotes.append(_remote(TEMPORAL, temporal.host, temporal.port))
    elif TEMPORAL not in without:
        server = _embedded_temporal(temporal, home)
        processes.append(temporal_process(server, home))
        ports.append(Port(server.port, "Temporal", "ODUM_TEMPORAL_PORT"))
        ports.append(Port(server.ui_port, "Temporal UI", "ODUM_TEMPORAL_UI_PORT"))
        urls["temporal_ui"] = server.ui_url

    if settings.simulators and SIMULATORS not in without:
        simulators = settings.simulators
        processes.append(_ours(SIMULATORS, home, env, needs=()))
        ports.append(
            Port(
                simulators.admin_port,
                "the simulators' admin",
                "ODUM_SIM_ADMIN_PORT",
                simulators.host,
            )
        )
        ports += [
            Port(number, f"the simulated {venue}", f"ODUM_SIM_{venue}_PORT", simulators.host)
            for venue, number in simulators.ports.items()
        ]
        urls["simulators_admin"] = _url(simulators.host, simulators.admin_port)

    known = {process.name for process in processes} | {remote.name for remote in remotes}
    if GATEWAY not in without:
        urls["api"] = _url(settings.api.host, settings.api.port)
        ports.append(Port(settings.api.port, "the API", "ODUM_API_PORT", settings.api.host))
        needs = tuple(name for name in (POSTGRES, TEMPORAL) if name in known)
        health = f"{urls['api']}/healthz"
        processes.append(_ours(GATEWAY, home, env, needs=needs, health=health))
    needs = tuple(name for name in (POSTGRES, TEMPORAL, SIMULATORS) if name in known)
    for process in processes_of(settings):
        if process in without:
            continue
        command = (sys.executable, "-m", "workers.venue", process)
        worker = _ours(process, home, env, needs=needs, command=command)
        processes.append(replace(worker, serves_venues=True))
        bare_port = settings.bench.bare_road_ports.get(process) if settings.bench else None
        if bare_port is not None:
            urls[bare_road_of(process)] = f"http://127.0.0.1:{bare_port}"
            variable = f"ODUM_BARE_ROAD_{process.upper()}_PORT"
            ports.append(Port(bare_port, f"the bare road of {process}", variable))

    return Plan(
        mode=settings.mode,
        home=home,
        processes=tuple(processes),
        remotes=tuple(remotes),
        ports=tuple(ports),
        urls=urls,
        generates_key=not settings.api.keys,
    )


def process_names(settings: Settings) -> tuple[str, ...]:
    """All processes that a stack of this profile may run."""
    return (POSTGRES, TEMPORAL, SIMULATORS, GATEWAY, *processes_of(settings))


def bare_road_of(process: str) -> str:
    """The name under which the bench finds the bare road of a venue worker."""
    return f"bare_road_{process}"


def postgres_process(server: EmbeddedPostgres, home: Path) -> ProcessSpec:
    """The embedded PostgreSQL as a process."""
    return ProcessSpec(
        name=POSTGRES,
        argv=server.argv,
        log=log_file(home, POSTGRES),
        probe=server.probe,
        prepare=server.prepare,
        user=server.system_user,
        cwd=home,
        # The fast shutdown; SIGTERM would wait until every client has gone by itself.
        stop_signal=signal.SIGINT,
        stop_timeout_s=_ENGINE_STOP_TIMEOUT_S,
    )


def temporal_process(server: EmbeddedTemporal, home: Path) -> ProcessSpec:
    """The embedded Temporal server as a process."""
    return ProcessSpec(
        name=TEMPORAL,
        argv=server.argv,
        log=log_file(home, TEMPORAL),
        probe=server.probe,
        prepare=server.prepare,
        env={"GOGC": TEMPORAL_GOGC},
        cwd=home,
        stop_timeout_s=_ENGINE_STOP_TIMEOUT_S,
    )


def _ours(
    name: str,
    home: Path,
    env: dict[str, str],
    needs: tuple[str, ...],
    health: str = "",
    command: tuple[str, ...] = (),
) -> ProcessSpec:
    """One of our own processes: ready when it says so in its ready file, and by HTTP if it can."""
    ready = ready_file(home, name)

    async def forget_earlier_run() -> None:
        ready.unlink(missing_ok=True)

    async def is_ready() -> bool:
        return ready.exists() and (not health or await http_ok(health))

    return ProcessSpec(
        name=name,
        argv=command or (sys.executable, "-m", f"workers.{name}"),
        log=log_file(home, name),
        probe=is_ready,
        prepare=forget_earlier_run,
        env=env,
        cwd=PROJECT_ROOT,
        needs=needs,
    )


def _url(host: str, port: int) -> str:
    """Where this machine reaches what listens on the host."""
    host = _EVERYWHERE.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _embedded_postgres(database: PostgresSettings, home: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(
        folder=home / "postgres",
        port=database.port,
        database=database.database,
        user=database.user,
        password=database.password.get_secret_value(),
    )


def _embedded_temporal(temporal: TemporalSettings, home: Path) -> EmbeddedTemporal:
    return EmbeddedTemporal(home / "temporal", temporal.port, temporal.ui_port, temporal.namespace)


def _remote(name: str, host: str, port: int) -> Remote:
    async def probe() -> bool:
        return await accepts_connections(host, port)

    return Remote(name, f"{host}:{port}", probe)
