"""What an order list does next, whatever its orders do."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from domain.lists.legs import Leg, Memory, Sizes, Tried
from domain.lists.plan import Cancel, Place, Plan, Resize, next_plan
from domain.lists.request import EXITS, ListKind, ListStatus, Role
from domain.orders import OrderStatus
from tests.support.list_world import SIZES, a_list, leg


def plan(
    legs: Sequence[Leg],
    kind: ListKind = ListKind.BRACKET,
    *,
    cancel_wanted: bool = False,
    unrecorded: bool = False,
    sizes: Sizes = SIZES,
    **memory: Any,
) -> Plan:
    return next_plan(
        a_list(kind),
        legs,
        sizes,
        Memory(**memory),
        cancel_wanted=cancel_wanted,
        unrecorded=unrecorded,
    )


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
    tried = {"STOP_LOSS1": Tried(Decimal(7), times=3)}

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


def test_an_entry_of_which_fills_may_still_come_does_not_end_the_list() -> None:
    unsettled = leg(Role.ENTRY, "EXPIRED", settled=False)

    now = plan([unsettled])
    assert (now.end, now.attention, now.retry_after) == (None, False, timedelta(seconds=5))
    assert plan([unsettled], cancel_wanted=True).end is ListStatus.CANCELED  # it places nothing
    assert plan([replace(unsettled, settled=True)]).end is ListStatus.CANCELED


def test_a_wish_to_cancel_ends_every_order_and_places_none() -> None:
    wanted = plan([leg(Role.ENTRY, "PARTIALLY_FILLED", "4"), STOPPED, TAKING], cancel_wanted=True)
    assert wanted.actions == [Cancel("ENTRY1"), Cancel("STOP_LOSS1"), Cancel("TAKE_PROFIT1")]
    assert plan([], cancel_wanted=True).end is ListStatus.CANCELED


def test_while_an_order_is_on_its_way_nothing_is_begun_and_the_rest_can_be_canceled() -> None:
    now = plan([STOPPED], ListKind.OCO, unrecorded=True)
    assert (now.actions, now.retry_after) == ([], timedelta(seconds=5))
    wanted = plan([STOPPED], ListKind.OCO, unrecorded=True, cancel_wanted=True)
    assert wanted.actions == [Cancel("STOP_LOSS1")]
    gone = replace(STOPPED, status=OrderStatus.CANCELED)
    assert plan([gone], ListKind.OCO, unrecorded=True, cancel_wanted=True).end is None


def test_an_exit_whose_resize_we_refuse_for_now_stays_and_is_tried_again() -> None:
    entry = leg(Role.ENTRY, "FILLED", "10")
    small = replace(STOPPED, quantity=Decimal(4))
    put_off: dict[str, Any] = {"put_off": ["STOP_LOSS1"], "resizes": {}}

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
