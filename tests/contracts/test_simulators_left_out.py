"""docs/simulators.md says what the simulated venues leave out: no more and no less.

What a venue has is taken from ccxt's tables of endpoints.
"""

import re
import time
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import ccxt
import pytest

from venues.simulators.bybit.venue import build as build_bybit
from venues.simulators.faults import Faults
from venues.simulators.okx.venue import build as build_okx
from venues.simulators.venue import Setup
from venues.simulators.wire import WireLog

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "simulators.md"
KEYS = {"api_key": "key", "api_secret": "secret", "passphrase": "phrase"}
VENUES: dict[str, tuple[Any, Any, str]] = {
    "Bybit": (build_bybit, ccxt.bybit, "/"),
    "OKX": (build_okx, ccxt.okx, "/api/v5/"),
}
"""How each is built, who knows its endpoints, and what these lack in front."""


def endpoints_in(table: Any) -> Iterator[tuple[str, str]]:
    """Methods and paths of ccxt's table, which nests by group."""
    for name, entries in table.items():
        if name in ("get", "post", "put", "delete"):
            for path in entries:
                yield name.upper(), path
        elif isinstance(entries, dict):
            yield from endpoints_in(entries)


def left_out(venue: str) -> list[str]:
    """The paths in the section of a venue; ``*`` stands for any ending."""
    text = DOCUMENT.read_text()
    _, _, section = text.partition(f"## What the simulated {venue} leaves out")
    section = section.partition("\n## ")[0]
    return re.findall(r"`(/[^`]*)`", section)


@pytest.mark.parametrize("venue", VENUES)
def test_what_is_not_served_is_listed_and_nothing_else(venue: str, tmp_path: Path) -> None:
    build, client, prefix = VENUES[venue]
    setup = Setup(KEYS, tmp_path / "x.jsonl", Faults(1), WireLog(), time.time_ns())
    built = build(setup)
    served = built.endpoints
    built.exchange.close()
    known = {(m, prefix + path) for m, path in endpoints_in(client().describe()["api"])}
    missing = {path for _, path in known - served}
    listed = left_out(venue)
    assert served <= known
    assert {p for p in missing if not any(fnmatchcase(p, one) for one in listed)} == set()
    assert {one for one in listed if not any(fnmatchcase(p, one) for p in missing)} == set()
    paths = {path for _, path in served}
    assert {one for one in listed if any(fnmatchcase(p, one) for p in paths)} == set()
