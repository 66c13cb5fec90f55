"""The venues of the paper profile, and what is traded on each."""

import json
from typing import Any

from tests.support.stack import PAPER

VENUES: dict[str, Any] = json.loads(PAPER.read_text())["venues"]
FIRST = {venue: of_venue["instruments"][0] for venue, of_venue in VENUES.items()}
