"""An order list of a test, from outside: its row, its workflow, the orders of its legs."""

from __future__ import annotations

import secrets
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from temporalio.client import WorkflowHandle

from api.order_workflows import OrderWorkflows
from db.order_lists import ListRecord, OrderLists
from domain.identifiers import list_workflow_id_for
from domain.lists.request import LegTerms, ListKind, ListStatus, OrderListRequest, Role
from domain.orders import OrderType, UnifiedOrder
from domain.sides import Side
from tests.support.books import SPOT
from workflows.order_list import OrderListWorkflow

if TYPE_CHECKING:
    from tests.support.order_house import Order, OrderHouse

ENTRY = LegTerms(OrderType.LIMIT, price=Decimal(100))
TAKE_PROFIT = LegTerms(OrderType.LIMIT, price=Decimal(101))
STOP_LOSS = LegTerms(OrderType.STOP_MARKET, trigger_price=Decimal(95))


def a_list(kind: ListKind, **changes: Any) -> OrderListRequest:
    """A bracket that buys 4 at 100, or an OCO that sells 4, at 101 or stopped at 95."""
    is_bracket = kind is ListKind.BRACKET
    terms: dict[str, Any] = {
        "strategy_id": "demo",
        "client_list_id": f"list-{secrets.token_hex(6)}",
        "kind": kind,
        "instrument_id": SPOT.instrument_id,
        "side": Side.BUY if is_bracket else Side.SELL,
        "quantity": Decimal(4),
        "send_within_ms": 10_000,
        "take_profit": TAKE_PROFIT,
        "stop_loss": STOP_LOSS,
        "entry": ENTRY if is_bracket else None,
    }
    return OrderListRequest(**terms | changes)


class PlacedList:
    def __init__(self, house: OrderHouse, request: OrderListRequest) -> None:
        self.house = house
        self.request = request
        self.lists = OrderLists(house.books.pool)

    @property
    def workflow(self) -> WorkflowHandle[OrderListWorkflow, ListStatus]:
        return self.house.client.get_workflow_handle_for(
            OrderListWorkflow.run,
            list_workflow_id_for(self.request.strategy_id, self.request.client_list_id),
        )

    async def start(self) -> None:
        """As the API does."""
        await self.lists.open(self.request)
        await OrderWorkflows(self.house.client).start_list(self.request)

    async def cancel(self) -> None:
        await self.lists.request_cancel(self.request.list_id)
        await OrderWorkflows(self.house.client).tell_list_of_cancel(self.request)

    async def record(self) -> ListRecord:
        return await self.lists.get(self.request.list_id)

    async def notes(self) -> str:
        return "\n".join(note["text"] for note in (await self.record()).notes)

    def order(self, role: Role, seq: int = 1) -> Order:
        """An order of a leg; it need not be placed yet."""
        return self.house.known(self.request.order(role, seq, self.request.quantity))

    async def orders(self) -> list[UnifiedOrder]:
        return await self.lists.orders(self.request.list_id)

    async def working(self, role: Role, seq: int = 1, *, quantity: str | None = None) -> Order:
        """The order of the leg once it works at the venue, with this quantity."""
        from tests.support.order_house import eventually

        order = self.order(role, seq)

        async def works() -> bool:
            row = await self.house.books.oms.order(order.id)
            if row is None or not row.status.is_working or row.amend_pending:
                return False
            return quantity in (None, f"{row.quantity.normalize():f}")

        await eventually(works, f"{role}{seq} works with {quantity}")
        return order

    async def ended(self) -> ListRecord:
        """The row once the workflow is done."""
        from tests.support.order_house import eventually

        async def over() -> ListRecord | None:
            record = await self.record()
            return record if record.status.is_terminal else None

        record = await eventually(over, "the list has ended")
        await self.workflow.result()
        return record

    async def until_noted(self, text: str) -> None:
        from tests.support.order_house import eventually

        async def noted() -> bool:
            return text in await self.notes()

        await eventually(noted, text)
