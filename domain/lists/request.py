"""What an order list is: its kind, its legs, and the ordinary orders that the legs become."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from domain.identifiers import CLIENT_ORDER_ID, list_id_for
from domain.orders import (
    OrderRequest,
    OrderType,
    TimeInForce,
    TrailingOffsetType,
    TriggerType,
)
from domain.sides import Side


class ListKind(StrEnum):
    """OCO: two orders of which one shall trade. BRACKET: an entry, and an OCO pair that closes
    what it has traded."""

    OCO = "OCO"
    BRACKET = "BRACKET"


class Role(StrEnum):
    ENTRY = "ENTRY"
    TAKE_PROFIT = "TAKE_PROFIT"
    STOP_LOSS = "STOP_LOSS"

    @property
    def other(self) -> Role:
        """The exit that gives way when this exit trades."""
        return Role.STOP_LOSS if self is Role.TAKE_PROFIT else Role.TAKE_PROFIT


EXITS = (Role.STOP_LOSS, Role.TAKE_PROFIT)  # protection first
_SUFFIX = {Role.ENTRY: "entry", Role.TAKE_PROFIT: "tp", Role.STOP_LOSS: "sl"}
_ROLE = {suffix: role for role, suffix in _SUFFIX.items()}


class ListStatus(StrEnum):
    """COMPLETED: the exits have traded all that they should. FAILED: they have not, see notes."""

    RECEIVED = "RECEIVED"
    WORKING = "WORKING"
    COMPLETED = "COMPLETED"
    CANCELED = "CANCELED"
    FAILED = "FAILED"

    @property
    def is_terminal(self) -> bool:
        return self in (ListStatus.COMPLETED, ListStatus.CANCELED, ListStatus.FAILED)


@dataclass(frozen=True, slots=True)
class LegTerms:
    """The terms of one leg's orders; side and quantity come from the list."""

    order_type: OrderType
    price: Decimal | None = None
    trigger_price: Decimal | None = None
    trigger_type: TriggerType | None = None
    trailing_offset: Decimal | None = None
    trailing_offset_type: TrailingOffsetType | None = None
    time_in_force: TimeInForce = TimeInForce.GTC
    expire_at: datetime | None = None
    post_only: bool = False
    reduce_only: bool = False
    display_qty: Decimal | None = None


@dataclass(frozen=True, slots=True)
class OrderListRequest:
    """What a strategy asks for.

    `side` and `quantity` are those of the entry in a BRACKET, whose exits take the other side and
    close what the entry has traded; in an OCO, which has no entry, those of both orders.
    """

    strategy_id: str
    client_list_id: str
    kind: ListKind
    instrument_id: str
    side: Side
    quantity: Decimal
    send_within_ms: int | None
    take_profit: LegTerms
    stop_loss: LegTerms
    entry: LegTerms | None = None

    @property
    def list_id(self) -> str:
        return list_id_for(self.strategy_id, self.client_list_id)

    @property
    def roles(self) -> tuple[Role, ...]:
        return EXITS if self.entry is None else (Role.ENTRY, *EXITS)

    def fingerprint(self) -> str:
        """Equal for equal requests."""
        terms = json.dumps(asdict(self), sort_keys=True, default=_canonical)
        return hashlib.sha256(terms.encode()).hexdigest()

    def terms(self, role: Role) -> LegTerms:
        terms = {
            Role.ENTRY: self.entry,
            Role.TAKE_PROFIT: self.take_profit,
            Role.STOP_LOSS: self.stop_loss,
        }[role]
        assert terms is not None, f"a {self.kind} has no {role}"
        return terms

    def order(self, role: Role, seq: int, quantity: Decimal) -> OrderRequest:
        """The order number `seq` of a leg; its ids are derived, so that each is sent once."""
        closes = self.kind is ListKind.BRACKET and role is not Role.ENTRY
        terms = {name: getattr(self.terms(role), name) for name in LegTerms.__slots__}
        return OrderRequest(
            strategy_id=self.strategy_id,
            client_order_id=f"{self.client_list_id}.{_SUFFIX[role]}{seq}",
            side=self.side.opposite if closes else self.side,
            quantity=quantity,
            send_within_ms=self.send_within_ms,
            instrument_id=self.instrument_id,
            order_list_id=self.list_id,
            **terms,
        )

    def leg_of(self, client_order_id: str) -> tuple[Role, int]:
        """The role and number of an order of this list."""
        suffix = client_order_id.removeprefix(f"{self.client_list_id}.")
        letters = suffix.rstrip("0123456789")
        return _ROLE[letters], int(suffix.removeprefix(letters))


def client_list_id_of(client_order_id: str) -> str:
    """The client's id of the list whose order has this id."""
    return client_order_id.rpartition(".")[0]


# Short enough for the suffixes of the legs.
CLIENT_LIST_ID_LENGTH_MAX = 54
CLIENT_LIST_ID = CLIENT_ORDER_ID.pattern.replace("{0,63}", f"{{0,{CLIENT_LIST_ID_LENGTH_MAX - 1}}}")


def _canonical(value: object) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
