"""What a card is, and how it is found. A card is a function of a suite that plays on a bench.

    @card("TC-E40", "Cancel a limit order")
    async def cancel(bench: VenueBench) -> None:
        \"\"\"What it proves, in one sentence.\"\"\"

A venue without the feature that a card needs must refuse it clearly, and so must we where the venue
has it and we do not serve it; the card then plays that.
"""

import importlib
import pkgutil
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from tests.contracts.cards import suites
from tests.support.venue_bench import VenueBench

Play = Callable[[VenueBench], Awaitable["Verdict | None"]]
"""What it found; None is that it passed."""
_NUMBER = re.compile(r"(TC-E\d{2,3}|OD-\d{2,3})[a-z]?")


class Verdict(StrEnum):
    """What a card found."""

    PASSED = "passed"
    REFUSED = "refused, as declared"
    NOT_OFFERED = "not offered here"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Need:
    """A feature that not every venue has.

    `met` says whether the venue declares it; where it does not, `refused` plays an order that needs
    it, asserts that nothing of it reaches the venue, and gives the reason for the refusal, in which
    `word`, a regular expression, must be found: a reason that speaks of something else hides that.
    """

    name: str
    met: Callable[[VenueBench], bool]
    refused: Callable[[VenueBench], Awaitable[str]]
    word: str

    async def lacks(self, bench: VenueBench) -> Verdict:
        """Play the refusal; which it is."""
        reason = await self.refused(bench)
        assert re.search(self.word, reason, re.IGNORECASE), f"not about {self.name}: {reason}"
        return Verdict.NOT_OFFERED if self.name in bench.spec.not_offered else Verdict.REFUSED


@dataclass(frozen=True, slots=True)
class Card:
    """`number` after NautilusTrader's execution testing spec (TC-E..), or ours (OD-..).

    `lessons` are the families of LESSONS.md that it guards against.
    """

    number: str
    title: str
    proves: str
    suite: str
    needs: tuple[Need, ...]
    lessons: tuple[str, ...]
    play: Play

    async def on(self, bench: VenueBench) -> Verdict:
        """Play it. A failed assertion says what was wrong."""
        for need in self.needs:
            if not need.met(bench):
                return await need.lacks(bench)
        return await self.play(bench) or Verdict.PASSED

    @property
    def test_id(self) -> str:
        """The number and the lessons: `pytest -k L4` finds all cards of that family."""
        return "-".join((self.number, *self.lessons))


_deck: dict[str, Card] = {}


def card(
    number: str, title: str, *needs: Need, lessons: Sequence[str] = ()
) -> Callable[[Play], Play]:
    """Put the function into the deck; what it proves is its docstring."""

    def put(play: Play) -> Play:
        assert _NUMBER.fullmatch(number), f"{number} is no number of a card"
        assert number not in _deck, f"two cards have the number {number}"
        assert play.__doc__, f"{number} must say in its docstring what it proves"
        proves = " ".join(play.__doc__.split())
        suite = play.__module__.rpartition(".")[2]
        _deck[number] = Card(number, title, proves, suite, needs, tuple(lessons), play)
        return play

    return put


@cache
def deck() -> tuple[Card, ...]:
    """All cards of all suites, by number; NautilusTrader's first."""
    for module in pkgutil.iter_modules(suites.__path__):
        importlib.import_module(f"{suites.__name__}.{module.name}")
    return tuple(sorted(_deck.values(), key=_place))


def _place(one: Card) -> tuple[bool, int, str]:
    digits = int("".join(filter(str.isdigit, one.number)))
    return (one.number.startswith("OD"), digits, one.number)
