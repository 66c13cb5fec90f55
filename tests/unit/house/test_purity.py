"""What import rules cannot see: pure code takes the time as an argument, and money is no float."""

import ast
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]
CLOCKS = {"now", "utcnow", "today"}


def impurities(source: str) -> list[str]:
    """Calls of a clock, of files or of ``float``, as ``line: call``."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        match node.func:
            case ast.Attribute(attr=name) if name in CLOCKS:
                found.append(f"{node.lineno}: {name}()")
            case ast.Name(id=("open" | "print" | "input" | "float") as name):
                found.append(f"{node.lineno}: {name}()")
    return found


@pytest.mark.parametrize("room", ["domain", "algos"])
def test_pure_rooms_read_no_clock_and_no_files(room: str) -> None:
    files = sorted((PROJECT / room).rglob("*.py"))
    assert files
    assert {str(file): found for file in files if (found := impurities(file.read_text()))} == {}


@pytest.mark.parametrize(
    "source",
    ["datetime.now(UTC)", "date.today()", "open('x')", "float('0.1')", "dt.datetime.now()"],
)
def test_the_check_sees_what_it_looks_for(source: str) -> None:
    assert len(impurities(source)) == 1
