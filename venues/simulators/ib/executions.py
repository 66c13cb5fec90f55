"""Executions: what traded, in the API's words, with the corrections that IB may send later."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from venues.simulators.exchange import Exchange
from venues.simulators.ib.hours import parse_time_ns, time_text
from venues.simulators.ib.order_messages import contract
from venues.simulators.ib.ticket_book import Booked, TicketBook
from venues.simulators.ib.wire_format import UNSET_DOUBLE, Field, Fields
from venues.simulators.matching import Side
from venues.simulators.orders import Fill

# TWS answers for the current day only; a gateway can be set to seven.
KEPT_NS = 24 * 3600 * 1_000_000_000
_SIDES = {"BUY": "BOT", "BOT": "BOT", "SELL": "SLD", "SLD": "SLD", "SSHORT": "SLD"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One execution; ``revision`` counts from 1, a correction repeats it with a higher one."""

    booked: Booked
    fill: Fill
    price: Decimal
    quantity: Decimal
    cumulative: Decimal
    average: Decimal
    revision: int = 1

    @property
    def exec_id(self) -> str:
        """A correction differs from what it corrects in the digits behind the last dot only."""
        base = f"{self.fill.order_id:012x}.{self.fill.trade_id:012x}"
        return f"{base}.01.{self.revision:02d}"

    @property
    def side(self) -> str:
        """BOT or SLD."""
        return "BOT" if self.fill.side is Side.BUY else "SLD"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionFilter:
    """What a client asks for; zero and empty leave it open."""

    client_id: int
    account: str
    since_ns: int | None
    symbol: str
    sec_type: str
    exchange: str
    side: str

    @classmethod
    def read(cls, fields: Fields) -> "ExecutionFilter":
        """The seven fields of a request."""
        client_id, account = fields.integer(), fields.text()
        since = fields.text()
        return cls(
            client_id=client_id,
            account=account,
            since_ns=parse_time_ns(since) if since else None,
            symbol=fields.text(),
            sec_type=fields.text(),
            exchange=fields.text(),
            side=_SIDES.get(fields.text().upper(), ""),
        )

    def fits(self, execution: Execution) -> bool:
        """Whether an execution is asked for."""
        booked = execution.booked
        if self.since_ns is not None and execution.fill.time_ns < self.since_ns:
            return False
        pairs = (
            (self.account, booked.ticket.account),
            (self.symbol, booked.listed.symbol),
            (self.sec_type, booked.listed.sec_type),
            (self.exchange, booked.listed.exchange),
            (self.side, execution.side),
        )
        mine = self.client_id in (0, booked.client_id)
        return mine and all(wanted in ("", has) for wanted, has in pairs)


class Executions:
    """All executions, oldest first; at start those that the ledger tells of."""

    def __init__(self, exchange: Exchange, tickets: TicketBook) -> None:
        self._all: list[Execution] = []
        self._commissions: dict[int, Decimal] = {}
        for order in exchange.state.orders:
            booked = tickets.of(order)
            cumulative, traded = Decimal(0), Decimal(0)
            for fill in exchange.state.orders.fills_of(order):
                cumulative += fill.quantity
                traded += fill.quantity * fill.price
                self._note(_execution(booked, fill, cumulative, traded / cumulative))
        self._all.sort(key=lambda execution: execution.fill.trade_id)

    def add(self, booked: Booked, fill: Fill) -> Execution:
        """An execution of now."""
        execution = _execution(booked, fill, booked.executed, booked.average_price)
        self._note(execution)
        return execution

    def correct(self, execution: Execution, price: Decimal, quantity: Decimal) -> Execution:
        """IB corrects an execution; the corrected one is told beside the first."""
        revision = execution.revision + 1
        corrected = replace(execution, price=price, quantity=quantity, revision=revision)
        self._all.append(corrected)
        return corrected

    def latest(self) -> Execution | None:
        """The last one, None before the first."""
        return self._all[-1] if self._all else None

    def chosen(self, wanted: ExecutionFilter, now_ns: int) -> Iterator[Execution]:
        """Those of the last day that a filter lets pass."""
        for execution in self._all:
            if execution.fill.time_ns >= now_ns - KEPT_NS and wanted.fits(execution):
                yield execution

    def commission_of(self, booked: Booked) -> Decimal:
        """What an order has cost so far."""
        return self._commissions[booked.perm_id]

    def _note(self, execution: Execution) -> None:
        self._all.append(execution)
        perm_id = execution.booked.perm_id
        so_far = self._commissions.get(perm_id, Decimal(0))
        self._commissions[perm_id] = so_far + execution.fill.fee


def exec_details(execution: Execution, request_id: int, version: int) -> Sequence[Field]:
    """execDetails; the request id is -1 for live ones."""
    booked, fill = execution.booked, execution.fill
    con_id, symbol, sec_type, expiry, _, _, *rest = contract(booked.listed)
    return (
        11,
        request_id,
        booked.order_id,
        *(con_id, symbol, sec_type, expiry, "0.0", ""),
        *rest,
        execution.exec_id,
        time_text(fill.time_ns),
        booked.ticket.account,
        booked.listed.primary or booked.listed.exchange,
        execution.side,
        execution.quantity,
        execution.price,
        booked.perm_id,
        booked.client_id,
        "0",  # liquidation
        execution.cumulative,
        execution.average,
        booked.ticket.order_ref,
        *("", "", ""),  # evRule, evMultiplier, modelCode
        1 if fill.is_maker else 2,
        *(("0",) if version >= 178 else ()),  # pendingPriceRevision
    )


def commission_report(execution: Execution) -> Sequence[Field]:
    """commissionReport: follows its execution, by the same id."""
    fill = execution.fill
    realized = fill.realized_pnl or UNSET_DOUBLE
    return (59, 1, execution.exec_id, fill.fee, fill.fee_asset, realized, UNSET_DOUBLE, "")


def _execution(booked: Booked, fill: Fill, cumulative: Decimal, average: Decimal) -> Execution:
    return Execution(
        booked=booked,
        fill=fill,
        price=fill.price,
        quantity=fill.quantity,
        cumulative=cumulative,
        average=average,
    )
