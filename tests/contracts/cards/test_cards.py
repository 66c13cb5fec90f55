"""Plays every card on every venue: `pytest tests/contracts/cards -k BYBIT`, or `-k TC-E40`."""

import pytest

from tests.contracts.cards.card import Card, deck
from tests.support.venue_bench import VenueBench

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("card", deck(), ids=lambda card: card.number)
async def test_card(bench: VenueBench, card: Card, record_property: pytest.FixtureRequest) -> None:
    verdict = await card.on(bench)
    record_property("verdict", verdict.value)
    doubled = [
        client_id for client_id in bench.sim.summary().doubled if not client_id.startswith("venue")
    ]
    assert doubled == [], f"sent twice to {bench.name}: {doubled}"
