"""All executions since a time, from the venue's own list."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from domain.fills import Fill
from domain.identifiers import order_id_of_venue_client_id
from domain.sides import Side
from venues.nautilus.currencies import MONEY_DECIMALS
from venues.nautilus.instruments import plain
from venues.nautilus.news import utc
from venues.nautilus.okx.order_owners import OrderOwners
from venues.nautilus.okx.queries import OkxQueries
from venues.nautilus.okx.rest import Row
from venues.nautilus.okx.settings import OkxSettings
from venues.port import VenueUnreachable

_LOG = logging.getLogger(__name__)
_RECENT = timedelta(days=2, hours=23)
"""What the quick list holds: three days, taken with a margin."""

_KEPT = timedelta(days=89)
"""What the slow one holds: three months."""

_TYPES = ("SPOT", "SWAP")  # whatever the profile names: orders outlive it

_LAG = timedelta(minutes=1)


class FillHistory:
    """One account."""

    def __init__(self, queries: OkxQueries, settings: OkxSettings, owners: OrderOwners) -> None:
        self._queries = queries
        self._settings = settings
        self._owners = owners

    async def since(self, since: datetime) -> list[Fill]:
        """Executions of our orders since then, as far back as the venue has them, oldest first."""
        since = max(since, datetime.now(UTC) - _KEPT)
        begin = str(int(since.timestamp() * 1000))
        rows: list[Row] = []
        if since > datetime.now(UTC) - _RECENT:
            rows = await self._queries.paged("/api/v5/trade/fills", "billId", begin=begin)
        else:
            for inst_type in _TYPES:
                rows += await self._queries.paged(
                    "/api/v5/trade/fills-history", "billId", instType=inst_type, begin=begin
                )
        fills: list[Fill] = []
        for row in sorted(rows, key=lambda row: int(row["billId"])):
            client_id = str(row.get("clOrdId") or "") or await self._named(row)
            order_id = order_id_of_venue_client_id(client_id)
            if order_id is None:
                _LOG.info("OKX: trade %s is of an order that is not ours.", row["tradeId"])
            else:
                fills.append(self._fill(order_id, row))
        return fills

    async def _named(self, row: Row) -> str:
        """Whose fill it is: the list does not name what an algo order turned into."""
        number = str(row["ordId"])
        known = self._owners.name_of(number)
        if known is None:
            known = await self._queries.client_id_of(str(row["instId"]), number)
            if known is None:
                return self._unnamed(row)
            self._owners.learn(number, known)
        return known

    def _unnamed(self, row: Row) -> str:
        """Its order is not found. One of ours is kept for as long as its fills are, so it is
        foreign; but the venue's lists may be a little behind one another."""
        if datetime.now(UTC) - _traded_at(row) < _LAG:
            raise VenueUnreachable(
                f"{self._settings.venue} lists trade {row['tradeId']} and has no order "
                f"{row['ordId']} yet; ask again."
            )
        return ""

    def _fill(self, order_id: str, row: Row) -> Fill:
        return Fill(
            order_id=order_id,
            account_id=self._settings.account_id,
            instrument_id=self._settings.instrument_id_of(str(row["instId"])),
            trade_id=str(row["tradeId"]),
            venue_order_id=str(row["ordId"]),
            side=Side.BUY if row["side"] == "buy" else Side.SELL,
            quantity=plain(Decimal(row["fillSz"])),
            price=plain(Decimal(row["fillPx"])),
            # The venue writes costs as negative numbers.
            fee=plain(round(-Decimal(row["fee"] or "0"), MONEY_DECIMALS)),
            fee_currency=str(row["feeCcy"]),
            is_maker=row["execType"] == "M",
            ts_event=_traded_at(row),
        )


def _traded_at(row: Row) -> datetime:
    return utc(int(row.get("fillTime") or row["ts"]) * 1_000_000)
