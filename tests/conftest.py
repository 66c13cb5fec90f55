"""What every test may use, and how a test session ends."""

import atexit
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.stack import PaperStack, paper_stack
from workers.lifecycle import leave

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def recorded_market() -> Path:
    """The folder of recorded market data, which stands beside the project, not in it."""
    folder = PROJECT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"needs recorded market data in {folder}")
    return folder


@pytest.fixture(scope="session")
def stack() -> Iterator[PaperStack]:
    """The whole paper stack, one for all who need it: each test leaves it healthy, or fails."""
    with paper_stack() as running:
        yield running


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Who needs the whole stack comes last, so that it does not run beside everybody else."""
    items.sort(key=lambda item: "stack" in getattr(item, "fixturenames", ()))


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """End as every process of ours that has used Temporal does; at exit, when all is printed."""
    atexit.register(leave, int(exitstatus))
