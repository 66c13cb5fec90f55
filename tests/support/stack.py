"""The whole paper stack, as a user starts it, in a throw-away folder and on free ports."""

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.support.engines import free_port
from venues.registry import known_venues
from venues.simulators.ledger import LedgerSummary, Record, read_ledger, summarise
from workers.home import PROJECT_ROOT
from workers.operator_key import KEY_FILE, operator_key

PAPER = PROJECT_ROOT / "config" / "paper.json"
PORT_VARIABLES = sorted(set(re.findall(r"\$\{(ODUM_\w+_PORT)", PAPER.read_text())))
ODUM = Path(sys.executable).with_name("odum")
START_TIMEOUT_S = 90.0
STOP_TIMEOUT_S = 60.0
NO_TLS = False  # all is plain HTTP on loopback; reading certificates costs 50 ms a client

# Most stories need no more, and the two cost half of what all cost.
BINANCE = ("BINANCE_SPOT", "BINANCE_FUTURES")
BENCH_KEY = "bench-key-0123456789abcdef"
EXPIRED_KEY = "expired-key-0123456789abcdef"
POSTGRES_PASSWORD = "postgres-password-0123456789abcdef"
EVERYTHING = {"strategies": ["*"]}
ORDERS_PER_MINUTE_MAX = 400


