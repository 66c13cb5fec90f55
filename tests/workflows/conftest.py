"""One house for each test: the order's whole surroundings, real but for the venue."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.impatience import impatience
from tests.support.order_house import OrderHouse, order_house
from workers.stack.embedded_temporal import EmbeddedTemporal


@pytest.fixture(autouse=True)
def impatient() -> Iterator[None]:
    with impatience():
        yield


@pytest.fixture
async def house(database: str, temporal_server: EmbeddedTemporal) -> AsyncIterator[OrderHouse]:
    async with order_house(database, temporal_server.address) as opened:
        yield opened
