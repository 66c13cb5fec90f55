"""What `odum up` runs, for which profile."""

from pathlib import Path

import pytest

from config import Settings, load_settings
from workers.home import PROJECT_ROOT
from workers.stack.plan import make_plan

PAPER = PROJECT_ROOT / "config" / "paper.json"


def paper(**env: str) -> Settings:
    return load_settings(PAPER, env)


def test_paper_runs_everything_embedded(tmp_path: Path) -> None:
    plan = make_plan(paper(), tmp_path, PAPER)
    needs = {process.name: set(process.needs) for process in plan.processes}
    assert needs == {
        "postgres": set(),
        "temporal": set(),
        "simulators": set(),
        "gateway": {"postgres", "temporal"},
        "nautilus": {"postgres", "temporal", "simulators"},
        "deribit": {"postgres", "temporal", "simulators"},
        "interactive_brokers": {"postgres", "temporal", "simulators"},
    }
    assert plan.remotes == ()
    assert {process.name for process in plan.processes if process.serves_venues} == {
        "nautilus",
        "deribit",
        "interactive_brokers",
    }


def test_ports_come_from_the_variables_that_the_sentences_name(tmp_path: Path) -> None:
    variables = [port.variable for port in make_plan(paper(), tmp_path, PAPER).ports]
    env = {variable: str(20000 + i) for i, variable in enumerate(variables)}
    moved = make_plan(paper(**env), tmp_path, PAPER).ports
    assert {port.variable: str(port.number) for port in moved} == env


def test_engines_that_run_elsewhere_are_waited_for_not_started(tmp_path: Path) -> None:
    env = {"ODUM_POSTGRES_EMBEDDED": "false", "ODUM_TEMPORAL_EMBEDDED": "false"}
    plan = make_plan(paper(**env), tmp_path, PAPER)
    assert {"postgres", "temporal"}.isdisjoint(process.name for process in plan.processes)
    assert {remote.name for remote in plan.remotes} == {"postgres", "temporal"}
    gateway = next(process for process in plan.processes if process.name == "gateway")
    assert set(gateway.needs) == {"postgres", "temporal"}
    assert "ODUM_POSTGRES_PORT" not in {port.variable for port in plan.ports}


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("0.0.0.0", "http://127.0.0.1:8001"),
        ("::", "http://[::1]:8001"),
        ("fd00::7", "http://[fd00::7]:8001"),
        ("api.internal", "http://api.internal:8001"),
    ],
)
def test_the_api_is_reached_where_it_listens(host: str, url: str, tmp_path: Path) -> None:
    assert make_plan(paper(ODUM_API_HOST=host), tmp_path, PAPER).urls["api"] == url


def test_a_profile_without_simulators_starts_none(tmp_path: Path) -> None:
    settings = paper().model_copy(update={"simulators": None})
    plan = make_plan(settings, tmp_path, PAPER)
    assert "simulators" not in {process.name for process in plan.processes}
    assert not any("SIM" in port.variable for port in plan.ports)


def test_what_is_left_out_is_not_waited_for(tmp_path: Path) -> None:
    plan = make_plan(paper(), tmp_path, PAPER, frozenset({"simulators", "temporal"}))
    needs = {process.name: set(process.needs) for process in plan.processes}
    assert needs.pop("postgres") == set()
    assert all(needed == {"postgres"} for needed in needs.values())


def test_no_command_line_shows_a_password(tmp_path: Path) -> None:
    """Every user of the machine can read command lines."""
    secret = "a-very-secret-password"
    plan = make_plan(paper(ODUM_POSTGRES_PASSWORD=secret), tmp_path, PAPER)
    assert all(secret not in word for process in plan.processes for word in process.command)
