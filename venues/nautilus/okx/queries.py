"""Questions about orders, positions and balances. They raise VenueUnreachable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from domain.orders import OrderStatus, UnifiedOrder
from domain.sides import Side
from venues.nautilus.instruments import plain
from venues.nautilus.okx.order_news import client_id_of
from venues.nautilus.okx.rejections import NO_SUCH_ORDER, Refusal
from venues.nautilus.okx.rest import OkxRest, Row
from venues.nautilus.okx.settings import is_swap, symbol_of
from venues.nautilus.working_orders import WorkingOrder, readable
from venues.port import Balance, NotFound, OrderReport, PositionReport, VenueUnreachable

_PAGE = 100

# The venue forgets an order that was canceled without a fill after two hours.
_UNFILLED_KEPT = timedelta(hours=1, minutes=55)

_ALGO_KINDS = ("conditional,oco", "trigger", "move_order_stop")
_STATES = {
    "live": OrderStatus.ACCEPTED,
    "partially_filled": OrderStatus.PARTIALLY_FILLED,
    "filled": OrderStatus.FILLED,
    "canceled": OrderStatus.CANCELED,
    "mmp_canceled": OrderStatus.CANCELED,
    # Algo orders; those that are effective are asked about as what they turned into.
    "pause": OrderStatus.ACCEPTED,
    "partially_effective": OrderStatus.ACCEPTED,
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
            return _not_found("order") if row is None else self._report(row)
        algo = await self._algo(order.venue_client_id)
        if algo is None:
            return _not_found("algo order")
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

    async def client_id_of(self, symbol: str, order_id: str) -> str | None:
        """Our name for an order by its number, empty if it has none; None if it is not found."""
        row = await self._order(instId=symbol, ordId=order_id)
        return None if row is None else client_id_of(row)

    async def working_orders(self) -> list[WorkingOrder]:
        """Everything that works or waits, of ours and of others."""
        orders = await self.paged("/api/v5/trade/orders-pending", "ordId")
        working = self._readable(orders, self._report)
        algo_ids: set[str] = set()
        for kind in _ALGO_KINDS:
            rows = await self.paged("/api/v5/trade/orders-algo-pending", "algoId", ordType=kind)
            algos = self._readable(rows, self._algo_report)
            algo_ids |= {order.report.venue_order_id for order in algos}
            working += algos
        self._algo_ids = algo_ids
        return working

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

    async def is_in_hedge_mode(self) -> bool:
        """Whether the account keeps a long and a short position of one contract apart."""
        rows = await self.ask("/api/v5/account/config")
        return any(row["posMode"] == "long_short_mode" for row in rows)

    async def offered(self) -> frozenset[str]:
        """The instruments of the profile that trade now."""
        wanted = self._settings.instrument_ids
        return frozenset([text for text in wanted if await self._is_live(text)])

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

    async def _is_live(self, instrument_id: str) -> bool:
        symbol = symbol_of(instrument_id)
        inst_type = "SWAP" if is_swap(instrument_id) else "SPOT"
        try:
            rows = await self._rest.ask(
                "/api/v5/public/instruments", instType=inst_type, instId=symbol
            )
        except Refusal:
            return False  # it does not know the symbol
        return any(row["instId"] == symbol and row["state"] == "live" for row in rows)

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

    def _readable(
        self, rows: Sequence[Row], report: Callable[[Row, OrderStatus], OrderReport]
    ) -> list[WorkingOrder]:
        """Rows in a list of what is open: they work, whatever their state is called."""

        def read(row: Row) -> WorkingOrder:
            status = _STATES.get(str(row["state"]), OrderStatus.ACCEPTED)
            side = Side.BUY if row["side"] == "buy" else Side.SELL
            return WorkingOrder(report(row, status), side)

        return readable(self._settings.venue, rows, read)

    def _report(self, row: Row, status: OrderStatus | None = None) -> OrderReport:
        return OrderReport(
            venue_client_id=client_id_of(row),
            venue_order_id=str(row["ordId"]),
            instrument_id=self._settings.instrument_id_of(str(row["instId"])),
            status=status or self._status(row),
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


def _not_found(what: str) -> NotFound:
    return NotFound(f"51603: {what} does not exist", datetime.now(UTC) - _UNFILLED_KEPT)
