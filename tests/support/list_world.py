"""Order lists without a database or a venue: legs as a test wants them, and a world that obeys."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from domain.lists.legs import Leg, Memory, Sizes, Tried
from domain.lists.plan import Cancel, Place, Plan, Resize, next_plan
from domain.lists.request import LegTerms, ListKind, OrderListRequest, Role
from domain.orders import OrderStatus, OrderType
from domain.sides import Side

SIZES = Sizes(lot=Decimal(1), min_qty=Decimal(2), min_notional=Decimal(0))
LIMIT = LegTerms(OrderType.LIMIT, price=Decimal(100))
STOP = LegTerms(OrderType.STOP_MARKET, trigger_price=Decimal(90))


def a_list(kind: ListKind = ListKind.BRACKET, quantity: int = 10) -> OrderListRequest:
    return OrderListRequest(
        strategy_id="demo",
        client_list_id="list-1",
        kind=kind,
        instrument_id="BTCUSDT.BINANCE_SPOT",
        side=Side.BUY,
        quantity=Decimal(quantity),
        send_within_ms=1_000,
        take_profit=LIMIT,
        stop_loss=STOP,
        entry=LIMIT if kind is ListKind.BRACKET else None,
    )


def leg(role: Role, status: str = "ACCEPTED", filled: str = "0", **changes: Any) -> Leg:
    seq = changes.get("seq", 1)
    terms: dict[str, Any] = {
        "role": role,
        "seq": seq,
        "order_id": f"{role}{seq}",
        "status": OrderStatus(status),
        "quantity": Decimal(10),
        "filled": Decimal(filled),
        "net_filled": Decimal(filled),
        "version": 5,
    }
    return Leg(**terms | changes)


@dataclass
class World:
    """A venue and a database for one list: orders change as the moves say."""

    request: OrderListRequest
    legs: dict[str, Leg] = field(default_factory=dict)
    canceled: list[str] = field(default_factory=list)
    resizes: dict[str, Tried] = field(default_factory=dict)

    def settle(self) -> Plan:
        """Carry out plans until there is nothing more to do; it must come to rest."""
        for _ in range(40):
            memory = Memory(self.canceled, self.resizes)
            now = next_plan(
                self.request, list(self.legs.values()), SIZES, memory, cancel_wanted=False
            )
            if not now.actions:
                return now
            for action in now.actions:
                self.do(action)
        raise AssertionError("it does not come to rest")

    def do(self, action: Place | Resize | Cancel) -> None:
        match action:
            case Place(role, seq, quantity):
                placed = leg(role, seq=seq, quantity=quantity, order_id=f"{role}{seq}")
                assert placed.order_id not in self.legs
                self.legs[placed.order_id] = placed
            case Resize(order_id, quantity, _, times):
                self.resizes[order_id] = Tried(quantity, times)
                assert quantity > self.legs[order_id].filled
                self.change(order_id, quantity=quantity)
            case Cancel(order_id):
                self.canceled.append(order_id)
                self.change(order_id, status=OrderStatus.CANCELED)

    def change(self, order_id: str, **changes: Any) -> None:
        self.legs[order_id] = replace(self.legs[order_id], **changes)

    def fill(self, order_id: str, quantity: Decimal) -> None:
        now = self.legs[order_id]
        filled = min(now.filled + quantity, now.quantity)
        full = filled == now.quantity
        status = OrderStatus.FILLED if full else OrderStatus.PARTIALLY_FILLED
        self.change(order_id, filled=filled, net_filled=filled, status=status)

    def live(self) -> list[Leg]:
        return [one for one in self.legs.values() if one.is_live]
