"""The simulated Binance as a process of its own, for tests of what connects to it."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.support.engines import free_port, throw_away_folder
from tests.support.stack import PORT_VARIABLES

_PROJECT = Path(__file__).resolve().parents[2]
_PROFILE = _PROJECT / "config" / "paper.json"
_PORT = re.compile(r"ODUM_SIM_[A-Z_]+_PORT")
_START_TIMEOUT_S = 20.0


class SimulatedBinance:
    """Both products and their admin port. Its ledger is the ground truth of a test."""

    def __init__(self, home: Path) -> None:
        self.spot_port, self.futures_port, self.admin_port = free_port(), free_port(), free_port()
        self._home = home
        self._process: subprocess.Popen[bytes] | None = None
        self._admin = httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.admin_port}")

    def start(self) -> None:
        """Start it, or start it again on the same ledger; returns when it serves."""
        # The profile serves every venue; those that nobody asked for must not meet each other.
        ports = {variable: free_port() for variable in _PORT.findall(_PROFILE.read_text())}
        ports |= {
            "ODUM_SIM_BINANCE_SPOT_PORT": self.spot_port,
            "ODUM_SIM_BINANCE_FUTURES_PORT": self.futures_port,
            "ODUM_SIM_ADMIN_PORT": self.admin_port,
        }
        # The profile has other simulators too; they must not want the ports of a running stack.
        elsewhere = {name: free_port() for name in PORT_VARIABLES if "_SIM_" in name}
        environment = {name: str(port) for name, port in (elsewhere | ports).items()}
        self._home.mkdir(exist_ok=True)
        with (self._home / "simulators.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "workers.simulators"],
                cwd=_PROJECT,
                env={**os.environ, **environment, "ODUM_HOME": str(self._home)},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + _START_TIMEOUT_S
        while not self._answers():
            assert self._process.poll() is None, (self._home / "simulators.log").read_text()
            assert time.monotonic() < deadline, "the simulators do not answer"
            time.sleep(0.05)

    def stop(self) -> None:
        """End it in good order."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(10)

    async def arm(self, kind: str, **definition: Any) -> None:
        """Arm a fault, or drop all user streams at once; see the simulators' `FaultKind`."""
        await self._post("/faults", {"kind": kind, **definition})

    async def disarm(self) -> None:
        (await self._admin.delete("/faults")).raise_for_status()

    async def pause_market(self) -> None:
        await self._post("/market/pause", {})

    async def move_market(self, symbol: str, mid: str) -> None:
        await self._post("/market", {"symbol": symbol, "mid": mid})

    async def drop_user_streams(self, venue: str, refuse_s: float = 0) -> None:
        await self._post("/drop-user-streams", {"venue": venue, "refuse_s": refuse_s})

    async def expire_listen_keys(self) -> None:
        await self._post("/expire-listen-keys", {})

    async def ledger(self, **wanted: str) -> list[dict[str, Any]]:
        """The ledger's records that have these values."""
        records: list[dict[str, Any]] = (
            (await self._admin.get("/ledger", params=wanted)).raise_for_status().json()
        )
        return records

    async def wire(self) -> list[dict[str, Any]]:
        """All order commands that arrived, in the order of their arrival."""
        records: list[dict[str, Any]] = (await self._admin.get("/wire")).raise_for_status().json()
        return records

    async def commands(self, client_order_id: str) -> list[dict[str, Any]]:
        """The order commands that arrived for a client order id."""
        return [
            record for record in await self.wire() if record["client_order_id"] == client_order_id
        ]

    async def close_admin(self) -> None:
        await self._admin.aclose()

    async def _post(self, path: str, body: dict[str, Any]) -> None:
        (await self._admin.post(path, json=body)).raise_for_status()

    def _answers(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.admin_port}/health").status_code == 200
        except httpx.TransportError:
            return False


@contextmanager
def simulated_binance() -> Iterator[SimulatedBinance]:
    """A running simulator on free ports with a ledger of its own."""
    with throw_away_folder() as home:
        simulator = SimulatedBinance(home)
        simulator.start()
        try:
            yield simulator
        finally:
            simulator.stop()
