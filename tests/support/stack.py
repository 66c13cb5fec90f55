"""The whole paper stack, as a user starts it, in a throw-away folder and on free ports."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.support.engines import free_port
from venues.simulators.ledger import LedgerSummary, read_ledger, summarise
from workers.home import PROJECT_ROOT

PORT_VARIABLES = (
    "ODUM_API_PORT",
    "ODUM_POSTGRES_PORT",
    "ODUM_TEMPORAL_PORT",
    "ODUM_TEMPORAL_UI_PORT",
    "ODUM_SIM_ADMIN_PORT",
    "ODUM_SIM_BINANCE_SPOT_PORT",
    "ODUM_SIM_BINANCE_FUTURES_PORT",
    "ODUM_BARE_ROAD_PORT",
)
START_TIMEOUT_S = 90.0
STOP_TIMEOUT_S = 60.0


@dataclass(frozen=True)
class PaperStack:
    """A running stack. Its processes may be killed; the supervisor brings them back."""

    home: Path
    env: dict[str, str]

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.env['ODUM_API_PORT']}"

    @property
    def admin_url(self) -> str:
        return f"http://127.0.0.1:{self.env['ODUM_SIM_ADMIN_PORT']}"

    @property
    def postgres_dsn(self) -> str:
        return f"postgresql://odum:odum@127.0.0.1:{self.env['ODUM_POSTGRES_PORT']}/odum"

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
        return summarise(read_ledger(self.home / "simulators" / f"{venue.lower()}.jsonl"))

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=self.api_url, headers={"X-API-Key": self.key}, timeout=15.0
        )

    async def until_ready(self, timeout_s: float = START_TIMEOUT_S) -> None:
        """Return once every process is up again and both venues are connected."""
        deadline = time.monotonic() + timeout_s
        async with self.client() as client:
            while not await self._is_ready(client):
                assert time.monotonic() < deadline, f"the stack did not recover: {self.state()}"
                await asyncio.sleep(0.2)

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
def paper_stack() -> Iterator[PaperStack]:
    """`odum up` in a process of its own; stopped and removed at the end."""
    home = Path(tempfile.mkdtemp(prefix="odum-stack-"))
    ports = {name: str(free_port()) for name in PORT_VARIABLES}
    env = {**os.environ, **ports, "ODUM_HOME": str(home)}
    output = (home / "up.log").open("ab")
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / "odum"), "up", "--json"],
        cwd=PROJECT_ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
    )
    try:
        _wait_for_serving(process, home / "up.log")
        yield PaperStack(home, env)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_TIMEOUT_S)
        finally:
            process.kill()
            output.close()
            shutil.rmtree(home, ignore_errors=True)


def _wait_for_serving(process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while '"serving"' not in (said := log.read_text()):
        assert process.poll() is None, f"odum up ended while starting:\n{said}"
        assert time.monotonic() < deadline, f"odum up is not ready:\n{said}"
        time.sleep(0.1)
