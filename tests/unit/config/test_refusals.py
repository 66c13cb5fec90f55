"""What is wrong with a profile is refused at start, with its JSON path and the reason."""

from pathlib import Path
from typing import Any

import pytest

from config import ConfigError, load_settings
from tests.unit.config.profiles import FOLDER, LIVE, PAPER, TESTNET, changed, load, problems

LIMITS = "trading__risk_limits__"
PG = "database__postgres__"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        (
            {LIMITS + "max_exposure": "-1"},
            "trading.risk_limits.max_exposure: must be greater than 0 (got '-1')",
        ),
        (
            {LIMITS + "max_exposure": 0},
            "trading.risk_limits.max_exposure: must be greater than 0 (got 0)",
        ),
        (
            {LIMITS + "max_order_size": "NaN"},
            "trading.risk_limits.max_order_size: must be a finite number (got 'NaN')",
        ),
        (
            {LIMITS + "max_order_size": "much"},
            "trading.risk_limits.max_order_size: must be a valid decimal (got 'much')",
        ),
        (
            {LIMITS + "max_orders_per_minute": True},
            "trading.risk_limits.max_orders_per_minute: must be a number, not a boolean (got True)",
        ),
        (
            {LIMITS + "max_ordersize": "1"},
            "trading.risk_limits.max_ordersize: unknown key; remove it or correct its spelling",
        ),
        (
            # The API takes no such strategy, so a profile must not name one.
            {"trading__strategies": ["demo.1"]},
            "trading.strategies[0]: must be * or the name of a strategy: up to 32 letters, digits, "
            "dashes and underscores (got 'demo.1')",
        ),
        ({"mode": "papper"}, "mode: must be 'paper', 'testnet' or 'live' (got 'papper')"),
        ({"api__port": "0"}, "api.port: must be greater than or equal to 1 (got '0')"),
        ({"api__port": 65536}, "api.port: must be less than or equal to 65535 (got 65536)"),
        (
            {"temporal__address": "here"},
            "temporal.address: must be <host>:<port> (got 'here')",
        ),
        (
            {"temporal__address": "127.0.0.1:99999"},
            "temporal.address: port must be from 1 to 65535 (got 99999)",
        ),
        (
            {"temporal__tls": {"server_root_ca_cert_file": "/nowhere/ca.pem"}},
            "temporal.tls.server_root_ca_cert_file: there is no file /nowhere/ca.pem"
            " (got '/nowhere/ca.pem')",
        ),
        (
            {"simulators__tape": "no/such/folder"},
            f"simulators.tape: there is no folder {FOLDER.parent}/no/such/folder"
            " (got 'no/such/folder')",
        ),
        (
            {PG + "ssl": "verify-full", PG + "ssl_root_cert_file": "/nowhere/root.pem"},
            "database.postgres.ssl_root_cert_file: there is no file /nowhere/root.pem"
            " (got '/nowhere/root.pem')",
        ),
        (
            {PG + "embedded": "maybe"},
            "database.postgres.embedded: must be a valid boolean, unable to interpret input"
            " (got 'maybe')",
        ),
        ({PG + "password": ""}, "database.postgres.password: must not be empty"),
        (
            {"trading__venues": ["BINANCE_SPOT", "KRAKEN"]},
            "trading.venues[1]: KRAKEN has no entry under venues",
        ),
        (
            {"trading__venues": ["BINANCE_SPOT", "BINANCE_SPOT"]},
            "trading.venues: BINANCE_SPOT is named 2 times",
        ),
        ({"trading__venues": []}, "trading.venues: must name at least one"),
        (
            {"venues__BINANCE_SPOT__instruments": ["BTCUSDT.BINANCE_FUTURES"]},
            "venues.BINANCE_SPOT.instruments[0]: must end in .BINANCE_SPOT"
            " (got BTCUSDT.BINANCE_FUTURES)",
        ),
        (
            {"venues__BINANCE_SPOT__instruments": ["BTCÜSDT.BINANCE_SPOT"]},
            "venues.BINANCE_SPOT.instruments[0]: must be <symbol>.<venue>, as in"
            " BTCUSDT.BINANCE_SPOT (got 'BTCÜSDT.BINANCE_SPOT')",
        ),
        (
            {"venues__BINANCE_SPOT__account_id": "BINANCE_FUTURES-main"},
            "venues.*.account_id: BINANCE_FUTURES-main is named 2 times",
        ),
        (
            {"venues__BINANCE_SPOT__urls__http": "ftp://here"},
            "venues.BINANCE_SPOT.urls.http: must be a URL with http or https or ws or wss or tcp,"
            " as in http://host (got 'ftp://here')",
        ),
        (
            {"venues__BINANCE_SPOT__urls__http": "https://api.binance.com"},
            "venues.BINANCE_SPOT.urls.http: paper mode must use the simulator on port 9101,"
            " not https://api.binance.com",
        ),
        (
            {"simulators__roomy": "a bit"},
            "simulators.roomy: must be a valid boolean, unable to interpret input (got 'a bit')",
        ),
        (
            {"simulators": None},
            "simulators: paper mode trades on the simulators; add this section",
        ),
        (
            {"api__port": 9101},
            "simulators.ports.BINANCE_SPOT: port 9101 is also that of api.port;"
            " give one of them another",
        ),
        (
            {"api__keys": [{"name": "me", "key": "short", "strategies": ["*"]}]},
            "api.keys[0].key: must have at least 16 characters",
        ),
        (
            {"api__keys": [{"name": "me", "key": "a key with spaces", "strategies": ["*"]}]},
            "api.keys[0].key: must be printable ASCII without spaces, as an HTTP header can"
            " carry it",
        ),
        (
            # A list that was forgotten must not open every strategy.
            {"api__keys": [{"name": "me", "key": "k" * 16}]},
            "api.keys[0].strategies: is required",
        ),
        (
            {"strategy_service": {"api_key": "short"}},
            "strategy_service.api_key: must have at least 16 characters",
        ),
        (
            {
                "api__keys": [{"name": "me", "key": "k" * 16, "strategies": ["*"]}],
                "strategy_service": {"api_key": "k" * 16},
            },
            "strategy_service.api_key: is also one of api.keys; give each caller its own",
        ),
        (
            {"api__keys": [{"name": "me", "key": "k" * 16, "strategies": ["other"]}]},
            "api.keys[0].strategies: other is not in trading.strategies",
        ),
        (
            {
                "api__keys": [
                    {"name": name, "key": "k" * 16, "strategies": ["*"]} for name in ("a", "b")
                ]
            },
            "api.keys[*].key: two callers share one key; give each its own",
        ),
    ],
)
def test_a_bad_value_is_refused_with_its_path_and_the_reason(
    changes: dict[str, Any], problem: str, tmp_path: Path
) -> None:
    assert problems(changed(PAPER, **changes), tmp_path) == (problem,)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        (
            {"simulators": {"admin_port": 1, "ports": {"BINANCE_SPOT": 2}}},
            "simulators: must be null in live mode",
        ),
        (
            {"venues__BINANCE_SPOT__urls__http": "http://127.0.0.1:9101"},
            "venues.BINANCE_SPOT.urls.http: must use https or wss in live mode"
            " (got http://127.0.0.1:9101)",
        ),
        (
            {"venues__BINANCE_SPOT__environment": "TESTNET"},
            "venues.BINANCE_SPOT.environment: must be LIVE in live mode (got TESTNET)",
        ),
        ({"api__keys": []}, "api.keys: live mode needs at least one key; none is generated for it"),
        (
            {"venues__BINANCE_SPOT__credentials__api_key": ""},
            "venues.BINANCE_SPOT.credentials.api_key: must not be empty",
        ),
    ],
)
def test_live_mode_refuses_what_belongs_to_paper(
    changes: dict[str, Any], problem: str, tmp_path: Path
) -> None:
    assert problems(changed(LIVE, **changes), tmp_path) == (problem,)


