"""Amend an order as the API does, but for the waiting."""

from decimal import Decimal

from db.amends import Amended
from domain.amendment import AmendWish
from domain.orders import UnifiedOrder
from tests.support.books import SPOT
from tests.support.order_house import Order, eventually, order_admission
from tests.support.scripted_venue import ScriptedVenue


async def amend(
    order: Order, amend_id: str = "a1", *, replace: bool = False, **terms: str
) -> Amended:
    """`terms` are decimals as text: quantity, price, trigger_price."""
    values = {name: Decimal(value) for name, value in terms.items()}
    wish = AmendWish(amend_id, "ann", replace=replace, **values)
    return await order.house.books.oms.request_amend(
        order.id, wish, order_admission(), SPOT, ScriptedVenue.capabilities
    )


async def settled(order: Order) -> UnifiedOrder:
    """The row once no amend is under way."""

    async def done() -> UnifiedOrder | None:
        row = await order.row()
        return None if row.amend_pending else row

    return await eventually(done, f"{order.id} amended")
