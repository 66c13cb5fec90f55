"""What a venue tells without being asked: order news and fills, booked in the order they come.

News must not be lost: while the database is away the reader keeps the item in its hand and tries
again, and everything behind it waits in the venue's stream. What a dead process held in its hand is
pulled again by `Reconciliation`, which books by trade id and so never twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial

from activities.inquiry import Inquiry
from db.pool import DATABASE_AWAY
from domain.identifiers import order_id_of_venue_client_id
from venues.port import ExternalAdapter, FillNews, OrderNews, StreamRestored, VenueEvent

logger = logging.getLogger(__name__)

_RETRY_S = 0.25


class VenueNews:
    def __init__(
        self, adapter: ExternalAdapter, inquiry: Inquiry, on_gap: Callable[[], None]
    ) -> None:
        """`on_gap` is told when the stream was away: something may have been missed."""
        self._adapter = adapter
        self._inquiry = inquiry
        self._on_gap = on_gap

    async def read(self) -> None:
        """Book the venue's news for ever."""
        async for event in self._adapter.events():
            await _until_booked(partial(self._book, event))

    async def _book(self, event: VenueEvent) -> None:
        match event:
            case FillNews(fill):
                await self._inquiry.book(fill)
            case OrderNews(venue_client_id, news):
                order_id = order_id_of_venue_client_id(venue_client_id)
                if order_id is not None:
                    await self._inquiry.hear(order_id, news, venue_client_id)
            case StreamRestored():
                self._on_gap()


async def _until_booked(book: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            return await book()
        except DATABASE_AWAY as error:
            logger.warning("the database is away, the news waits: %s", error)
            await asyncio.sleep(_RETRY_S)