def test_testnet_mode_never_trades_on_the_live_environment(tmp_path: Path) -> None:
    profile = changed(TESTNET, venues__BINANCE_SPOT__environment="LIVE")
    assert problems(profile, tmp_path) == (
        "venues.BINANCE_SPOT.environment: must be TESTNET or DEMO in testnet mode (got LIVE)",
    )


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    profile = changed(PAPER, mode="x", api__port="y", **{LIMITS + "max_exposure": "z"})
    assert len(problems(profile, tmp_path)) == 3


def test_the_text_names_the_file_and_every_problem(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        load(changed(PAPER, mode="x"), tmp_path)
    assert str(refused.value).splitlines() == [
        f"{tmp_path / 'profile.json'} cannot be used:",
        "  mode: must be 'paper', 'testnet' or 'live' (got 'x')",
    ]


def test_a_limit_written_as_a_number_keeps_its_digits(tmp_path: Path) -> None:
    file = tmp_path / "profile.json"
    text = PAPER.read_text().replace('"max_order_size": "50"', '"max_order_size": 0.1')
    file.write_text(text)
    limits = load_settings(file, {}).trading.risk_limits
    assert str(limits.max_order_size) == "0.1"


def test_settings_cannot_be_changed_after_the_start(tmp_path: Path) -> None:
    settings = load(changed(PAPER), tmp_path)
    with pytest.raises(ValueError, match="frozen"):
        settings.trading.risk_limits.max_exposure = 1  # type: ignore[misc, assignment]
