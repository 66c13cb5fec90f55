"""What an order would do to the account, without placing it."""

from decimal import Decimal

from venues.simulators.ib.account_values import BASE
from venues.simulators.ib.errors import no_margin
from venues.simulators.ib.listings import Listed
from venues.simulators.ib.order_messages import Estimate
from venues.simulators.ib.tickets import Ticket
from venues.simulators.matching import Side
from venues.simulators.unified_account import UnifiedAccount

_CENT = Decimal("0.01")


def estimate(account: UnifiedAccount, ticket: Ticket, listed: Listed) -> Estimate:
    """Margins before and after, and the commission, at the mark price. Raises ApiError 201 where
    the account cannot carry it."""
    instrument, mark = listed.instrument, account.mark(listed.name)
    side = Side(ticket.action)
    held = account.position(listed.name).amount
    after = held + (ticket.quantity if side is Side.BUY else -ticket.quantity)
    leverage = account.leverage_of(listed.name)
    change = instrument.value(mark, abs(after)) / leverage - account.margin_of(listed.name)
    if change > account.available(BASE):
        raise no_margin(account.equity(BASE), change)
    price = ticket.limit or mark
    charge = account.fees.charge(instrument, side, price, ticket.quantity, is_maker=False)
    margin = account.position_margin(BASE) + account.order_margin(BASE)
    return Estimate(
        margin=margin.quantize(_CENT),
        margin_change=change.quantize(_CENT),
        equity=account.equity(BASE).quantize(_CENT),
        commission=charge.amount,
    )
