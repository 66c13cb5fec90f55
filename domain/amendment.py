"""What becomes of a wish to amend: whether it is possible, how, and what risk says to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from domain.capabilities import Capabilities
from domain.errors import AmendUnderWay, InvalidOrder, NotAmendable, OrderFinished, TradingStopped
from domain.identifiers import LEGS_MAX
from domain.instruments import Instrument, order_nonconformity
from domain.market import Quote
from domain.order_events import (
    AmendApproved,
    AmendDenied,
    AmendDropped,
    AmendRequested,
    AmendStarted,
)
from domain.order_terms import misfit
from domain.orders import OrderRequest, OrderType, UnifiedOrder
from domain.risk import (
    Approved,
    Denied,
    Proposal,
    RiskDecision,
    RiskEngine,
    RiskFacts,
    RiskLimits,
)

# An amend is sent soon or not at all: the market that it was meant for is gone.
SENT_WITHIN = timedelta(seconds=10)

# Stands among the rules of an approval where no rule was asked.
ONLY_REDUCES = "only_reduces"

type AmendEvents = tuple[AmendDenied] | tuple[AmendRequested, AmendApproved]


@dataclass(frozen=True, slots=True)
class AmendWish:
    """New terms for an order; None leaves a term as it is. `quantity` is the new total.

    `amend_id` is the client's: the same one again is the same amend. `replace` allows to end the
    order's leg and to send a new one, where the venue cannot amend in place.
    """

    amend_id: str
    by: str
    quantity: Decimal | None = None
    price: Decimal | None = None
    trigger_price: Decimal | None = None
    replace: bool = False

    def applied_to(self, order: UnifiedOrder) -> OrderRequest:
        """The order's terms as they shall be."""
        request = order.request
        return replace(
            request,
            quantity=self.quantity or request.quantity,
            price=self.price or request.price,
            trigger_price=self.trigger_price or request.trigger_price,
        )

    @property
    def terms(self) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
        return (self.quantity, self.price, self.trigger_price)


@dataclass(frozen=True, slots=True)
class AmendFacts:
    """As for an admission, without the order itself. No `capabilities`: the venue has not said."""

    now: datetime
    trading: bool
    instrument: Instrument
    quote: Quote | None
    risk: RiskFacts
    capabilities: Capabilities | None


def is_reduction(order: UnifiedOrder, terms: tuple[Decimal | None, ...]) -> bool:
    """Whether new terms (quantity, price, trigger price) only make the order smaller: a cancel of a
    part, which is allowed whenever a cancel is."""
    quantity, *prices = terms
    return quantity is not None and quantity < order.quantity and not any(prices)


def decide(
    order: UnifiedOrder, wish: AmendWish, facts: AmendFacts, engine: RiskEngine, limits: RiskLimits
) -> AmendEvents:
    """What to record: the denial by risk, or the request with its approval.

    Raises OrderFinished, AmendUnderWay, NotAmendable, InvalidOrder, TradingStopped.
    """
    _require_amendable(order, wish)
    smaller, can = is_reduction(order, wish.terms), facts.capabilities
    in_place = can is None or can.amends(order.order_type, reduces=smaller)
    reduces = smaller and in_place  # what replaces an order is sent anew
    if not (facts.trading or reduces):
        raise TradingStopped("amends are new commands, but for those that only reduce")
    if not in_place:
        _require_replaceable(order, wish)
    decision = _checked(order, wish, facts, in_place=in_place)
    if decision is None and reduces:
        decision = Approved(order.quantity, order.reference_price, (ONLY_REDUCES,))
    if decision is None:
        # The rate is that of new orders.
        risk = replace(facts.risk, orders_last_minute=0)
        wanted = _as_it_trades(order, wish.applied_to(order))
        decision = engine.decide(
            Proposal(wanted, facts.instrument, facts.quote, risk, limits, filled=order.filled_qty)
        )
    if isinstance(decision, Denied):
        said = (decision.rule, decision.limit, decision.value, decision.message)
        return (AmendDenied(wish.amend_id, *wish.terms, *said),)
    return (
        AmendRequested(wish.amend_id, wish.by, facts.now, *wish.terms, replace=not in_place),
        AmendApproved(wish.amend_id, decision.quantity, decision.reference_price, decision.rules),
    )


