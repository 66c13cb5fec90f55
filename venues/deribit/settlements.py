"""How positions end when their instruments expire: the venue delivers them, and no trade says so.

The settlement history tells what was held and at which price it was closed; what that cost is in
the transaction log alone, which may be asked once a second.
Source: OpenAPI 2.1.1, `get_settlement_history_by_currency`, `get_transaction_log`.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from domain.deliveries import Delivery
from venues.deribit.listings import milliseconds, number
from venues.deribit.names import currency_of, expiry_of, instrument_id, instrument_name
from venues.deribit.questions import Questions, VenueRefused
from venues.deribit.reports import Told

_LOG = logging.getLogger(__name__)
_PAGE = 1000
_PAGES_MAX = 20
_LOG_PAGE = 250


class Settlements:
    """Every question raises VenueUnreachable when there is no usable answer."""

    def __init__(self, questions: Questions) -> None:
        self._questions = questions

    async def deliveries(self, instrument_ids: Iterable[str]) -> list[Delivery]:
        """Those that the venue tells of the instruments. Without the right to ask for them the
        account is traded all the same."""
        by_currency: defaultdict[str, set[str]] = defaultdict(set)
        for name in map(instrument_name, instrument_ids):
            by_currency[currency_of(name)].add(name)
        found: list[Delivery] = []
        for currency, names in by_currency.items():
            try:
                told = await self._told(currency, names)
                fees = await self._fees(currency, told)
            except VenueRefused as error:
                _LOG.error("DERIBIT does not tell how positions ended: %s", error)
            else:
                found += [_delivery(one, currency, fees) for one in told]
        return found

    async def _told(self, currency: str, names: set[str]) -> list[Told]:
        """The latest come first, and none is older than its instrument's date. What ends before its
        date, if ever, is found within a day."""
        since_ms = min(map(_looked_for_since_ms, names))
        found: dict[str, Told] = {}
        asked: dict[str, str | int | bool] = {
            "currency": currency,
            "type": "delivery",
            "count": _PAGE,
        }
        for _ in range(_PAGES_MAX):
            page = await self._questions.ask("private/get_settlement_history_by_currency", asked)
            settlements: Sequence[Told] = page["settlements"]
            found |= {
                told["instrument_name"]: told
                for told in settlements
                if told["instrument_name"] in names
            }
            following = page.get("continuation")
            if following in (None, "", "none") or len(settlements) < _PAGE:
                break
            if len(found) == len(names) or int(settlements[-1]["timestamp"]) < since_ms:
                break
            asked["continuation"] = following
        return list(found.values())

    async def _fees(self, currency: str, told: Sequence[Told]) -> Mapping[str, Decimal]:
        """By instrument."""
        if not told:
            return {}
        fees: defaultdict[str, Decimal] = defaultdict(Decimal)
        times = [int(one["timestamp"]) for one in told]
        asked: dict[str, str | int | bool] = {
            "currency": currency,
            "query": "delivery",
            "start_timestamp": min(times) - 60_000,
            "end_timestamp": max(times) + 60_000,
            "count": _LOG_PAGE,
        }
        for _ in range(_PAGES_MAX):
            page = await self._questions.ask("private/get_transaction_log", asked)
            for entry in page["logs"]:
                if entry["type"] == "delivery":
                    fees[str(entry["instrument_name"])] += number(entry["commission"] or 0)
            if page.get("continuation") is None:
                break
            asked["continuation"] = page["continuation"]
        return fees


def _looked_for_since_ms(name: str) -> int:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    return int(min(expiry_of(name) or yesterday, yesterday).timestamp() * 1000)


def _delivery(told: Told, currency: str, fees: Mapping[str, Decimal]) -> Delivery:
    name = str(told["instrument_name"])
    if name not in fees:
        _LOG.error("DERIBIT does not tell what the delivery of %s cost; no fee is booked", name)
    return Delivery(
        instrument_id=instrument_id(name),
        quantity=number(told["position"]),
        price=number(told["mark_price"]),
        fee=fees.get(name, Decimal(0)),
        fee_currency=currency,
        ts_event=milliseconds(told["timestamp"]),
    )
