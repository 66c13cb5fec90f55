"""Do the venues' ledgers and our books say the same? Exactly, to the last digit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

from tests.support.agreement.accounts import differing_positions
from tests.support.agreement.audits import broken_audits
from tests.support.agreement.books import Books, read_books
from tests.support.agreement.orders import differing_fills, differing_orders
from tests.support.stack import PaperStack

_WITHIN_S = 10.0
"""A resting order may fill at any moment, and news of it take a while."""


def disagreements(books: Books) -> Iterator[str]:
    """What does not fit, a sentence each."""
    yield from differing_orders(books)
    yield from differing_fills(books)
    yield from differing_positions(books)
    yield from broken_audits(books)


async def assert_books_agree(stack: PaperStack) -> None:
    """Every order is what its venue has, each execution is booked once, positions are the fold of
    all fills and what the venues hold, and the audit trail explains each row."""
    deadline = time.monotonic() + _WITHIN_S
    while found := [*disagreements(await read_books(stack))]:
        assert time.monotonic() < deadline, "\n".join(found)
        await asyncio.sleep(0.5)