def _checked(
    order: UnifiedOrder, wish: AmendWish, facts: AmendFacts, *, in_place: bool
) -> RiskDecision | None:
    """The denial, if the venue's filters do not take what it would be sent: the whole order anew,
    or, as a new leg, what is left of it."""
    sent = _as_it_trades(order, wish.applied_to(order))
    if not in_place:
        sent = replace(sent, quantity=sent.quantity - order.filled_qty)
        if sent.display_qty is not None:
            sent = replace(sent, display_qty=min(sent.display_qty, sent.quantity))
    mid = facts.quote.mid if facts.quote else None
    problem = order_nonconformity(facts.instrument, sent, mid)
    if problem is None:
        return None
    return Denied("conformity", "instrument", str(sent.quantity), problem.message)


def next_step(
    order: UnifiedOrder, now: datetime, *, trading: bool
) -> AmendStarted | AmendDropped | None:
    """Send the amend, drop it unsent, or (None) leave it: there is none, or it was sent before."""
    if order.amend_id is None or order.amend_sent_at is not None or not order.status.is_working:
        return None
    assert order.amend_requested_at is not None, "an amend has its time"
    if order.cancel_requested_at is not None:
        return AmendDropped(order.amend_id, "canceled", "the order shall be canceled")
    if now >= order.amend_requested_at + SENT_WITHIN:
        return AmendDropped(order.amend_id, "deadline_passed", f"not sent within {SENT_WITHIN}")
    wanted = (order.amend_quantity, order.amend_price, order.amend_trigger_price)
    if not trading and (order.amend_replace or not is_reduction(order, wanted)):
        return AmendDropped(order.amend_id, "trading_stopped", "trading was stopped before")
    return AmendStarted(order.amend_id)


def _require_amendable(order: UnifiedOrder, wish: AmendWish) -> None:
    if order.status.is_terminal:
        raise OrderFinished(order.order_id, order.status)
    if order.amend_id is not None:
        raise AmendUnderWay(order.order_id, order.amend_id)
    if not order.status.is_working:
        raise NotAmendable(
            f"Order {order.order_id} is {order.status}; amend it once its venue has confirmed it."
        )
    if order.cancel_requested_at is not None:
        raise NotAmendable(f"Order {order.order_id} is being canceled.")
    amended = wish.applied_to(order)
    if amended == order.request:
        raise InvalidOrder("nothing_to_amend", "These are the order's terms already.")
    if amended.quantity <= order.filled_qty:
        raise InvalidOrder(
            "quantity_not_above_filled",
            f"{order.filled_qty} have traded, so the quantity cannot become {amended.quantity}; "
            "cancel the order if nothing more shall trade.",
        )
    fault = misfit(amended)
    if fault is not None:
        raise InvalidOrder(fault.code, f"{fault.field}: {fault.message}.")
    if order.triggered_at is not None and wish.trigger_price is not None:
        raise NotAmendable(f"Order {order.order_id} has triggered; it has no trigger any more.")


def _require_replaceable(order: UnifiedOrder, wish: AmendWish) -> None:
    if not wish.replace:
        raise NotAmendable(
            f"{order.venue} cannot amend a {order.order_type} order so in place; ask with "
            "replace=true to have it canceled and the rest sent anew, behind in the queue."
        )
    if order.triggered_at is not None:
        raise NotAmendable(f"Order {order.order_id} has triggered; it cannot be sent anew.")
    if order.leg >= LEGS_MAX:
        raise NotAmendable(f"Order {order.order_id} has had {order.leg} legs; send a new order.")


def _as_it_trades(order: UnifiedOrder, amended: OrderRequest) -> OrderRequest:
    """A stop that has triggered is an ordinary limit order: its old trigger says nothing now."""
    if order.triggered_at is None or not order.order_type.has_limit_price:
        return amended
    return replace(amended, order_type=OrderType.LIMIT, trigger_price=None, trigger_type=None)
