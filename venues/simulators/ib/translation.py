"""From a ticket of the API to an order of the matching core."""

from decimal import Decimal

from venues.simulators.ib import errors
from venues.simulators.ib.hours import end_of_day_ns, parse_time_ns
from venues.simulators.ib.listings import Listed
from venues.simulators.ib.order_kinds import KINDS, OTHERS_OF_IB, OrderKind
from venues.simulators.ib.tickets import Ticket
from venues.simulators.matching import Side, TimeInForce
from venues.simulators.orders import NewOrder, Order, OrderType

TIMES = {
    "DAY": TimeInForce.GTD,
    "GTC": TimeInForce.GTC,
    "IOC": TimeInForce.IOC,
    "FOK": TimeInForce.FOK,
    "GTD": TimeInForce.GTD,
}
BPS_IN_PERCENT = Decimal(100)
_HIGHEST_ORDER_ID = 2**31 - 1


def check(order_id: int, ticket: Ticket, listed: Listed, now_ns: int) -> None:
    """Raises the ApiError with which IB refuses the ticket."""
    if order_id > _HIGHEST_ORDER_ID:
        raise errors.unreadable(f"order id {order_id}")
    if ticket.action not in ("BUY", "SELL"):
        raise errors.invalid(f"Invalid action '{ticket.action}'")
    if ticket.quantity <= 0:
        raise errors.zero_size()
    if ticket.quantity % listed.instrument.step:
        raise errors.fractional()
    kind = KINDS.get(ticket.order_type)
    if kind is None:
        is_ib = ticket.order_type in OTHERS_OF_IB
        raise errors.unsupported_type() if is_ib else errors.invalid_type()
    if listed.sec_type not in kind.products:
        raise errors.unsupported_type()
    if ticket.tif not in TIMES:
        raise errors.invalid(f"Invalid time in force:{ticket.tif}")
    if kind.on_close and ticket.tif != "DAY":
        raise errors.day_only()
    if ticket.tif == "GTD":
        ends_ns = parse_time_ns(ticket.good_till_date)
        if ends_ns is None or ends_ns <= now_ns:
            raise errors.bad_end_time()
    _check_prices(ticket, kind, listed.instrument.tick)


def _check_prices(ticket: Ticket, kind: OrderKind, tick: Decimal) -> None:
    needed = [ticket.limit] if kind.takes_price else []
    if kind.core.is_conditional and not kind.core.trails:
        needed.append(ticket.aux)
    if any(price is None for price in needed):
        raise errors.invalid("The price of the order is missing")
    if any(price is not None and price <= 0 for price in needed):
        raise errors.off_tick()
    others: list[Decimal | None] = []
    if kind.core.trails:
        if not (ticket.aux or ticket.trailing_percent):
            raise errors.invalid("A trailing order needs an amount or a percentage")
        others = [ticket.trail_stop_price]
        if not ticket.trailing_percent:
            others.append(ticket.aux)
    if kind.core is OrderType.TRAILING_STOP_LIMIT:
        others.append(limit_offset(ticket))
    if kind.pegged:
        others = [ticket.limit, ticket.aux]
    if any(price is not None and price % tick for price in (*needed, *others)):
        raise errors.off_tick()


def limit_offset(ticket: Ticket) -> Decimal:
    """How far beyond its trigger a trailing limit order may trade: said as such, or by a first
    limit price beside the first stop price. Raises ApiError where neither is."""
    if ticket.limit_offset is not None:
        return ticket.limit_offset
    if not ticket.limit or ticket.trail_stop_price is None:
        raise errors.invalid("A trailing limit order needs a limit price or its offset")
    beyond = ticket.limit - ticket.trail_stop_price
    return beyond if ticket.action == Side.BUY else -beyond


def new_order(
    ticket: Ticket, listed: Listed, account: str, now_ns: int, price: Decimal | None = None
) -> NewOrder:
    """The order of a ticket that passed ``check``; ``price`` is what the market gives an order
    that has none of its own, or another one."""
    kind = KINDS[ticket.order_type]
    trails = kind.core.trails
    by_percent = trails and ticket.trailing_percent
    if price is None and kind.core.has_limit_price:
        price = ticket.limit
    limited = kind.core is OrderType.TRAILING_STOP_LIMIT
    return NewOrder(
        account=account,
        client_order_id=ticket.order_ref,
        symbol=listed.name,
        side=Side(ticket.action),
        type=kind.core,
        quantity=ticket.quantity,
        price=price,
        time_in_force=TimeInForce.IOC if kind.on_close else TIMES[ticket.tif],
        trigger_price=_trigger(ticket, kind.core),
        trailing_offset=ticket.aux if trails and not by_percent else None,
        trailing_bps=(ticket.trailing_percent or 0) * BPS_IN_PERCENT if by_percent else None,
        limit_offset=limit_offset(ticket) if limited else None,
        expire_ns=None if kind.on_close else _end_ns(ticket, listed, now_ns),
        display_quantity=_display(ticket),
        # IB takes a stop beyond the market and triggers it.
        trigger_at_once=True,
    )


def typed_ticket(order: Order, account: str) -> Ticket:
    """The ticket of an order that came by no API client."""
    return Ticket(
        action=order.side,
        quantity=order.quantity,
        order_type=next(text for text, kind in KINDS.items() if kind.core is order.type),
        limit=order.price,
        aux=order.trailing_offset or order.trigger_price,
        tif=order.time_in_force,
        account=account,
        order_ref=order.client_order_id,
        limit_offset=order.limit_offset,
    )


def _trigger(ticket: Ticket, core: OrderType) -> Decimal | None:
    if core.trails:
        return ticket.trail_stop_price
    return ticket.aux if core.is_conditional else None


def _end_ns(ticket: Ticket, listed: Listed, now_ns: int) -> int | None:
    match ticket.tif:
        case "DAY":
            return end_of_day_ns(now_ns, listed.time_zone)
        case "GTD":
            return parse_time_ns(ticket.good_till_date)
        case _:
            return None


def _display(ticket: Ticket) -> Decimal | None:
    shown = Decimal(ticket.display_size)
    return shown if 0 < shown < ticket.quantity else None
