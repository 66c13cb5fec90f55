"""Every order that the API took, by the ids that IB gives it, kept on disk beside the ledger.

The ledger tells what happened to an order; this tells whose it was: client id and order id, permId
and the terms that the matching core does not know.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from venues.simulators.ib.listings import BY_NAME, Listed
from venues.simulators.ib.tickets import Ticket
from venues.simulators.ib.translation import typed_ticket
from venues.simulators.orders import Order, Status

_DECIMALS = ("quantity", "limit", "aux", "trail_stop_price", "trailing_percent")


@dataclass(slots=True, kw_only=True)
class Booked:
    """An order of one API client. ``order`` is None while it is held until its market opens;
    ``dropped`` says that it never got there."""

    client_id: int
    order_id: int
    perm_id: int
    exchange_id: int
    listed: Listed
    ticket: Ticket
    order: Order | None = None
    dropped: bool = False

    @property
    def status(self) -> str:
        """IB's word for where the order stands."""
        if self.dropped:
            return "Cancelled"
        if self.order is None or self.order.status is Status.UNTRIGGERED:
            return "PreSubmitted"
        match self.order.status:
            case Status.NEW | Status.PARTIALLY_FILLED:
                return "Submitted"
            case Status.FILLED:
                return "Filled"
            case _:
                return "Cancelled"

    @property
    def is_open(self) -> bool:
        """Whether it may still trade."""
        return self.status in ("PreSubmitted", "Submitted")

    @property
    def executed(self) -> Decimal:
        """What has traded."""
        return self.order.executed if self.order is not None else Decimal(0)

    @property
    def average_price(self) -> Decimal:
        """The mean price of what has traded."""
        return self.order.average_price if self.order is not None else Decimal(0)


class TicketBook:
    """All booked orders. ``first_perm_id`` starts the permIds of a new file."""

    def __init__(self, path: Path, first_perm_id: int, account: str) -> None:
        self._account = account
        self._by_id: dict[tuple[int, int], Booked] = {}
        self._by_exchange_id: dict[int, Booked] = {}
        self._next_ids: dict[int, int] = {}
        self._next_perm_id = first_perm_id
        for line in _whole_lines(path):
            self._remember(_booked(json.loads(line)))
        self._file = path.open("a", encoding="utf-8")

    def __iter__(self) -> Iterator[Booked]:
        return iter(self._by_id.values())

    def get(self, client_id: int, order_id: int) -> Booked | None:
        """An order by the ids under which it was placed."""
        return self._by_id.get((client_id, order_id))

    def of(self, order: Order) -> Booked:
        """Whose an order of the exchange is."""
        booked = self._by_exchange_id.get(order.order_id)
        if booked is None:
            booked = self._by_hand(order)
        booked.order = order
        return booked

    def _by_hand(self, order: Order) -> Booked:
        """An order that came by no API client was typed in TWS: client id 0, a negative id."""
        listed = BY_NAME[order.symbol]
        order_id = min((known for client, known in self._by_id if client == 0), default=0)
        ticket = typed_ticket(order, self._account)
        return self.add(0, min(order_id, 0) - 1, order.order_id, listed, ticket)

    def match(self, orders: Iterable[Order]) -> None:
        """After a restart: find the orders of the exchange; what it never got was never placed."""
        for order in orders:
            self.of(order)
        for booked in self:
            booked.dropped = booked.dropped or (booked.order is None and booked.exchange_id > 0)

    def next_id(self, client_id: int) -> int:
        """The lowest order id that a client may use."""
        return self._next_ids.get(client_id, 1)

    def forget_ids(self) -> None:
        """Count order ids from one again, as after a reset of the gateway's sequence."""
        self._next_ids.clear()

    def add(
        self, client_id: int, order_id: int, exchange_id: int, listed: Listed, ticket: Ticket
    ) -> Booked:
        """Book a new order, for good."""
        booked = Booked(
            client_id=client_id,
            order_id=order_id,
            perm_id=self._next_perm_id,
            exchange_id=exchange_id,
            listed=listed,
            ticket=ticket,
        )
        self._remember(booked)
        self.write(booked)
        return booked

    def change(self, booked: Booked, ticket: Ticket) -> None:
        """New terms."""
        booked.ticket = ticket
        self.write(booked)

    def move(self, booked: Booked, exchange_id: int) -> None:
        """A held order goes to the exchange under this id."""
        booked.exchange_id = exchange_id
        self._by_exchange_id[exchange_id] = booked
        self.write(booked)

    def write(self, booked: Booked) -> None:
        """Keep an order as it is now; the last line about it counts."""
        record = asdict(replace(booked, order=None, listed=None))  # type: ignore[arg-type]
        record["ticket"] = {
            name: str(value) if isinstance(value, Decimal) else value
            for name, value in record["ticket"].items()
        }
        record["listed"] = booked.listed.name
        del record["order"]
        self._file.write(json.dumps(record, separators=(",", ":")) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Close the file; nothing may follow."""
        self._file.close()

    def _remember(self, booked: Booked) -> None:
        self._by_id[booked.client_id, booked.order_id] = booked
        if booked.exchange_id:
            self._by_exchange_id[booked.exchange_id] = booked
        next_id = max(self.next_id(booked.client_id), booked.order_id + 1)
        self._next_ids[booked.client_id] = next_id
        self._next_perm_id = max(self._next_perm_id, booked.perm_id + 1)


def _whole_lines(path: Path) -> list[str]:
    """The lines of a file; a last one that its writer did not finish is cut off."""
    if not path.exists():
        return []
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if whole != content:
        path.write_bytes(whole)
    return whole.decode().splitlines()


def _booked(record: dict[str, Any]) -> Booked:
    terms = record.pop("ticket")
    for name in _DECIMALS:
        if terms[name] is not None:
            terms[name] = Decimal(terms[name])
    listed = BY_NAME[record.pop("listed")]
    return Booked(**record, listed=listed, ticket=Ticket(**terms))
