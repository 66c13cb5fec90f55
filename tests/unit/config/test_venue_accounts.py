"""What a profile says of its venues fits what the venues declare, before anything starts."""

import json
from pathlib import Path
from typing import Any

import pytest

from config import ConfigError
from tests.unit.config.profiles import (
    COMPLETE_ENV,
    LIVE,
    LIVE_ENV,
    PAPER,
    TESTNET,
    TESTNET_ALL,
    TESTNET_ENV,
    changed,
    written,
)
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


@pytest.mark.parametrize("name", ["postgres", "temporal", "simulators", "gateway", "supervisor"])
def test_a_venues_process_is_not_called_like_another(name: str, tmp_path: Path) -> None:
    profile = changed(PAPER, venues__BINANCE_FUTURES__process=name)
    with pytest.raises(ConfigError) as refused:
        load_profile(written(profile, tmp_path), {})
    assert refused.value.problems == (
        f"venues.BINANCE_FUTURES.process: {name} is a process of the stack itself; name another",
    )


def test_a_venue_can_have_a_process_of_its_own(tmp_path: Path) -> None:
    profile = changed(PAPER, venues__BINANCE_FUTURES__process="futures")
    processes = processes_of(load_profile(written(profile, tmp_path), {}))
    assert [config.venue for config in processes["futures"]] == ["BINANCE_FUTURES"]
    assert "BINANCE_FUTURES" not in {config.venue for config in processes["nautilus"]}


@pytest.mark.parametrize(
    ("profile", "env"),
    [(TESTNET, TESTNET_ENV), (TESTNET_ALL, TESTNET_ENV), (LIVE, LIVE_ENV)],
)
def test_each_shipped_profile_fits_its_venues(profile: Path, env: dict[str, str]) -> None:
    processes = processes_of(load_profile(profile, env))
    assert "nautilus" in processes


def test_a_testnet_profile_cannot_lead_to_real_money(tmp_path: Path) -> None:
    """What would trade real money with live keys in the environment: production URLs, and no other
    word changed."""
    live = {name: venue["urls"] for name, venue in json.loads(LIVE.read_text())["venues"].items()}
    profile = json.loads(TESTNET_ALL.read_text())
    for name, venue in profile["venues"].items():
        venue["urls"] = live[name]

    with pytest.raises(ConfigError) as refused:
        load_profile(written(profile, tmp_path), TESTNET_ENV)

    said = refused.value.problems
    misled = {line.partition(": ")[0] for line in said}
    assert misled == {
        f"venues.{name}.urls.{url}"
        for name, urls in live.items()
        for url in urls
        # One host for both: at OKX a header decides, and Bybit's tells the market only.
        if (name, url) not in {("OKX", "http"), ("BYBIT", "ws_public")}
    }
    assert (
        "venues.BINANCE_SPOT.urls.http: api.binance.com is no TESTNET host of BINANCE_SPOT; known"
        " are testnet.binance.vision, *.testnet.binance.vision, demo-*.binance.com,"
        " *.binancefuture.com"
    ) in said
    assert ("venues.IB.urls.tws: 4001 is the port of a live login; the environment is DEMO") in said


def test_a_live_profile_cannot_lead_to_play_money(tmp_path: Path) -> None:
    """Orders that everybody takes for real would be sent to where nothing is."""
    test = json.loads(TESTNET_ALL.read_text())["venues"]
    profile = json.loads(LIVE.read_text())
    for name, venue in profile["venues"].items():
        venue["urls"] = test[name]["urls"]

    with pytest.raises(ConfigError) as refused:
        load_profile(written(profile, tmp_path), LIVE_ENV | TESTNET_ENV)

    said = refused.value.problems
    assert {line.split(".")[1] for line in said} == set(profile["venues"])
    assert (
        "venues.IB.options.account: DU0000001 is a paper account; the environment is LIVE"
    ) in said


def test_an_account_of_ib_is_named_and_of_the_right_kind(tmp_path: Path) -> None:
    profile = json.loads(TESTNET_ALL.read_text())
    with pytest.raises(ConfigError) as live:
        load_profile(written(profile, tmp_path), COMPLETE_ENV)
    del profile["venues"]["IB"]["options"]["account"]
    with pytest.raises(ConfigError) as unnamed:
        load_profile(written(profile, tmp_path), TESTNET_ENV)

    assert live.value.problems == (
        "venues.IB.options.account: U0000001 is no paper account; the environment is DEMO",
    )
    assert unnamed.value.problems == (
        "venues.IB.options: IB needs 'account', the number of the DEMO account",
    )


@pytest.mark.parametrize(
    ("url", "environment"),
    [
        ("wss://stream.bybit.com/v5/public", "DEMO"),
        ("wss://stream-testnet.bybit.com/v5/public", "TESTNET"),
    ],
)
def test_demo_trading_at_bybit_follows_the_real_market(
    url: str, environment: str, tmp_path: Path
) -> None:
    profile = changed(
        TESTNET_ALL, venues__BYBIT__urls__ws_public=url, venues__BYBIT__environment=environment
    )
    assert load_profile(written(profile, tmp_path), TESTNET_ENV).mode == "testnet"


def test_a_host_that_only_looks_like_one_of_the_venue_is_none(tmp_path: Path) -> None:
    profile = changed(
        TESTNET_ALL,
        venues__BINANCE_SPOT__urls__http="https://testnet.binance.vision.example",
        venues__DERIBIT__urls__http="https://test.deribit.com.",
    )
    with pytest.raises(ConfigError) as refused:
        load_profile(written(profile, tmp_path), TESTNET_ENV)
    assert [line.partition(": ")[0] for line in refused.value.problems] == [
        "venues.BINANCE_SPOT.urls.http",
        "venues.DERIBIT.urls.http",
    ]
