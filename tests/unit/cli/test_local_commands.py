"""Commands about this machine: its profile, its stack."""

from pathlib import Path

import pytest

from tests.unit.cli.conftest import Odum
from tests.unit.config.profiles import (
    LIVE,
    LIVE_ENV,
    PAPER,
    TESTNET,
    TESTNET_ENV,
    changed,
    written,
)


def test_config_check_names_every_problem(odum: Odum, tmp_path: Path) -> None:
    file = tmp_path / "profile.json"
    file.write_text('{"mode": "paper", "mood": "good"}')
    outcome = odum("config", "check", str(file))
    assert outcome.code == 2
    assert "mood" in outcome.err
    assert "trading" in outcome.err


def test_config_check_says_what_a_good_profile_will_not_get(odum: Odum, tmp_path: Path) -> None:
    service = {"url": "https://strategies.internal", "api_key": "k" * 16}
    file = written(changed(PAPER, strategy_service=service), tmp_path)

    said = odum("config", "check", str(file))
    document = odum("config", "check", str(file), "--json").document

    assert said.code == 0
    assert "strategy_service.url: nothing is sent there yet" in said.out
    assert (document["ok"], len(document["notes"])) == (True, 1)
    assert odum("config", "check", str(PAPER), "--json").document["notes"] == []


@pytest.mark.parametrize("mode", ["testnet", "live"])
def test_the_demonstration_order_is_for_paper_alone(
    odum: Odum, mode: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (TESTNET_ENV if mode == "testnet" else LIVE_ENV).items():
        monkeypatch.setenv(name, value)
    outcome = odum("up", "--demo", "--config", str(TESTNET if mode == "testnet" else LIVE))
    assert outcome.code == 2
    assert "--demo" in outcome.err
    assert mode in outcome.err
    assert list(home.iterdir()) == []


def test_config_show_masks_secrets(odum: Odum, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ODUM_POSTGRES_PASSWORD", "hush-hush")
    outcome = odum("config", "show")
    assert outcome.document["mode"] == "paper"
    assert "hush-hush" not in outcome.out


def test_down_without_a_stack_is_fine(odum: Odum, home: Path) -> None:
    outcome = odum("down")
    assert outcome.code == 0
    assert str(home) in outcome.out
