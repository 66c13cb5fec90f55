"""From a ticket of the API to an order of the matching core."""

from decimal import Decimal

from venues.simulators.ib import errors
from venues.simulators.ib.hours import end_of_day_ns, parse_time_ns
from venues.simulators.ib.listings import Listed
from venues.simulators.ib.tickets import Ticket
from venues.simulators.matching import Side, TimeInForce
from venues.simulators.orders import NewOrder, Order, OrderType

TYPES = {
    "MKT": OrderType.MARKET,
    "LMT": OrderType.LIMIT,
    "STP": OrderType.STOP_MARKET,
    "STP LMT": OrderType.STOP_LIMIT,
    "STPLMT": OrderType.STOP_LIMIT,
    "MIT": OrderType.TAKE_PROFIT_MARKET,
    "LIT": OrderType.TAKE_PROFIT_LIMIT,
    "TRAIL": OrderType.TRAILING_STOP_MARKET,
}
TIMES = {
    "DAY": TimeInForce.GTD,
    "GTC": TimeInForce.GTC,
    "IOC": TimeInForce.IOC,
    "FOK": TimeInForce.FOK,
    "GTD": TimeInForce.GTD,
}
BPS_IN_PERCENT = Decimal(100)


def check(ticket: Ticket, listed: Listed, now_ns: int) -> None:
    """Raises the ApiError with which IB refuses the ticket."""
    if ticket.action not in ("BUY", "SELL"):
        raise errors.invalid(f"Invalid action '{ticket.action}'")
    if ticket.quantity <= 0:
        raise errors.zero_size()
    if ticket.quantity % listed.instrument.step:
        raise errors.fractional()
    if ticket.order_type not in TYPES:
        raise errors.unsupported_type()
    if ticket.tif not in TIMES:
        raise errors.invalid(f"Invalid time in force:{ticket.tif}")
    if ticket.tif == "GTD":
        ends_ns = parse_time_ns(ticket.good_till_date)
        if ends_ns is None or ends_ns <= now_ns:
            raise errors.bad_end_time()
    kind = TYPES[ticket.order_type]
    needed = [ticket.limit] if kind.has_limit_price else []
    if kind.is_conditional and kind is not OrderType.TRAILING_STOP_MARKET:
        needed.append(ticket.aux)
    if any(price is None for price in needed):
        raise errors.invalid("The price of the order is missing")
    if kind is OrderType.TRAILING_STOP_MARKET and not (ticket.aux or ticket.trailing_percent):
        raise errors.invalid("A trailing order needs an amount or a percentage")
    for price in (*needed, ticket.trail_stop_price):
        if price is not None and price % listed.instrument.tick:
            raise errors.off_tick()


def new_order(ticket: Ticket, listed: Listed, account: str, now_ns: int) -> NewOrder:
    """The order of a ticket that passed ``check``."""
    kind = TYPES[ticket.order_type]
    trails = kind is OrderType.TRAILING_STOP_MARKET
    by_percent = trails and ticket.trailing_percent
    return NewOrder(
        account=account,
        client_order_id=ticket.order_ref,
        symbol=listed.name,
        side=Side(ticket.action),
        type=kind,
        quantity=ticket.quantity,
        price=ticket.limit if kind.has_limit_price else None,
        time_in_force=TIMES[ticket.tif],
        trigger_price=_trigger(ticket, kind),
        trailing_offset=ticket.aux if trails and not by_percent else None,
        trailing_bps=(ticket.trailing_percent or 0) * BPS_IN_PERCENT if by_percent else None,
        expire_ns=_end_ns(ticket, listed, now_ns),
        display_quantity=_display(ticket),
        # IB takes a stop beyond the market and triggers it.
        trigger_at_once=True,
    )


def typed_ticket(order: Order, account: str) -> Ticket:
    """The ticket of an order that came by no API client."""
    return Ticket(
        action=order.side,
        quantity=order.quantity,
        order_type=next(text for text, kind in TYPES.items() if kind is order.type),
        limit=order.price,
        aux=order.trigger_price or order.trailing_offset,
        tif=order.time_in_force,
        account=account,
        order_ref=order.client_order_id,
    )


def _trigger(ticket: Ticket, kind: OrderType) -> Decimal | None:
    if kind is OrderType.TRAILING_STOP_MARKET:
        return ticket.trail_stop_price
    return ticket.aux if kind.is_conditional else None


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
