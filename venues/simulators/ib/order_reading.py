"""From the texts of placeOrder to a ticket."""

from collections.abc import Mapping
from decimal import Decimal

from venues.simulators.ib.tickets import REDUCE_WITHOUT_BLOCK, TRAIL_LIMIT, Ticket
from venues.simulators.ib.wire_format import is_yes, read_decimal, read_integer


def ticket_of(read: Mapping[str, str]) -> Ticket:
    """The ticket that the fields of an order make. Raises Malformed."""

    def number(name: str) -> Decimal | None:
        return read_decimal(read[name], name)

    def whole(name: str) -> int:
        return read_integer(read[name], name)

    group = read["ocaGroup"]
    order_type = read["orderType"].upper()
    return Ticket(
        action=read["action"].upper(),
        quantity=number("totalQuantity") or Decimal(0),
        order_type=order_type,
        limit=number("lmtPrice"),
        aux=number("auxPrice"),
        tif=read["tif"].upper() or "DAY",
        account=read["account"],
        order_ref=read["orderRef"],
        oca_group=group,
        oca_type=(whole("ocaType") if group else 0) or REDUCE_WITHOUT_BLOCK,
        outside_rth=is_yes(read["outsideRth"]),
        display_size=whole("displaySize"),
        trigger_method=whole("triggerMethod"),
        good_till_date=read["goodTillDate"],
        trail_stop_price=number("trailStopPrice"),
        trailing_percent=number("trailingPercent") or None,
        limit_offset=number("lmtPriceOffset") if order_type == TRAIL_LIMIT else None,
        parent_id=whole("parentId"),
        transmit=is_yes(read["transmit"]),
        what_if=is_yes(read["whatIf"]),
    )
