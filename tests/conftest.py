"""What every test may use, and how a test session ends."""

import atexit
from pathlib import Path

import pytest

from workers.lifecycle import leave

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def recorded_market() -> Path:
    """The folder of recorded market data, which stands beside the project, not in it."""
    folder = PROJECT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"needs recorded market data in {folder}")
    return folder


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """End as every process of ours that has used Temporal does; at exit, when all is printed."""
    atexit.register(leave, int(exitstatus))
