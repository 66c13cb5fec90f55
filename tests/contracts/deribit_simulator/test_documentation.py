"""docs/venues/deribit.md says which methods and channels of the venue the simulator lacks."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.contracts.deribit_simulator.rpc import Rpc
from tests.support.simulated_venue import VenueOnLoop
from venues.simulators.deribit.scopes import SCOPES

FOLDER = Path(__file__).parent / "documented"
DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "venues" / "deribit.md"


def listed(name: str) -> Iterator[list[str]]:
    """The words of each line of a list of what the venue has."""
    for line in (FOLDER / name).read_text().splitlines():
        if not line.startswith("#"):
            yield line.split(" ", 1)


def missing(heading: str) -> set[str]:
    """What the table under a heading names as missing."""
    _, _, rest = DOCUMENT.read_text().partition(f"### {heading}\n")
    table, _, _ = rest.partition("\n#")
    return set(re.findall(r"`([\w./()]+)`", table))


async def test_methods_are_there_or_said_to_be_missing(venue: VenueOnLoop, rpc: Rpc) -> None:
    methods = [words[0] for words in listed("methods.txt")]
    absent = {m for m in methods if (await rpc.get(m)).body.get("error", {}).get("code") == -32601}
    assert absent == missing("Methods that are not there")
    there = len(methods) - len(absent)
    assert f"{there} of the {len(methods)} methods" in " ".join(DOCUMENT.read_text().split())


async def test_channels_are_there_or_said_to_be_missing(rpc: Rpc) -> None:
    examples = {example: name for name, example in listed("channels.txt")}
    async with rpc.socket() as socket:
        taken = (await socket.call("private/subscribe", channels=list(examples))).result
    absent = {name for example, name in examples.items() if example not in taken}
    assert absent == missing("Channels that are not there")


def test_methods_want_the_scope_that_the_venue_says() -> None:
    documented = {words[0]: words[1] for words in listed("methods.txt") if len(words) == 2}
    # What is about market makers' protection names two; those are not there.
    wanted = {method: scope for method, scope in documented.items() if method in SCOPES}
    assert wanted == SCOPES
