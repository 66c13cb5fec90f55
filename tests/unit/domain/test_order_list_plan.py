"""What an order list does next, whatever its orders do."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.lists.plan import Cancel, Leg, Memory, Place, Plan, Resize, Sizes, next_plan
from domain.lists.request import EXITS, LegTerms, ListKind, ListStatus, OrderListRequest, Role
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


def plan(
    legs: Sequence[Leg],
    kind: ListKind = ListKind.BRACKET,
    *,
    cancel_wanted: bool = False,
    sizes: Sizes = SIZES,
    **memory: Any,
) -> Plan:
    return next_plan(a_list(kind), legs, sizes, Memory(**memory), cancel_wanted=cancel_wanted)


ENTERED = leg(Role.ENTRY, "FILLED", "10")
STOPPED = leg(Role.STOP_LOSS)
TAKING = leg(Role.TAKE_PROFIT)


def test_a_bracket_begins_with_its_entry() -> None:
    assert plan([]).actions == [Place(Role.ENTRY, 1, Decimal(10))]


def test_an_oco_begins_with_both_protection_first() -> None:
    assert plan([], ListKind.OCO).actions == [
        Place(Role.STOP_LOSS, 1, Decimal(10)),
        Place(Role.TAKE_PROFIT, 1, Decimal(10)),
    ]


def test_exits_follow_the_entry_as_far_as_it_trades() -> None:
    assert plan([leg(Role.ENTRY, "PARTIALLY_FILLED", "4")]).actions == [
        Place(Role.STOP_LOSS, 1, Decimal(4)),
        Place(Role.TAKE_PROFIT, 1, Decimal(4)),
    ]


def test_exits_are_for_what_is_left_of_the_entry_after_fees() -> None:
    entry = leg(Role.ENTRY, "FILLED", "10", net_filled=Decimal("9.99"))

    assert [action.quantity for action in plan([entry]).actions] == [Decimal(9), Decimal(9)]  # type: ignore[union-attr]


def test_exits_wait_until_the_venue_would_take_them() -> None:
    assert plan([leg(Role.ENTRY, "PARTIALLY_FILLED", "1")]).actions == []


def test_a_minimum_value_counts_at_the_price_of_the_exit() -> None:
    sizes = replace(SIZES, min_notional=Decimal(450))  # 5 at 90 or 100
    assert plan([leg(Role.ENTRY, "PARTIALLY_FILLED", "4")], sizes=sizes).actions == []


def test_more_entry_fills_make_the_exits_larger() -> None:
    entry = leg(Role.ENTRY, "PARTIALLY_FILLED", "6")
    exits = [replace(STOPPED, quantity=Decimal(4)), replace(TAKING, quantity=Decimal(4))]

    assert plan([entry, *exits]).actions == [
        Resize("STOP_LOSS1", Decimal(6), "size-5"),
        Resize("TAKE_PROFIT1", Decimal(6), "size-5"),
    ]


def test_a_partial_exit_reduces_the_other() -> None:
    taking = leg(Role.TAKE_PROFIT, "PARTIALLY_FILLED", "3")

    assert plan([ENTERED, STOPPED, taking]).actions == [Resize("STOP_LOSS1", Decimal(7), "size-5")]


def test_a_full_exit_cancels_the_other() -> None:
    taken = leg(Role.TAKE_PROFIT, "FILLED", "10")

    assert plan([ENTERED, STOPPED, taken]).actions == [Cancel("STOP_LOSS1")]


def test_a_rest_below_the_minimum_is_not_left_to_an_oversized_exit() -> None:
    taking = leg(Role.TAKE_PROFIT, "PARTIALLY_FILLED", "9")

    assert Cancel("STOP_LOSS1") in plan([ENTERED, STOPPED, taking]).actions


def test_an_exit_that_cannot_be_resized_is_placed_anew() -> None:
    taking = leg(Role.TAKE_PROFIT, "PARTIALLY_FILLED", "3")
    tried = {"STOP_LOSS1": 3}

    first = plan([ENTERED, STOPPED, taking], resizes=tried)
    assert first.actions == [Cancel("STOP_LOSS1")]
    gone = replace(STOPPED, status=OrderStatus.CANCELED)
    second = plan([ENTERED, gone, taking], resizes=tried, canceled=["STOP_LOSS1"])
    assert second.actions == [Place(Role.STOP_LOSS, 2, Decimal(7))]


def test_a_bracket_is_complete_when_its_exits_have_closed_it() -> None:
    taken = leg(Role.TAKE_PROFIT, "FILLED", "10")
    gone = leg(Role.STOP_LOSS, "CANCELED")

    done = plan([ENTERED, gone, taken], canceled=["STOP_LOSS1"])
    assert (done.end, done.attention) == (ListStatus.COMPLETED, False)


def test_two_exits_that_trade_at_once_are_reported() -> None:
    taken = leg(Role.TAKE_PROFIT, "FILLED", "10")
    stopped = leg(Role.STOP_LOSS, "CANCELED", "4")

    done = plan([ENTERED, stopped, taken], canceled=["STOP_LOSS1"])
    assert (done.end, done.attention) == (ListStatus.COMPLETED, True)
    assert "4 too much" in done.notes[-1]


def test_a_rejected_stop_leaves_the_take_profit_and_calls_a_person() -> None:
    rejected = leg(Role.STOP_LOSS, "REJECTED", reason="would trigger")

    now = plan([ENTERED, rejected, TAKING])
    assert (now.actions, now.attention, now.end) == ([], True, None)
    assert "would trigger" in now.notes[0]


def test_a_rejected_leg_of_an_oco_takes_the_other_with_it() -> None:
    rejected = leg(Role.TAKE_PROFIT, "REJECTED")

    assert plan([STOPPED, rejected], ListKind.OCO).actions == [Cancel("STOP_LOSS1")]
    gone = replace(STOPPED, status=OrderStatus.CANCELED)
    assert plan([gone, rejected], ListKind.OCO, canceled=["STOP_LOSS1"]).end is ListStatus.FAILED


def test_an_entry_that_never_trades_ends_the_list() -> None:
    assert plan([leg(Role.ENTRY, "REJECTED")]).end is ListStatus.FAILED
    assert plan([leg(Role.ENTRY, "CANCELED")]).end is ListStatus.CANCELED


def test_a_wish_to_cancel_ends_every_order_and_places_none() -> None:
    wanted = plan([leg(Role.ENTRY, "PARTIALLY_FILLED", "4"), STOPPED, TAKING], cancel_wanted=True)
    assert wanted.actions == [Cancel("ENTRY1"), Cancel("STOP_LOSS1"), Cancel("TAKE_PROFIT1")]
    assert plan([], cancel_wanted=True).end is ListStatus.CANCELED


def test_an_exit_whose_resize_we_refuse_for_now_stays_and_is_tried_again() -> None:
    entry = leg(Role.ENTRY, "FILLED", "10")
    small = replace(STOPPED, quantity=Decimal(4))
    put_off: dict[str, Any] = {"put_off": ["STOP_LOSS1"], "resizes": {"STOP_LOSS1": 0}}

    now = plan([entry, small, TAKING], **put_off)
    assert (now.actions, now.attention, now.end) == ([], True, None)
    assert now.retry_after == timedelta(seconds=5)
    due = plan([entry, small, TAKING], **put_off, retry_due=True)
    assert due.actions == [Resize("STOP_LOSS1", Decimal(10), "size-5")]


def test_an_exit_that_never_reached_the_venue_is_placed_again_after_a_while() -> None:
    denied = leg(Role.STOP_LOSS, "DENIED", unsent=True)
    late = leg(Role.STOP_LOSS, "EXPIRED", seq=2, unsent=True)

    first = plan([ENTERED, denied, TAKING])
    assert (first.actions, first.retry_after, first.attention) == ([], timedelta(seconds=5), True)
    again = plan([ENTERED, denied, TAKING], retry_due=True)
    assert again.actions == [Place(Role.STOP_LOSS, 2, Decimal(10))]
    second = plan([ENTERED, denied, late, TAKING])
    assert second.retry_after == timedelta(seconds=10)


def test_a_position_without_any_exit_left_does_not_end_its_list_while_one_may_be_placed() -> None:
    denied = [leg(role, "DENIED", unsent=True) for role in EXITS]

    assert plan([ENTERED, *denied]).end is None
    ended = plan([ENTERED, *denied], cancel_wanted=True)
    assert (ended.end, ended.attention) == (ListStatus.CANCELED, True)


def test_an_oco_is_not_placed_twice() -> None:
    denied = leg(Role.STOP_LOSS, "DENIED", unsent=True)

    assert plan([denied, TAKING], ListKind.OCO).actions == [Cancel("TAKE_PROFIT1")]


@dataclass
class World:
    """A venue and a database for one list: orders change as the moves say."""

    request: OrderListRequest
    legs: dict[str, Leg] = field(default_factory=dict)
    canceled: list[str] = field(default_factory=list)
    resizes: dict[str, int] = field(default_factory=dict)

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
            case Resize(order_id, quantity):
                self.resizes[order_id] = self.resizes.get(order_id, 0) + 1
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


moves = st.lists(
    st.tuples(
        st.sampled_from(["fill", "fill", "fill", "reject", "cancel"]),
        st.integers(0, 5),
        st.integers(1, 10),
    ),
    max_size=15,
)


@given(st.sampled_from(ListKind), moves)
def test_the_exits_never_trade_more_than_there_is_to_close(
    kind: ListKind, made: list[tuple[str, int, int]]
) -> None:
    """At rest after each move; only two moves at once at the venue could break this."""
    world = World(a_list(kind))
    world.settle()
    for what, which, quantity in made:
        live = world.live()
        if not live:
            break
        chosen = live[which % len(live)].order_id
        match what:
            case "fill":
                world.fill(chosen, Decimal(quantity))
            case "reject":
                world.change(chosen, status=OrderStatus.REJECTED)
            case "cancel":
                world.change(chosen, status=OrderStatus.CANCELED)
        world.settle()
        entry = world.legs.get("ENTRY1")
        basis = Decimal(10) if kind is ListKind.OCO else entry.filled if entry else Decimal(0)
        traded = sum((x.filled for x in world.legs.values() if x.role in EXITS), Decimal(0))
        for exit_ in world.live():
            if exit_.role in EXITS:
                assert traded + exit_.quantity - exit_.filled <= basis
    if not world.live():
        assert world.settle().end is not None
