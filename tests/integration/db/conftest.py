"""Each test works with books of its own, in a real PostgreSQL."""

from collections.abc import AsyncIterator

import pytest

from tests.support.books import Books, open_books


@pytest.fixture
async def books(database: str) -> AsyncIterator[Books]:
    async with open_books(database) as opened:
        yield opened
