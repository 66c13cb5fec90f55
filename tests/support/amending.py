"""Amend an order as the API does, but for the waiting."""

from decimal import Decimal

from db.amends import Amended
from domain.amendment import AmendWish
from tests.support.books import SPOT
from tests.support.order_house import Order, order_admission
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
