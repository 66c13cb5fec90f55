"""Questions about orders, positions and balances. They raise VenueUnreachable."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from domain.orders import OrderStatus, UnifiedOrder
from venues.nautilus.instruments import plain
from venues.nautilus.okx.order_news import client_id_of
from venues.nautilus.okx.rejections import NO_SUCH_ORDER, Refusal
from venues.nautilus.okx.rest import OkxRest, Row
from venues.nautilus.okx.settings import symbol_of
from venues.port import Balance, NotFound, OrderReport, PositionReport, VenueUnreachable

_PAGE = 100
_ALGO_KINDS = ("conditional,oco", "trigger", "move_order_stop")
_STATES = {
    "live": OrderStatus.ACCEPTED,
    "partially_filled": OrderStatus.PARTIALLY_FILLED,
    "filled": OrderStatus.FILLED,
    "canceled": OrderStatus.CANCELED,
    "mmp_canceled": OrderStatus.CANCELED,
    # Algo orders; those that are effective are asked about as what they turned into.
    "pause": OrderStatus.ACCEPTED,
    "order_failed": OrderStatus.CANCELED,
}


class OkxQueries:
    """One account. Instruments are named by id; symbols stay inside."""

    def __init__(self, rest: OkxRest) -> None:
        self._rest = rest
        self._settings = rest.settings
        self._algo_ids: set[str] = set()

    async def find(self, order: UnifiedOrder) -> OrderReport | NotFound:
        """What the venue knows of the order: a conditional one waits among the algo orders, and
        once it has triggered, its other half is an order by number."""
        symbol = symbol_of(order.instrument_id)
        if not order.order_type.is_conditional:
            row = await self._order(instId=symbol, clOrdId=order.venue_client_id)
            return NotFound("51603: order does not exist") if row is None else self._report(row)
        algo = await self._algo(order.venue_client_id)
        if algo is None:
            return NotFound("51603: algo order does not exist")
        if child := str(algo.get("ordId") or ""):
            row = await self._order(instId=symbol, ordId=child)
            if row is not None:
                return self._report(row)
            # The venue forgets canceled orders without a fill after two hours, algo orders later.
            return self._algo_report(algo, OrderStatus.CANCELED)
        return self._algo_report(algo)

    async def child_id(self, algo_client_id: str) -> str | None:
        """The number of the order that an algo order has turned into."""
        algo = await self._algo(algo_client_id)
        return str(algo.get("ordId") or "") or None if algo is not None else None

    async def client_id_of(self, symbol: str, order_id: str) -> str:
        """Our name for an order by its number; empty if it has none or is forgotten."""
        row = await self._order(instId=symbol, ordId=order_id)
        return "" if row is None else client_id_of(row)

    async def open_orders(self) -> list[OrderReport]:
        """Everything that works or waits."""
        orders = await self.paged("/api/v5/trade/orders-pending", "ordId")
        reports = [self._report(row) for row in orders]
        for kind in _ALGO_KINDS:
            rows = await self.paged("/api/v5/trade/orders-algo-pending", "algoId", ordType=kind)
            self._algo_ids |= {str(row["algoId"]) for row in rows}
            reports += [self._algo_report(row) for row in rows]
        return reports

    def is_algo(self, report: OrderReport) -> bool:
        """Whether an order of the last list is an algo order."""
        return report.venue_order_id in self._algo_ids

    async def positions(self) -> list[PositionReport]:
        """Net positions that are not flat, in contracts."""
        rows = await self.ask("/api/v5/account/positions")
        net: dict[str, Decimal] = {}
        for row in rows:
            amount = Decimal(row["pos"] or "0")
            if row.get("posSide") == "short":
                amount = -abs(amount)
            net[row["instId"]] = net.get(row["instId"], Decimal(0)) + amount
        return [
            PositionReport(self._settings.instrument_id_of(symbol), plain(quantity))
            for symbol, quantity in net.items()
            if quantity
        ]

    async def balances(self) -> list[Balance]:
        """Cash in each currency, and what of it is free."""
        rows = await self.ask("/api/v5/account/balance")
        return [
            Balance(
                str(row["ccy"]),
                plain(Decimal(row["cashBal"] or "0")),
                plain(Decimal(row["availBal"] or "0")),
            )
            for account in rows
            for row in account["details"]
        ]

    async def paged(self, path: str, id_name: str, **params: str) -> list[Row]:
        """All rows of a list, newest first: page after page, each older than the last."""
        rows: list[Row] = []
        after: dict[str, str] = {}
        while True:
            page = await self.ask(path, limit=str(_PAGE), **params, **after)
            rows += page
            if len(page) < _PAGE:
                return rows
            after = {"after": str(page[-1][id_name])}

    async def ask(self, path: str, **params: str) -> Sequence[Row]:
        """An answer that cannot be no."""
        try:
            return await self._rest.ask(path, **params)
        except Refusal as refusal:
            raise VenueUnreachable(
                f"{self._settings.venue} refused the question {path}: {refusal}; "
                "look at the API key and at the account."
            ) from refusal

    async def _order(self, **named: str) -> Row | None:
        return await self._one("/api/v5/trade/order", **named)

    async def _algo(self, client_id: str) -> Row | None:
        return await self._one("/api/v5/trade/order-algo", algoClOrdId=client_id)

    async def _one(self, path: str, **named: str) -> Row | None:
        """One row, or None by the venue's own word that there is none."""
        try:
            rows = await self._rest.ask(path, **named)
        except Refusal as refusal:
            if refusal.code == NO_SUCH_ORDER:
                return None
            raise VenueUnreachable(
                f"{self._settings.venue} refused the question {path}: {refusal}; "
                "look at the order at the venue."
            ) from refusal
        if len(rows) != 1:
            raise VenueUnreachable(
                f"{self._settings.venue} answered {path} with {len(rows)} rows; ask again."
            )
        return rows[0]

    def _report(self, row: Row) -> OrderReport:
        return OrderReport(
            venue_client_id=client_id_of(row),
            venue_order_id=str(row["ordId"]),
            instrument_id=self._settings.instrument_id_of(str(row["instId"])),
            status=self._status(row),
            filled_qty=plain(Decimal(row["accFillSz"] or "0")),
            quantity=None if row.get("tgtCcy") == "quote_ccy" else plain(Decimal(row["sz"])),
            price=plain(Decimal(row["px"])) if row.get("px") else None,
        )

    def _algo_report(self, row: Row, status: OrderStatus | None = None) -> OrderReport:
        side = "tp" if row.get("tpTriggerPx") else "sl"
        price = str(row.get(f"{side}OrdPx") or "-1")
        trigger = str(row.get(f"{side}TriggerPx") or row.get("moveTriggerPx") or "")
        return OrderReport(
            venue_client_id=client_id_of(row),
            venue_order_id=str(row["algoId"]),
            instrument_id=self._settings.instrument_id_of(str(row["instId"])),
            status=status or self._status(row),
            filled_qty=Decimal(0),
            quantity=plain(Decimal(row["sz"])) if row.get("sz") else None,
            price=None if price == "-1" else plain(Decimal(price)),
            trigger_price=plain(Decimal(trigger)) if trigger else None,
        )

    def _status(self, row: Row) -> OrderStatus:
        status = _STATES.get(str(row["state"]))
        if status is None:
            raise VenueUnreachable(
                f"{self._settings.venue} reports an unreadable order state, {row['state']!r}; "
                "look at the order at the venue."
            )
        return status
