"""The past of the account: orders that have ended, and trades.

The venue keeps finished orders for 30 minutes and trades for 24 hours; older ones are asked for
with `historical`, which keeps them for good and does not know the latest. The two may overlap, so
what comes twice counts once.
Source: docs.deribit.com, "Accessing Historical Trades and Orders Using API".
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from venues.deribit.clock import VenueClock
from venues.deribit.names import currency_of
from venues.deribit.questions import Asked, Questions
from venues.deribit.reports import Told
from venues.port import VenueUnreachable

_LOG = logging.getLogger(__name__)
_PAGE = 1000
_MARGIN = timedelta(minutes=1)

RECENT_ORDERS = timedelta(minutes=25)  # of the venue's 30 minutes
_RECENT_TRADES = timedelta(hours=23)  # of the venue's 24 hours

# A question about one order ends within seconds or not at all: its asker does not wait longer.
_PAGES_OF_ONE_ORDER_MAX = 50


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where the venue files orders and trades: under the instrument as long as it is listed, and
    under the currency for good."""

    kind: str
    name: str

    @classmethod
    def of(cls, name: str, *, listed: bool) -> Shelf:
        return cls("instrument", name) if listed else cls("currency", currency_of(name))

    @property
    def asked(self) -> Asked:
        key = "instrument_name" if self.kind == "instrument" else self.kind
        return {key: self.name}


class History:
    """Every question raises VenueUnreachable when there is no usable answer."""

    def __init__(self, questions: Questions, clock: VenueClock) -> None:
        self._questions = questions
        self._clock = clock

    async def orders_labelled(self, label: str, shelf: Shelf, sent_at: datetime) -> list[Told]:
        """Orders with that label that have ended since they were sent."""
        # The latest come first, whether by their beginning or by their end: either way one that
        # ended before ours was sent stands behind all of ours.
        until_ms = self._clock.at_ms(sent_at - _MARGIN)
        for historical in (False, True) if _is_older(sent_at, RECENT_ORDERS) else (False,):
            for page in range(_PAGES_OF_ONE_ORDER_MAX):
                orders: Sequence[Told] = await self._questions.ask(
                    f"private/get_order_history_by_{shelf.kind}",
                    {
                        **shelf.asked,
                        "count": _PAGE,
                        "offset": page * _PAGE,
                        "include_old": True,
                        "include_unfilled": True,
                        "historical": historical,
                    },
                )
                found = [told for told in orders if told.get("label") == label]
                if found:
                    return found
                if len(orders) < _PAGE or int(orders[-1]["last_update_timestamp"]) < until_ms:
                    break
            else:
                raise _too_much(f"orders of {shelf.name}", sent_at)
        return []

    async def trades_labelled(self, label: str, shelf: Shelf, sent_at: datetime) -> list[Told]:
        """Trades of the order with that label."""
        trades = await self._trades(shelf, sent_at - _MARGIN, _PAGES_OF_ONE_ORDER_MAX)
        return [trade for trade in trades if trade.get("label") == label]

    async def trades(self, currency: str, since: datetime) -> list[Told]:
        """All trades of a currency's instruments since then, whether they are still listed or not,
        and however many there are."""
        return await self._trades(Shelf("currency", currency), since, None)

    async def _trades(self, shelf: Shelf, since: datetime, pages_max: int | None) -> list[Told]:
        found: dict[str, Told] = {}
        for historical in (True, False) if _is_older(since, _RECENT_TRADES) else (False,):
            start_ms, pages = self._clock.at_ms(since), 0
            while True:
                page = await self._questions.ask(
                    f"private/get_user_trades_by_{shelf.kind}",
                    {
                        **shelf.asked,
                        "start_timestamp": start_ms,
                        "count": _PAGE,
                        "sorting": "asc",
                        "historical": historical,
                    },
                )
                trades: Sequence[Told] = page["trades"]
                found |= {str(trade["trade_id"]): trade for trade in trades}
                pages += 1
                if not page.get("has_more") or not trades:
                    break
                if pages == pages_max:
                    raise _too_much(f"trades of {shelf.name}", since)
                start_ms = _next_start(start_ms, trades)
        return list(found.values())


def _next_start(start_ms: int, trades: Sequence[Told]) -> int:
    """Where the next page begins: at the last trade, which may have siblings of the same time."""
    last_ms = max(int(trade["timestamp"]) for trade in trades)
    if last_ms > start_ms:
        return last_ms
    _LOG.error("DERIBIT has more than %s trades of one millisecond, %s", len(trades), start_ms)
    return start_ms + 1


def _is_older(moment: datetime, than: timedelta) -> bool:
    return datetime.now(UTC) - moment > than


def _too_much(what: str, since: datetime) -> VenueUnreachable:
    return VenueUnreachable(
        f"DERIBIT has more {what} since {since:%Y-%m-%d %H:%M} UTC than can be looked through."
    )
