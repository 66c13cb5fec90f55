"""The profiles we ship load, say what the documentation says, and can be moved by variables."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from config import ConfigError, load_settings, masked
from tests.unit.config.profiles import COMPLETE_ENV, LIVE, PAPER, TESTNET


def test_paper_needs_nothing_from_the_environment() -> None:
    settings = load_settings(PAPER, {})
    assert settings.mode == "paper"
    assert settings.trading.venues == ("BINANCE_SPOT", "BINANCE_FUTURES")
    assert settings.trading.risk_limits.max_exposure == Decimal(10_000_000)
    assert settings.database.postgres.embedded
    assert settings.database.postgres.port == 5442
    assert settings.temporal.embedded
    assert (settings.temporal.host, settings.temporal.port) == ("127.0.0.1", 7233)
    assert settings.temporal.ui_port == 8233
    assert (settings.api.host, settings.api.port) == ("127.0.0.1", 8001)
    assert settings.simulators is not None
    assert settings.simulators.admin_port == 9100
    assert settings.simulators.ports["BINANCE_SPOT"] == 9101
    assert settings.simulators.ports["BINANCE_FUTURES"] == 9102


def test_every_port_of_paper_can_be_moved_so_that_two_stacks_run_side_by_side() -> None:
    moved = {
        "ODUM_POSTGRES_PORT": "6442",
        "ODUM_TEMPORAL_PORT": "8333",
        "ODUM_TEMPORAL_UI_PORT": "9333",
        "ODUM_SIM_ADMIN_PORT": "9200",
        "ODUM_SIM_BINANCE_SPOT_PORT": "9201",
        "ODUM_SIM_BINANCE_FUTURES_PORT": "9202",
        "ODUM_API_PORT": "9001",
    }
    settings = load_settings(PAPER, moved)
    assert settings.simulators is not None
    assert settings.venues["BINANCE_SPOT"].urls["http"] == "http://127.0.0.1:9201"
    assert settings.venues["BINANCE_FUTURES"].urls["ws_stream"] == "ws://127.0.0.1:9202"
    assert {
        settings.database.postgres.port,
        settings.temporal.port,
        settings.temporal.ui_port,
        settings.simulators.admin_port,
        settings.simulators.ports["BINANCE_SPOT"],
        settings.simulators.ports["BINANCE_FUTURES"],
        settings.api.port,
    } == {int(port) for port in moved.values()}


def test_the_engines_of_paper_can_be_real_ones() -> None:
    env = {"ODUM_POSTGRES_EMBEDDED": "false", "ODUM_POSTGRES_HOST": "postgres"}
    postgres = load_settings(PAPER, env).database.postgres
    assert not postgres.embedded
    assert postgres.dsn() == "postgresql://odum:odum@postgres:5442/odum?sslmode=disable"


def test_a_variable_counts_only_where_the_profile_names_it() -> None:
    env = {"MODE": "live", "mode": "live", "TRADING": "{}", "ODUM_MODE": "live"}
    assert load_settings(PAPER, env) == load_settings(PAPER, {})


@pytest.mark.parametrize("profile", [TESTNET, LIVE])
def test_profiles_for_real_venues_load_once_their_secrets_are_set(profile: Path) -> None:
    settings = load_settings(profile, COMPLETE_ENV)
    assert settings.simulators is None
    spot = settings.venues["BINANCE_SPOT"]
    assert spot.credentials["api_secret"].get_secret_value() == "spot-secret-word"
    assert spot.urls["http"].startswith("https://")


def test_live_names_every_secret_it_lacks_at_once() -> None:
    with pytest.raises(ConfigError) as refused:
        load_settings(LIVE, {})
    missing = [line for line in refused.value.problems if "is not set" in line]
    assert len(missing) == len(refused.value.problems) == len(COMPLETE_ENV)
    assert all(any(name in line for line in missing) for name in COMPLETE_ENV)


def test_live_speaks_tls_to_temporal_and_postgres_unless_told_otherwise() -> None:
    settings = load_settings(LIVE, COMPLETE_ENV)
    assert settings.temporal.tls is not None
    assert settings.temporal.tls.client_cert_file is None
    assert settings.temporal.api_key is None
    assert settings.database.postgres.dsn().endswith("?sslmode=verify-full")


@pytest.mark.parametrize("profile", [PAPER, TESTNET, LIVE])
def test_no_secret_is_ever_shown(profile: Path) -> None:
    settings = load_settings(profile, COMPLETE_ENV)
    secrets = [value for name, value in COMPLETE_ENV.items() if "KEY" in name or "SECRET" in name]
    secrets += [COMPLETE_ENV["ODUM_POSTGRES_PASSWORD"], "paper-spot-secret"]
    for shown in (json.dumps(masked(settings)), repr(settings), str(settings)):
        assert not [secret for secret in secrets if secret in shown]
    assert masked(settings)["database"]["postgres"]["password"] == "**********"


def test_a_password_may_hold_any_character() -> None:
    env = {"ODUM_POSTGRES_PASSWORD": "p@ss/w:rd?#[%]"}
    dsn = load_settings(PAPER, env).database.postgres.dsn()
    assert (
        dsn
        == "postgresql://odum:p%40ss%2Fw%3Ard%3F%23%5B%25%5D@127.0.0.1:5442/odum?sslmode=disable"
    )
