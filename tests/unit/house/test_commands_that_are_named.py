"""A command that a sentence or a page tells to run is one that there is."""

import re
from pathlib import Path

import pytest

from workers.cli import COMMANDS

PROJECT = Path(__file__).resolve().parents[3]
MAKEFILE = (PROJECT / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
ROOMS = ("config", "domain", "db", "venues", "activities", "workflows", "api", "console", "workers")
TEXTS = [
    *sorted(PROJECT.glob("*.md")),
    *sorted((PROJECT / "docs").rglob("*.md")),
    *sorted(file for room in ROOMS for file in (PROJECT / room).rglob("*.py")),
]


@pytest.mark.parametrize(
    ("quoted", "known"),
    [(r"`make ([a-z][a-z-]+)", TARGETS), (r"`(?:\.venv/bin/)?odum ([a-z][a-z-]+)", set(COMMANDS))],
)
def test_it_exists(quoted: str, known: set[str]) -> None:
    named = {(file.name, word) for file in TEXTS for word in re.findall(quoted, file.read_text())}
    assert named
    assert {(file, word) for file, word in named if word not in known} == set()


def test_scripts_that_are_named_exist() -> None:
    named = {word for file in TEXTS for word in re.findall(r"`(scripts/[a-z]+)", file.read_text())}
    assert "scripts/bootstrap" in named
    assert [script for script in named if not (PROJECT / script).exists()] == []


def test_the_paper_stack_is_paper_whatever_the_shell_says() -> None:
    paper = MAKEFILE.partition("\npaper:")[2].partition("\n\n")[0]
    assert "--config config/paper.json" in paper
