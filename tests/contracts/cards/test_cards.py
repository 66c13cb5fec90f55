"""Plays every card on every venue: `pytest tests/contracts/cards -k BYBIT`, or `-k TC-E40`."""

from collections.abc import Callable

import pytest

from tests.contracts.cards.card import Card, deck
from tests.support.venue_bench import VenueBench

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("card", deck(), ids=lambda card: card.number)
async def test_card(
    bench: VenueBench, card: Card, record_property: Callable[[str, object], None]
) -> None:
    verdict = await card.on(bench)
    record_property("verdict", verdict.value)
    assert bench.sim.summary().doubled == [], f"sent twice to {bench.name}"
