"""What an order list does next. One pure function of its legs as they stand.

The rule above all: what the exits could still trade is never more than what there is to close,
beyond what the race of two orders at a venue can cause; and that is reported. So both exits are
always sized to what the entry has traded less what either exit has, protection is placed first,
and the other exit is reduced or canceled as soon as one trades.

And an exit that works is never given up because of a refusal of our own: trading that is stopped, a
stale quote or a limit would refuse its successor just as well. It stays as it is, a person is told,
and it is tried again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from domain.lists.legs import ZERO, Leg, Memory, Sizes
from domain.lists.request import EXITS, ListKind, ListStatus, OrderListRequest, Role
from domain.orders import OrderStatus

RESIZES_IN_VAIN_MAX = 3

# What was refused for a passing reason is tried again after so long, doubling up to the second.
_RETRY = timedelta(seconds=5)
_RETRY_MAX = timedelta(seconds=60)

# What is on its way is looked for by itself after so long, should the news of it be lost.
_LOOKS_AFTER = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Place:
    role: Role
    seq: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Resize:
    """Change the order's quantity to this total; `times`: for so many sizes in a row, with this
    one, if the order took none before."""

    order_id: str
    quantity: Decimal
    amend_id: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class Cancel:
    order_id: str


type Action = Place | Resize | Cancel


@dataclass(slots=True)
class Plan:
    """What to do now, and what to say. `end` once there is nothing more to do, ever; `retry_after`
    where something is left to do that must not be tried again at once."""

    actions: list[Action] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    attention: bool = False
    end: ListStatus | None = None
    retry_after: timedelta | None = None

    def later(self, after: timedelta) -> None:
        self.retry_after = min(self.retry_after or after, after)
        self.attention = True


def next_plan(
    request: OrderListRequest,
    legs: Sequence[Leg],
    sizes: Sizes,
    memory: Memory,
    *,
    cancel_wanted: bool,
    unrecorded: bool = False,
) -> Plan:
    """`unrecorded`: orders are on their way that are not among the legs yet. Nothing new is begun
    before they are; what is there can be canceled."""
    state = _State(request, legs, sizes, memory)
    plan = Plan()
    if cancel_wanted:
        _cancel_everything(state, plan)
    elif not unrecorded:
        _go_on(state, plan)
    if unrecorded and not plan.actions:
        plan.retry_after = _LOOKS_AFTER
    waits = bool(plan.actions) or plan.retry_after is not None
    if not waits and not any(leg.is_live for leg in legs):
        _end(state, plan, cancel_wanted=cancel_wanted)
    return plan


class _State:
    def __init__(
        self, request: OrderListRequest, legs: Sequence[Leg], sizes: Sizes, memory: Memory
    ) -> None:
        self.request = request
        self.sizes = sizes
        self.memory = memory
        self.legs = legs
        self.entry = next((leg for leg in legs if leg.role is Role.ENTRY), None)

    def orders(self, role: Role) -> list[Leg]:
        return sorted((leg for leg in self.legs if leg.role is role), key=lambda leg: leg.seq)

    def live(self, role: Role) -> Leg | None:
        return next((leg for leg in self.orders(role) if leg.is_live), None)

    @property
    def basis(self) -> Decimal:
        """What there is to close, before any exit has traded."""
        if self.request.kind is ListKind.OCO:
            return self.request.quantity
        return self.sizes.floor(self.entry.net_filled) if self.entry else ZERO

    @property
    def remaining(self) -> Decimal:
        """What is left to close. Negative: the exits have traded too much."""
        return self.basis - sum((leg.filled for role in EXITS for leg in self.orders(role)), ZERO)

    @property
    def entry_is_over(self) -> bool:
        return self.request.entry is None or (self.entry is not None and not self.entry.is_live)

    def failed(self, role: Role) -> Leg | None:
        """The last order of the exit, if it ended neither by its fills nor by our own cancel."""
        orders = self.orders(role)
        if not orders or orders[-1].is_live or orders[-1].status is OrderStatus.FILLED:
            return None
        return None if orders[-1].order_id in self.memory.canceled else orders[-1]

    def unsent(self, role: Role) -> int:
        """How many of the exit's last orders in a row never reached the venue, which has refused
        nothing: the reason may pass. Only a bracket tries again, for the sake of its position."""
        if self.request.kind is ListKind.OCO or self.failed(role) is None:
            return 0
        count = 0
        for leg in reversed(self.orders(role)):
            if not leg.unsent or leg.order_id in self.memory.canceled:
                break
            count += 1
        return count

    def smallest(self, role: Role) -> Decimal:
        terms = self.request.terms(role)
        return self.sizes.smallest(terms.price or terms.trigger_price)


def _go_on(state: _State, plan: Plan) -> None:
    if state.entry is None and state.request.entry is not None:
        plan.actions.append(Place(Role.ENTRY, 1, state.request.quantity))
        return
    for role in EXITS:
        _see_to_exit(state, role, plan)
    _one_failed(state, plan)


def _see_to_exit(state: _State, role: Role, plan: Plan) -> None:
    """Place, resize or cancel one exit, so that it could close just what is left."""
    remaining, live = state.remaining, state.live(role)
    too_little = remaining < state.smallest(role)
    if live is None:
        if not too_little and not _oco_is_over(state, role):
            _place_exit(state, role, plan, remaining)
        return
    wanted = live.filled + remaining
    if live.canceling or live.quantity == wanted:
        return
    if remaining <= ZERO or too_little:
        plan.actions.append(Cancel(live.order_id))
        if remaining > ZERO:
            plan.notes.append(f"{role}: the rest of {remaining} is below the venue's minimum")
    elif live.amending or not live.status.is_working:
        return  # on its way; it is sized once the venue has it
    elif live.order_id in state.memory.put_off and not state.memory.retry_due:
        plan.later(_RETRY)
    elif (tries := state.memory.in_vain(live)) >= RESIZES_IN_VAIN_MAX:
        plan.actions.append(Cancel(live.order_id))
        plan.notes.append(f"{role}: cannot be resized to {wanted}; placed anew")
    else:
        plan.actions.append(Resize(live.order_id, wanted, f"size-{live.version}", tries + 1))


def _place_exit(state: _State, role: Role, plan: Plan, remaining: Decimal) -> None:
    tries = state.unsent(role)
    if tries and not state.memory.retry_due:
        plan.later(min(_RETRY * 2 ** (tries - 1), _RETRY_MAX))
    elif tries or state.failed(role) is None:
        plan.actions.append(Place(role, len(state.orders(role)) + 1, remaining))


def _oco_is_over(state: _State, role: Role) -> bool:
    """An OCO places each order once: one that has ended is not placed again because of the other's
    end, and neither is placed when the other has failed."""
    if state.request.kind is ListKind.BRACKET:
        return False
    return state.failed(role.other) is not None


def _one_failed(state: _State, plan: Plan) -> None:
    """One exit ended without its fills. In an OCO the other goes, too. In a bracket there is a
    position: whatever still protects or closes it stays, and a person is told."""
    for role in EXITS:
        failed = state.failed(role)
        if failed is None:
            continue
        other = state.live(role.other)
        said = f"{role} ended {failed.status}{f': {failed.reason}' if failed.reason else ''}"
        if state.request.kind is ListKind.OCO:
            plan.notes.append(said)
            if other is not None and not other.canceling:
                plan.actions[:] = [Cancel(other.order_id)]
                plan.notes.append(f"{role.other} is canceled because of it")
        elif state.remaining > ZERO:
            plan.notes.append(f"{said}; {state.remaining} are left without it")
            plan.attention = True


def _cancel_everything(state: _State, plan: Plan) -> None:
    plan.actions.extend(
        Cancel(leg.order_id) for leg in state.legs if leg.is_live and not leg.canceling
    )


def _end(state: _State, plan: Plan, *, cancel_wanted: bool) -> None:
    if not (cancel_wanted or state.entry_is_over):
        return
    entry, remaining = state.entry, state.remaining
    if entry is not None and not entry.settled and not cancel_wanted:
        # What it traded before its end may be told after it, and wants its exits.
        plan.notes.append(f"the entry ended {entry.status}; the last of its trades may still come")
        plan.retry_after = _LOOKS_AFTER
        return
    if not state.legs:
        plan.end = ListStatus.CANCELED
        return
    if entry is not None and not entry.filled:
        rejected = entry.status in (OrderStatus.REJECTED, OrderStatus.DENIED)
        plan.notes.append(f"the entry ended {entry.status} without a fill {entry.reason}".rstrip())
        plan.end = ListStatus.FAILED if rejected else ListStatus.CANCELED
        return
    is_bracket = state.request.kind is ListKind.BRACKET
    if remaining < ZERO:
        plan.attention = True
        plan.notes.append(f"the exits traded {-remaining} too much: both did at once at the venue")
        plan.end = ListStatus.COMPLETED
    elif not remaining:
        plan.end = ListStatus.COMPLETED
    else:
        if is_bracket and state.entry is not None:
            plan.attention = True
            plan.notes.append(f"{remaining} of the position have no exit any more")
        failures = [leg for role in EXITS if (leg := state.failed(role)) is not None]
        refused = (OrderStatus.REJECTED, OrderStatus.DENIED)
        failed = any(leg.status in refused for leg in failures) or is_bracket
        plan.end = ListStatus.FAILED if failed and not cancel_wanted else ListStatus.CANCELED
