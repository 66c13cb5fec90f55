"""The simulated venues of the paper profile: ``python -m workers.simulators``."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from config.settings import Settings
from venues.simulators.app import Served, Simulators
from venues.simulators.faults import Faults
from venues.simulators.recordings import load_recording
from venues.simulators.registry import build_simulator
from venues.simulators.venue import Setup
from venues.simulators.wire import WireLog
from workers.home import odum_home
from workers.lifecycle import run_process, stand_by


async def main(settings: Settings, stop: asyncio.Event, ready: Callable[[], None]) -> None:
    """Serve every simulated venue until ``stop`` is set."""
    if settings.simulators is None:
        await stand_by("this profile has no section 'simulators'", stop, ready)
        return
    simulators, admin_port = build(settings, odum_home() / "simulators", time.time_ns())
    try:
        await simulators.start(admin_port)
        ready()
        await simulators.run(stop)
    finally:
        await simulators.close()


def build(settings: Settings, folder: Path, now_ns: int) -> tuple[Simulators, int]:
    """The venues of the profile, their ledgers in ``folder``; and the admin port."""
    chosen = settings.simulators
    if chosen is None:
        raise ValueError("this profile has no simulators: it needs a section 'simulators'")
    faults, wire = Faults(chosen.seed), WireLog()
    served: list[Served] = []
    for name, of_venue in settings.venues.items():
        setup = Setup(
            credentials={
                key: secret.get_secret_value() for key, secret in of_venue.credentials.items()
            },
            ledger_path=folder / f"{name.lower()}.jsonl",
            faults=faults,
            wire=wire,
            now_ns=now_ns,
            roomy=chosen.roomy,
        )
        served.append(Served(build_simulator(name, setup), chosen.ports[name]))
    recording = load_recording(Path(chosen.tape)) if chosen.tape else None
    simulators = Simulators(served, faults, wire, chosen.seed, chosen.host, recording)
    return simulators, chosen.admin_port


if __name__ == "__main__":
    run_process("simulators", main)
