"""docker-compose.yml is valid and starts what the embedded stack starts, the same way."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from compose_spec import PyCompose

from config import load_settings
from config.dates import dates
from tests.unit.house.compose import FILE, PROJECT, REQUIRED, compose, ours
from workers.stack.embedded_temporal import DYNAMIC_CONFIG
from workers.stack.plan import make_plan

OUR_PROFILES = {"live", "backtest", "both", "observability"}


def test_the_file_is_valid_by_the_compose_specification() -> None:
    checked = PyCompose.from_yaml(yaml.safe_dump(compose()))
    assert set(checked.service_names()) == set(compose()["services"])


def test_the_validator_refuses_what_is_not_compose() -> None:
    broken = compose()
    broken["services"]["gateway"]["prots"] = ["8001:8001"]
    with pytest.raises(ValueError, match="prots"):
        PyCompose.from_yaml(yaml.safe_dump(broken))


def test_every_service_belongs_to_a_profile_that_exists() -> None:
    for service in compose()["services"].values():
        assert service["profiles"]
        assert OUR_PROFILES.issuperset(service["profiles"])


@pytest.mark.parametrize("profile", sorted(OUR_PROFILES))
def test_a_profile_brings_everything_its_services_wait_for(profile: str) -> None:
    services = compose()["services"]
    started = {name for name, service in services.items() if profile in service["profiles"]}
    awaited = {other for name in started for other in services[name].get("depends_on", ())}
    assert started
    assert awaited <= started


def test_the_backtest_profile_starts_nothing_that_does_not_exist_yet() -> None:
    services = compose()["services"]
    started = {name for name, service in services.items() if "backtest" in service["profiles"]}
    assert started == {"postgres"}


def test_our_processes_are_those_of_the_embedded_stack(tmp_path: Path) -> None:
    profile = PROJECT / "config" / "paper.json"
    plan = make_plan(load_settings(profile, {}), tmp_path, profile)
    embedded = {process.name: ["python", *process.argv[1:]] for process in plan.processes}
    del embedded["postgres"], embedded["temporal"]
    assert {name: service["command"] for name, service in ours().items()} == embedded


def test_what_runs_all_the_time_comes_back_after_a_reboot() -> None:
    jobs = {"temporal-schema", "temporal-namespace"}
    policies = {name: of["restart"] for name, of in compose()["services"].items()}
    assert {policies.pop(job) for job in jobs} == {"on-failure"}
    assert set(policies.values()) == {"unless-stopped"}


def test_every_mounted_file_is_in_the_repository() -> None:
    for service in compose()["services"].values():
        for mount in service.get("volumes", ()):
            source = mount.split(":")[0]
            assert not source.startswith(".") or (PROJECT / source).exists(), source


def test_ports_are_open_to_this_machine_only() -> None:
    for service in compose()["services"].values():
        for port in service.get("ports", ()):
            assert port.startswith("127.0.0.1:")


def test_the_live_api_is_on_8001() -> None:
    assert compose()["services"]["gateway"]["ports"] == ["127.0.0.1:8001:8001"]
    moved = compose(ODUM_API_PORT="18001")
    assert moved["services"]["gateway"]["ports"] == ["127.0.0.1:18001:8001"]


def test_our_processes_get_the_variables_of_the_embedded_stack_and_no_others() -> None:
    read = set(re.findall(r"\$\{(\w+)", (PROJECT / "config" / "paper.json").read_text()))
    # The embedded server's UI is a container of its own here; the market stays the profile's.
    read -= {"ODUM_TEMPORAL_UI_PORT", "ODUM_SIM_SEED", "ODUM_SIM_TAPE"}
    read -= dates(datetime.now(UTC)).keys()  # the calendar says what these are
    for service in ours().values():
        assert set(service["environment"]) == read | {"ODUM_CONFIG", "ODUM_HOME"}


def test_the_default_profile_loads_in_a_container_and_points_at_the_other_containers() -> None:
    services = compose()["services"]
    environment = services["gateway"]["environment"]
    settings = load_settings(PROJECT / environment["ODUM_CONFIG"], environment)
    assert settings.mode == "paper"
    assert not settings.database.postgres.embedded
    assert not settings.temporal.embedded
    assert settings.database.postgres.host in services
    assert settings.temporal.host in services
    assert settings.venues["BINANCE_SPOT"].urls["http"] == "http://simulators:9101"
    assert settings.api.host == "0.0.0.0"


def test_every_variable_is_documented_in_the_example() -> None:
    used = set(re.findall(r"\$\{(\w+)", FILE.read_text()))
    documented = set(re.findall(r"^#?(\w+)=", (PROJECT / ".env.example").read_text(), re.MULTILINE))
    assert used <= documented


def test_only_the_passwords_must_be_set_by_hand() -> None:
    assert set(re.findall(r"\$\{(\w+):\?", FILE.read_text())) == set(REQUIRED)


def test_temporal_is_tuned_as_the_embedded_one_is() -> None:
    tuned = yaml.safe_load((PROJECT / "config" / "temporal" / "dynamic.yaml").read_text())
    values = {key: str(entries[0]["value"]) for key, entries in tuned.items()}
    # A limit of PostgreSQL's columns; the embedded server has none.
    assert values.pop("limit.maxIDLength") == "255"
    assert values == {key: value.strip('"') for key, value in DYNAMIC_CONFIG.items()}
    assert compose()["services"]["temporal"]["environment"]["NUM_HISTORY_SHARDS"] == "512"
