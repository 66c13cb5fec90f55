"""`odum up` on a state folder of another mode."""

from pathlib import Path

import pytest

from tests.unit.cli.conftest import Odum
from tests.unit.config.profiles import TESTNET, TESTNET_ENV
from workers.stack.home_mode import claim_home


def test_up_refuses_another_mode_before_it_starts_anything(
    odum: Odum, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in TESTNET_ENV.items():
        if name.startswith("ODUM_BINANCE"):
            monkeypatch.setenv(name, value)
    claim_home(home, "paper")

    up = odum("up", "--config", str(TESTNET))
    doctor = odum("doctor", "--config", str(TESTNET))

    assert up.code == 7
    sentence = up.err.strip()
    assert "\n" not in sentence
    assert str(home) in sentence
    assert "set ODUM_HOME" in sentence
    assert not (home / "postgres").exists()
    mode = next(line for line in doctor.out.splitlines() if line.split()[1] == "mode")
    assert mode.startswith("PROBLEM")
