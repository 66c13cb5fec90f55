"""Executions of the day: what traded, in the API's words, and what IB corrected afterwards."""

from dataclasses import dataclass, replace
from decimal import Decimal

from venues.simulators.exchange import Exchange
from venues.simulators.ib.booked import Booked
from venues.simulators.ib.corrections import Correction, Corrections
from venues.simulators.ib.hours import parse_time_ns, time_text
from venues.simulators.ib.order_messages import contract
from venues.simulators.ib.ticket_book import TicketBook
from venues.simulators.ib.wire_format import UNSET_DOUBLE, Fields, Message
from venues.simulators.matching import ZERO, Side
from venues.simulators.orders import Fill, Order

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
    """All executions since the day began, oldest first; at start those that the ledger tells of.

    A gateway can be set to tell those of a week; this one tells those of the day, as it is shipped.
    """

    def __init__(self, exchange: Exchange, tickets: TicketBook, corrections: Corrections) -> None:
        self._orders = exchange.state.orders
        self._corrections = corrections
        self._all: list[Execution] = []
        for booked in tickets:
            if booked.order is not None:
                self._restore(booked, booked.order)
        self._all.sort(key=lambda execution: (execution.fill.trade_id, execution.revision))

    def _restore(self, booked: Booked, order: Order) -> None:
        cumulative, traded = ZERO, ZERO
        for fill in self._orders.fills_of(order):
            cumulative += fill.quantity
            traded += fill.quantity * fill.price
            booked.last_price = fill.price
            execution = _execution(booked, fill, cumulative, traded / cumulative)
            self._all.append(execution)
            for known in self._corrections.of(fill.order_id, fill.trade_id):
                execution = _corrected(execution, known.price, known.quantity)
                self._all.append(execution)

    def add(self, booked: Booked, fill: Fill) -> Execution:
        """An execution of now."""
        execution = _execution(booked, fill, booked.executed, booked.average_price)
        booked.last_price = fill.price
        self._all.append(execution)
        return execution

    def correct(self, execution: Execution, price: Decimal, quantity: Decimal) -> Execution:
        """IB corrects an execution; the corrected one is told beside the first."""
        fill = execution.fill
        correction = Correction(
            order_id=fill.order_id,
            trade_id=fill.trade_id,
            price=price,
            quantity=quantity,
            time_ns=fill.time_ns,
        )
        self._corrections.add(correction)
        corrected = _corrected(execution, price, quantity)
        self._all.append(corrected)
        return corrected

    def latest(self) -> Execution | None:
        """The last one, None before the first."""
        return self._all[-1] if self._all else None

    def fills(self) -> list[Fill]:
        """The fills of the day, each once."""
        return [execution.fill for execution in self._all if execution.revision == 1]

    def since(self, began_ns: int) -> list[Execution]:
        """Those since a moment."""
        return [one for one in self._all if one.fill.time_ns >= began_ns]

    def chosen(self, wanted: ExecutionFilter, day_began_ns: int) -> list[Execution]:
        """Those of the day that a filter lets pass."""
        return [one for one in self.since(day_began_ns) if wanted.fits(one)]

    def forget_before(self, day_began_ns: int) -> None:
        """Forget those of earlier days."""
        self._all = self.since(day_began_ns)
        self._corrections.forget_before(day_began_ns)

    def commission_of(self, booked: Booked) -> Decimal:
        """What an order has cost so far."""
        assert booked.order is not None, "an order that is not at the exchange traded"
        return sum((fill.fee for fill in self._orders.fills_of(booked.order)), ZERO)


def exec_details(execution: Execution, request_id: int, version: int) -> Message:
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


def commission_report(execution: Execution) -> Message:
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


def _corrected(execution: Execution, price: Decimal, quantity: Decimal) -> Execution:
    return replace(execution, price=price, quantity=quantity, revision=execution.revision + 1)
