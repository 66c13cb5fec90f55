"""An engine of ours listens on this machine alone: a profile that leads elsewhere is refused."""

from pathlib import Path
from typing import Any

import pytest

from tests.unit.config.profiles import LIVE, PAPER, changed, load, problems

PG = "database__postgres__"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        (
            # As in a shell that still has the variables of another profile.
            {PG + "host": "db.example.com"},
            "database.postgres.host: an embedded engine listens on 127.0.0.1 only; name that host,"
            " or set embedded false to use db.example.com",
        ),
        (
            {PG + "ssl": "require"},
            "database.postgres.ssl: the embedded PostgreSQL speaks no TLS; set disable",
        ),
        (
            {"temporal__address": "temporal.example.com:7233"},
            "temporal.address: an embedded engine listens on 127.0.0.1 only; name that host, or set"
            " embedded false to use temporal.example.com",
        ),
        (
            {"temporal__tls": {}},
            "temporal.tls: the embedded Temporal speaks no TLS; set null",
        ),
        (
            {"temporal__api_key": "Zq9-never-shown"},
            "temporal.api_key: the embedded Temporal asks for none; leave it out",
        ),
    ],
)
def test_what_an_embedded_engine_cannot_be_is_refused(
    changes: dict[str, Any], problem: str, tmp_path: Path
) -> None:
    assert problems(changed(PAPER, **changes), tmp_path) == (problem,)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        (
            {PG + "embedded": True},
            "database.postgres.embedded: live mode needs a PostgreSQL of its own; set false",
        ),
        (
            {"temporal__embedded": True},
            "temporal.embedded: the dev server is not for live mode; set false",
        ),
    ],
)
def test_live_mode_takes_none(changes: dict[str, Any], problem: str, tmp_path: Path) -> None:
    assert problems(changed(LIVE, **changes), tmp_path) == (problem,)


def test_its_host_may_be_named_either_way(tmp_path: Path) -> None:
    profile = changed(PAPER, **{PG + "host": "localhost"}, temporal__address="127.0.0.1:7233")
    assert load(profile, tmp_path).database.postgres.embedded
