"""Plays every card on every venue: `pytest tests/contracts/cards -k BYBIT`, or `-k TC-E40`,
or `-k L4` for all cards that guard against that family of failures."""

import os
from collections.abc import Callable

import pytest

from tests.contracts.cards.card import Card, deck
from tests.contracts.cards.matrix import cell, documented
from tests.support.venue_bench import VenueBench

RENEWING = "ODUM_RENEW_CARDS"
"""Set where the table is made from what the cards find, and not the other way round."""

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("card", deck(), ids=lambda card: card.test_id)
async def test_card(
    bench: VenueBench, card: Card, record_property: Callable[[str, object], None]
) -> None:
    verdict = await card.on(bench)
    record_property("verdict", verdict.value)
    assert bench.sim.summary().doubled == [], f"sent twice to {bench.name}"
    if RENEWING not in os.environ:
        # A feature that is lost must not turn its cards from passed to refused and nobody notices.
        assert cell(verdict) == documented(card.number, bench.name), "if it shall be: make cards"
