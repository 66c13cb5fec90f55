"""Writes the table of cards into docs/venues.md: `python -m tests.contracts.cards.matrix`."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from tests.contracts.cards.card import Card, Verdict, deck
from tests.contracts.cards.elsewhere import ELSEWHERE
from tests.contracts.cards.lessons import LESSONS
from tests.contracts.cards.results import recorded
from tests.contracts.venues import known_benches
from tests.support.bench_spec import End, Ends

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "venues.md"
BEGIN, END = "<!-- cards: begin -->", "<!-- cards: end -->"
_CELLS = {
    Verdict.PASSED: "pass",
    Verdict.REFUSED: "refused",
    Verdict.NOT_OFFERED: "not offered",
    Verdict.FAILED: "**FAIL**",
    None: "not run",
}

_ENDS: tuple[tuple[str, str, Callable[[Ends], End | None]], ...] = (
    ("TC-E14", "IOC order that finds nothing", lambda ends: ends.ioc),
    ("TC-E16", "FOK order that finds nothing", lambda ends: ends.fok),
    ("TC-E18", "GTD order whose time has come", lambda ends: ends.gtd),
    ("TC-E70", "post-only order that would take", lambda ends: ends.post_only),
    ("TC-E71", "reduce-only order without a position", lambda ends: ends.reduce_only),
)

Results = Mapping[str, Mapping[str, Verdict]]


def cell(verdict: Verdict | None) -> str:
    """How the table writes what a card found."""
    return _CELLS[verdict]


def documented(number: str, venue: str) -> str:
    """What the table says that a card finds on a venue; empty where it does not say."""
    generated = DOCUMENT.read_text().partition(BEGIN)[2].partition(END)[0]
    rows = [line.strip("| ").split(" | ") for line in generated.strip().splitlines()]
    header = rows[0]
    for row in rows:
        if row[0] == number and len(row) == len(header):
            return row[header.index(venue)] if venue in header else ""
    return ""


def table(cards: Sequence[Card], results: Results) -> str:
    """The cards by venue, what each proves, the lessons, and what is proven elsewhere."""
    parts = (
        _matrix(cards, results),
        _not_offered(cards, results),
        _words(),
        _meanings(cards),
        _lessons(cards),
        _elsewhere(),
    )
    return "\n\n".join("\n".join(part) for part in parts)


def _matrix(cards: Sequence[Card], results: Results) -> Iterator[str]:
    venues = sorted(results)
    yield _row("card", "what", *venues)
    yield _row(*["---"] * (len(venues) + 2))
    for card in cards:
        cells = (cell(results[venue].get(card.number)) for venue in venues)
        yield _row(card.number, card.title, *cells)
    passed = (_count(results[venue], Verdict.PASSED) for venue in venues)
    refused = (_count(results[venue], Verdict.REFUSED) for venue in venues)
    yield _row("", "passed", *passed)
    yield _row("", "refused, as declared", *refused)
    lacking = (_count(results[venue], Verdict.NOT_OFFERED) for venue in venues)
    yield _row("", "not offered here", *lacking)


def _not_offered(cards: Sequence[Card], results: Results) -> Iterator[str]:
    yield "### What a venue has and is not offered here"
    yield ""
    yield _row("venue", "what", "why", "cards")
    yield _row(*["---"] * 4)
    for venue, spec in sorted(known_benches().items()):
        for name, why in spec.not_offered.items():
            found = results.get(venue, {})
            about = (
                card.number
                for card in cards
                if found.get(card.number) is Verdict.NOT_OFFERED
                and name in {need.name for need in card.needs}
            )
            yield _row(venue, name, why, ", ".join(about))


def _words() -> Iterator[str]:
    yield "### How each venue ends what does not trade"
    yield ""
    yield "As we tell it, and by which code and words; the cards of the rows hold it to that."
    yield ""
    specs = [spec for _, spec in sorted(known_benches().items())]
    yield _row("card", "what", *(spec.venue for spec in specs))
    yield _row(*["---"] * (len(specs) + 2))
    for card, what, of in _ENDS:
        yield _row(card, what, *(str(of(spec.ends) or "") for spec in specs))


def _meanings(cards: Sequence[Card]) -> Iterator[str]:
    yield "### What each card proves"
    yield ""
    yield _row("card", "proves", "lessons")
    yield _row("---", "---", "---")
    for card in cards:
        yield _row(card.number, card.proves, ", ".join(card.lessons))


def _lessons(cards: Sequence[Card]) -> Iterator[str]:
    yield "### Lessons: where each is guarded against"
    yield ""
    yield _row("lesson", "what must hold", "cards", "whole system")
    yield _row(*["---"] * 4)
    for one in LESSONS:
        guarding = ", ".join(card.number for card in cards if one.number in card.lessons)
        tests = ", ".join(f"`{path}`" for path in one.tested_in)
        yield _row(one.number, one.must_hold, guarding, tests)


def _elsewhere() -> Iterator[str]:
    yield "### Cards of NautilusTrader's list that are proven elsewhere"
    yield ""
    yield _row("card", "what", "why", "tested in")
    yield _row(*["---"] * 4)
    for one in ELSEWHERE:
        tests = ", ".join(f"`{name}`" for name in one.tested_in)
        yield _row(one.number, one.title, one.why, tests)


def _count(found: Mapping[str, Verdict], wanted: Verdict) -> str:
    return str(sum(verdict is wanted for verdict in found.values()))


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def renewed(document: str, results: Results) -> str:
    """The document with the table between its markers."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table(deck(), results)}\n{END}{after}"


def main() -> None:
    numbers = {card.number for card in deck()}
    results = {
        venue: {number: one for number, one in recorded(venue).items() if number in numbers}
        for venue in known_benches()
    }
    DOCUMENT.write_text(renewed(DOCUMENT.read_text(), results))
    failed = sum(Verdict.FAILED in found.values() for found in results.values())
    missing = sum(len(numbers - found.keys()) for found in results.values())
    sys.stdout.write(f"{DOCUMENT}: {failed} venues with failed cards, {missing} cards not run\n")


if __name__ == "__main__":
    main()
