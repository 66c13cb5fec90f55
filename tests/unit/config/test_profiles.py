"""The profiles we ship load, say what the documentation says, and can be moved by variables."""

import json
import re
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from config import ConfigError, load_settings, masked
from config.system_roots import system_roots
from tests.unit.config.profiles import (
    COMPLETE_ENV,
    FOLDER,
    LIVE,
    LIVE_ENV,
    PAPER,
    TESTNET,
    TESTNET_ENV,
)
from venues.simulators.deribit import instruments as deribit
from venues.simulators.ib import listings as ib


def test_paper_needs_nothing_from_the_environment() -> None:
    settings = load_settings(PAPER, {})
    assert settings.simulators is not None
    assert settings.mode == "paper"
    assert settings.trading.venues == tuple(settings.venues) == tuple(settings.simulators.ports)
    assert settings.trading.risk_limits.max_exposure == Decimal(10_000_000)
    assert settings.database.postgres.embedded
    assert settings.database.postgres.port == 5442
    assert settings.temporal.embedded
    assert (settings.temporal.host, settings.temporal.port) == ("127.0.0.1", 7233)
    assert settings.temporal.ui_port == 8233
    assert (settings.api.host, settings.api.port) == ("127.0.0.1", 8001)
    assert settings.simulators.admin_port == 9100
    assert list(settings.simulators.ports.values()) == [9101, 9102, 9103, 9104, 9105, 9106]


def test_what_paper_trades_is_listed_by_the_simulated_venues_of_today() -> None:
    venues = load_settings(PAPER, {}).venues
    assert {f"{name}.DERIBIT" for name in (deribit.FUTURE, deribit.OPTION)} < set(
        venues["DERIBIT"].instruments
    )
    for name, listed in (("DERIBIT", deribit.TRADED), ("IB", ib.INSTRUMENTS)):
        assert {text.removesuffix(f".{name}") for text in venues[name].instruments} <= set(listed)


def test_a_dated_contract_can_be_named_by_the_environment() -> None:
    instruments = load_settings(PAPER, {"ODUM_SIM_CME_DATE": "Z9"}).venues["IB"].instruments
    assert "ESZ9.IB" in instruments


def test_every_port_of_paper_can_be_moved_so_that_two_stacks_run_side_by_side() -> None:
    variables = sorted(set(re.findall(r"\$\{(ODUM_\w+_PORT)", PAPER.read_text())))
    moved = {name: 20_000 + number for number, name in enumerate(variables)}
    settings = load_settings(PAPER, {name: str(port) for name, port in moved.items()})
    assert settings.simulators is not None
    assert settings.bench is not None
    assert {
        settings.database.postgres.port,
        settings.temporal.port,
        settings.temporal.ui_port,
        settings.simulators.admin_port,
        settings.api.port,
        *settings.simulators.ports.values(),
        *settings.bench.bare_road_ports.values(),
    } == set(moved.values())
    for name, venue in settings.venues.items():
        for url in venue.urls.values():
            assert urlsplit(url).port == settings.simulators.ports[name]


def test_the_engines_of_paper_can_be_real_ones() -> None:
    env = {"ODUM_POSTGRES_EMBEDDED": "false", "ODUM_POSTGRES_HOST": "postgres"}
    postgres = load_settings(PAPER, env).database.postgres
    assert not postgres.embedded
    assert postgres.dsn() == "postgresql://odum:odum@postgres:5442/odum?sslmode=disable"


def test_a_variable_counts_only_where_the_profile_names_it() -> None:
    env = {"MODE": "live", "mode": "live", "TRADING": "{}", "ODUM_MODE": "live"}
    assert load_settings(PAPER, env) == load_settings(PAPER, {})


@pytest.mark.parametrize(("profile", "env"), [(TESTNET, TESTNET_ENV), (LIVE, LIVE_ENV)])
def test_profiles_for_real_venues_load_once_their_secrets_are_set(
    profile: Path, env: dict[str, str]
) -> None:
    settings = load_settings(profile, env)
    assert settings.simulators is None
    spot = settings.venues["BINANCE_SPOT"]
    assert spot.credentials["api_secret"].get_secret_value() == "spot-secret-word"
    assert spot.urls["http"].startswith("https://")


def test_live_names_every_secret_it_lacks_at_once() -> None:
    with pytest.raises(ConfigError) as refused:
        load_settings(LIVE, {})
    missing = [line for line in refused.value.problems if "is not set" in line]
    assert len(missing) == len(refused.value.problems) == len(LIVE_ENV)
    assert all(any(name in line for line in missing) for name in LIVE_ENV)


def test_live_speaks_tls_to_temporal_and_postgres_unless_told_otherwise() -> None:
    settings = load_settings(LIVE, LIVE_ENV)
    assert settings.temporal.tls is not None
    assert settings.temporal.tls.client_cert_file is None
    assert settings.temporal.api_key is None
    # By itself the database's client would want a file in the home folder of whoever runs it.
    assert settings.database.postgres.dsn().endswith(
        f"?sslmode=verify-full&sslrootcert={system_roots()}"
    )


def test_files_are_found_from_the_project_wherever_a_command_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings(PAPER, {"ODUM_SIM_TAPE": "config/temporal"})
    assert settings.simulators is not None
    assert settings.simulators.tape == str(FOLDER / "temporal")


def test_the_address_of_the_strategy_service_may_be_left_out() -> None:
    service = load_settings(LIVE, LIVE_ENV).strategy_service
    assert service is not None
    assert service.url is None


@pytest.mark.parametrize("profile", [PAPER, TESTNET, LIVE])
def test_no_secret_is_ever_shown(profile: Path) -> None:
    settings = load_settings(profile, LIVE_ENV if profile == LIVE else COMPLETE_ENV)
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
