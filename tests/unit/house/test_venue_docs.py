"""docs/venues.md shows the cards that there are, and each venue has its page."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contracts.cards.card import Verdict, deck
from tests.contracts.cards.elsewhere import ELSEWHERE
from tests.contracts.cards.lessons import LESSONS, Lesson
from tests.contracts.cards.matrix import BEGIN, DOCUMENT, END, renewed
from tests.contracts.cards.results import record, recorded
from tests.contracts.venues import known_benches
from venues.registry import known_venues

PROJECT = DOCUMENT.parent.parent


def cards_of(document: str) -> list[tuple[str, str]]:
    """Number and title of each row of the first table between the markers."""
    generated = document.partition(BEGIN)[2].partition(END)[0]
    matrix = generated.partition("###")[0]
    return re.findall(r"^\| ((?:TC-E|OD-)\w+) \| ([^|]+?) \|", matrix, re.MULTILINE)


def test_the_document_lists_the_cards_that_there_are() -> None:
    found = cards_of(DOCUMENT.read_text())
    assert found == [(card.number, card.title) for card in deck()], (
        "run the cards, then `python -m tests.contracts.cards.matrix`"
    )


def test_the_document_has_a_column_for_every_venue() -> None:
    text = DOCUMENT.read_text()
    header = text.partition(BEGIN)[2].strip().partition("\n")[0]
    assert header.strip("| ").split(" | ")[2:] == sorted(known_benches())


def test_every_venue_has_a_bench() -> None:
    assert known_benches().keys() == known_venues().keys()


def test_every_page_that_the_document_links_to_exists() -> None:
    links = re.findall(r"\]\((venues/[^)#]+)", DOCUMENT.read_text())
    assert links
    assert [link for link in links if not (PROJECT / "docs" / link).exists()] == []


def test_what_is_proven_elsewhere_is_there() -> None:
    """As pytest finds it: a test that was renamed proves nothing any more."""
    names = {name for one in ELSEWHERE for name in one.tested_in}
    collect = [sys.executable, "-m", "pytest", "--collect-only", "-qq", "-p", "no:cacheprovider"]
    found = subprocess.run(
        [*collect, *sorted(names)], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout + found.stderr


def test_no_card_is_both_played_and_proven_elsewhere() -> None:
    assert {one.number for one in ELSEWHERE} & {card.number for card in deck()} == set()


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.number)
def test_every_lesson_has_its_cards_and_its_stories(lesson: Lesson) -> None:
    assert [card.number for card in deck() if lesson.number in card.lessons]
    assert [path for path in lesson.tested_in if not (PROJECT / path).exists()] == []


def test_cards_name_lessons_that_there_are() -> None:
    named = {number for card in deck() for number in card.lessons}
    assert named <= {lesson.number for lesson in LESSONS}


def test_a_run_of_one_card_renews_its_cell_only(tmp_path: Path) -> None:
    first, second = deck()[0].number, deck()[1].number
    record("HERE", {first: Verdict.PASSED, second: Verdict.FAILED}, tmp_path)
    record("HERE", {second: Verdict.REFUSED}, tmp_path)
    assert recorded("HERE", tmp_path) == {first: Verdict.PASSED, second: Verdict.REFUSED}
    old = f"before\n{BEGIN}\nof last year\n{END}\nafter\n"
    text = renewed(old, {"HERE": recorded("HERE", tmp_path)})
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "of last year" not in text
    assert f"| {first} | {deck()[0].title} | pass |" in text
    assert f"| {second} | {deck()[1].title} | refused |" in text
    assert f"| {deck()[2].number} | {deck()[2].title} | not run |" in text
