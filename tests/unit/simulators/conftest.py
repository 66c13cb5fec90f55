"""Ledgers opened by a test are closed after it."""

from collections.abc import Iterator

import pytest

from tests.unit.simulators.worlds import OPENED


@pytest.fixture(autouse=True)
def _close_exchanges() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().close()
