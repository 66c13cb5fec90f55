"""What the cards found when they were last played: one file per venue under build/, renewed card by
card, so that a run of one venue or of one card is enough to renew its place in the table."""

import json
from collections.abc import Mapping
from pathlib import Path

from tests.contracts.cards.card import Verdict

FOLDER = Path(__file__).resolve().parents[3] / "build" / "cards"


def record(venue: str, found: Mapping[str, Verdict], folder: Path = FOLDER) -> None:
    """Add to what is known of the venue."""
    folder.mkdir(parents=True, exist_ok=True)
    known = {**recorded(venue, folder), **found}
    text = json.dumps({number: known[number].value for number in sorted(known)}, indent=1)
    (folder / f"{venue}.json").write_text(text + "\n")


def recorded(venue: str, folder: Path = FOLDER) -> dict[str, Verdict]:
    """By the card's number; empty for a venue that never ran here."""
    path = folder / f"{venue}.json"
    if not path.exists():
        return {}
    return {number: Verdict(text) for number, text in json.loads(path.read_text()).items()}
