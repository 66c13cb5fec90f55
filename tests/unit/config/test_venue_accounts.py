"""What a profile says of its venues fits what the venues declare, before anything starts."""

from pathlib import Path
from typing import Any

import pytest

from config import ConfigError
from tests.unit.config.profiles import COMPLETE_ENV, FOLDER, PAPER, changed, written
from workers.profile import load_profile, processes_of


def problems(tmp_path: Path, **changes: Any) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as refused:
        load_profile(written(changed(PAPER, **changes), tmp_path), {})
    return tuple(refused.value.problems)


def test_paper_fits_its_venues_and_each_process_has_its_own() -> None:
    processes = processes_of(load_profile(PAPER, {}))
    assert [config.venue for config in processes["nautilus"]][:2] == [
        "BINANCE_SPOT",
        "BINANCE_FUTURES",
    ]


def test_a_missing_credential_and_an_unknown_url_are_named(tmp_path: Path) -> None:
    assert problems(
        tmp_path,
        venues__BINANCE_SPOT__credentials={"api_key": "k"},
        venues__BINANCE_SPOT__urls__ftp="http://127.0.0.1:9101",
    ) == (
        "venues.BINANCE_SPOT.credentials: BINANCE_SPOT needs 'api_secret'",
        "venues.BINANCE_SPOT.urls: BINANCE_SPOT has no 'ftp'; known are"
        " ['http', 'ws', 'ws_api', 'ws_stream']",
    )


def test_a_venue_can_have_a_process_of_its_own(tmp_path: Path) -> None:
    profile = changed(PAPER, venues__BINANCE_FUTURES__process="futures")
    processes = processes_of(load_profile(written(profile, tmp_path), {}))
    assert [config.venue for config in processes["futures"]] == ["BINANCE_FUTURES"]
    assert "BINANCE_FUTURES" not in {config.venue for config in processes["nautilus"]}


@pytest.mark.parametrize("profile", ["testnet.json", "testnet-all.json", "live.example.json"])
def test_each_shipped_profile_fits_its_venues(profile: str) -> None:
    processes = processes_of(load_profile(FOLDER / profile, COMPLETE_ENV))
    assert "nautilus" in processes
