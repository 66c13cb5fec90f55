"""What a profile says about the simulated venues reaches every one of them."""

from pathlib import Path

import pytest

from tests.unit.config.profiles import PAPER, changed, load
from venues.simulators.registry import build_simulator
from venues.simulators.venue import Setup, SimulatedVenue
from workers import simulators


@pytest.mark.parametrize(
    ("env", "roomy"), [({}, True), ({"ODUM_SIM_ROOMY": "false"}, False)], ids=["roomy", "real"]
)
async def test_every_venue_has_the_rate_limits_that_the_profile_wants(
    env: dict[str, str], roomy: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load(changed(PAPER), tmp_path, env)
    built: dict[str, bool] = {}

    def noted(name: str, setup: Setup) -> SimulatedVenue:
        built[name] = setup.roomy
        return build_simulator(name, setup)

    monkeypatch.setattr(simulators, "build_simulator", noted)
    made, _ = simulators.build(settings, tmp_path / "ledgers", now_ns=1_800_000_000 * 10**9)
    await made.close()
    assert built == dict.fromkeys(settings.venues, roomy)
