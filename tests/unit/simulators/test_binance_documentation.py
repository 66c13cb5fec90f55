"""docs/venues/binance.md says what of the documented venue is not served here, and no more."""

import re
import time
from pathlib import Path

import pytest

from tests.unit.simulators import binance_documented as documented
from venues.simulators.binance.products import build_futures, build_spot
from venues.simulators.binance.venue import BinanceVenue
from venues.simulators.binance.ws_api import SESSION_METHODS
from venues.simulators.binance.ws_methods import SPOT_REQUESTS
from venues.simulators.faults import Faults
from venues.simulators.venue import Setup
from venues.simulators.wire import WireLog

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "venues" / "binance.md"


def left_out(heading: str) -> set[str]:
    """What stands in the row of a heading in the table of what is left out."""
    (row,) = re.findall(rf"^\| {heading} \|(.*)\|$", DOCUMENT.read_text(), re.MULTILINE)
    return set(re.findall(r"`([^`]+)`", row))


def served(product: str, folder: Path) -> set[str]:
    """The endpoints of a product."""
    path = folder / f"{product}.jsonl"
    keys = {"api_key": "key", "api_secret": "secret"}
    setup = Setup(keys, path, Faults(seed=1), WireLog(), time.time_ns())
    venue: BinanceVenue = (build_spot if product == "spot" else build_futures)(setup)
    venue.exchange.close()
    return {f"{method} {path}" for method, path in venue.routes}


@pytest.mark.parametrize(
    ("product", "heading", "all_of_them"),
    [("spot", "spot REST", documented.SPOT), ("futures", "futures REST", documented.FUTURES)],
)
def test_endpoints_that_are_left_out_are_listed(
    tmp_path: Path, product: str, heading: str, all_of_them: frozenset[str]
) -> None:
    assert left_out(heading) == all_of_them - served(product, tmp_path)


def test_requests_of_the_websocket_api_that_are_left_out_are_listed() -> None:
    here = set(SPOT_REQUESTS) | SESSION_METHODS
    assert left_out("spot WebSocket API") == documented.SPOT_METHODS - here
