"""The venues of the paper profile, and what is traded on each."""

from typing import Any

from config import load_settings, masked
from tests.support.stack import PAPER

VENUES: dict[str, Any] = masked(load_settings(PAPER, {}))["venues"]
FIRST = {venue: of_venue["instruments"][0] for venue, of_venue in VENUES.items()}