class PaperStack:
    """A stack in a folder and on ports of its own. Its processes may be killed; the supervisor
    brings them back."""

    def __init__(self, home: Path, venues: Sequence[str] | None = BINANCE) -> None:
        self.home = home
        ports = {name: str(free_port()) for name in PORT_VARIABLES}
        document = _profile(home, venues)
        self.venues: tuple[str, ...] = tuple(document["trading"]["venues"])
        profile = home / "profile.json"
        profile.write_text(json.dumps(document))
        ours = {"ODUM_HOME": str(home), "ODUM_CONFIG": str(profile)}
        ours["ODUM_POSTGRES_PASSWORD"] = POSTGRES_PASSWORD
        self.env = {**os.environ, **ports, **ours}
        self._up: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """`odum up` in a process of its own; returns when it serves."""
        log = self.home / "up.log"
        with log.open("wb") as output:
            self._up = subprocess.Popen(
                [ODUM, "up", "--json"],
                cwd=PROJECT_ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        _wait_for_serving(self._up, log)

    def stop(self) -> int:
        """Ctrl-C; the exit code."""
        assert self._up is not None, "start comes first"
        self._up.send_signal(signal.SIGINT)
        try:
            return self._up.wait(STOP_TIMEOUT_S)
        finally:
            self._up.kill()

    def odum(self, *words: str) -> subprocess.CompletedProcess[str]:
        """One command of the CLI, as a user on this machine runs it."""
        return subprocess.run(
            [ODUM, *words],
            cwd=PROJECT_ROOT,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=STOP_TIMEOUT_S,
            check=False,
        )

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.env['ODUM_API_PORT']}"

    @property
    def admin_url(self) -> str:
        return f"http://127.0.0.1:{self.env['ODUM_SIM_ADMIN_PORT']}"

    @property
    def postgres_dsn(self) -> str:
        port = self.env["ODUM_POSTGRES_PORT"]
        return f"postgresql://odum:{POSTGRES_PASSWORD}@127.0.0.1:{port}/odum"

    @property
    def temporal_address(self) -> str:
        return f"127.0.0.1:{self.env['ODUM_TEMPORAL_PORT']}"

    @property
    def key(self) -> str:
        return (self.home / "api_key").read_text().strip()

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads((self.home / "run" / "stack.json").read_text())
        return state

    def pid(self, process: str) -> int:
        pid: int = self.state()["processes"][process]["pid"]
        return pid

    def kill(self, process: str) -> None:
        """SIGKILL: no handler, no goodbye."""
        os.kill(self.pid(process), signal.SIGKILL)

    def log(self, process: str) -> str:
        return (self.home / "logs" / f"{process}.log").read_text()

    def ledger(self, venue: str) -> LedgerSummary:
        """What the venue really did."""
        return summarise(self.ledger_records(venue))

    def ledger_records(self, venue: str) -> Iterator[Record]:
        """The venue's ledger, from its beginning on."""
        return read_ledger(self.home / "simulators" / f"{venue.lower()}.jsonl")

    def client(self, key: str | None = None) -> httpx.AsyncClient:
        """An HTTP client of the API, by default the operator's."""
        headers = {b"X-API-Key": (self.key if key is None else key).encode()}
        return httpx.AsyncClient(
            base_url=self.api_url, headers=headers, timeout=15.0, verify=NO_TLS
        )

    def admin_client(self) -> httpx.AsyncClient:
        """An HTTP client of the simulators' admin port."""
        return httpx.AsyncClient(base_url=self.admin_url, timeout=15.0, verify=NO_TLS)

    async def until_ready(self, timeout_s: float = START_TIMEOUT_S) -> None:
        """Return once every process is up again and both venues are connected."""
        deadline = time.monotonic() + timeout_s
        async with self.client() as client:
            while not await self._is_ready(client):
                assert time.monotonic() < deadline, f"the stack did not recover: {self.state()}"
                await asyncio.sleep(0.2)

    async def until_restarted(self, process: str, killed: int) -> None:
        """Return once the process that had this pid has a successor and all is ready."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while self.pid(process) == killed:
            assert time.monotonic() < deadline, f"{process} was not started again"
            await asyncio.sleep(0.05)
        await self.until_ready()

    async def _is_ready(self, client: httpx.AsyncClient) -> bool:
        if any(process["state"] != "ready" for process in self.state()["processes"].values()):
            return False
        try:
            status = await client.get("/api/live/status")
        except httpx.TransportError:
            return False
        return status.status_code == 200 and all(
            venue["connected"] for venue in status.json()["venues"]
        )


@contextmanager
def paper_stack(venues: Sequence[str] | None = BINANCE) -> Iterator[PaperStack]:
    """The paper stack with these venues (None: all), running; stopped and removed at the end."""
    home = Path(tempfile.mkdtemp(prefix="odum-stack-"))
    stack = PaperStack(home, venues)
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()
        shutil.rmtree(home, ignore_errors=True)


def _profile(home: Path, venues: Sequence[str] | None) -> dict[str, Any]:
    """The paper profile with callers of every kind, and a velocity that a test can reach."""
    profile: dict[str, Any] = json.loads(PAPER.read_text())
    if venues is not None:
        profile["trading"]["venues"] = list(venues)
        profile["venues"] = {name: profile["venues"][name] for name in venues}
        sizes = profile["trading"]["risk_limits"].get("sizes_by_venue", {})
        for name in sizes.keys() - set(venues):
            del sizes[name]
        ports = profile["simulators"]["ports"]
        profile["simulators"]["ports"] = {name: ports[name] for name in venues}
        processes = {known_venues()[name].process for name in venues}
        bare = profile["bench"]["bare_road_ports"]
        profile["bench"]["bare_road_ports"] = {p: n for p, n in bare.items() if p in processes}
    profile["trading"]["risk_limits"]["max_orders_per_minute"] = ORDERS_PER_MINUTE_MAX
    profile["api"]["keys"] = [
        {"name": "operator", "key": operator_key(home / KEY_FILE), "role": "operator"} | EVERYTHING,
        {"name": "bench-bot", "key": BENCH_KEY, "strategies": ["bench"]},
        {"name": "old-bot", "key": EXPIRED_KEY, "expires_at": "2020-01-01T00:00:00Z"} | EVERYTHING,
    ]
    return profile


def _wait_for_serving(process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while '"serving"' not in (said := log.read_text()):
        assert process.poll() is None, f"odum up ended while starting:\n{said}"
        assert time.monotonic() < deadline, f"odum up is not ready:\n{said}"
        time.sleep(0.1)
