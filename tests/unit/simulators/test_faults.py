"""Which faults strike which requests, how often, and what they plan."""

from typing import Any

import pytest

from venues.simulators.cuts import Cut, Streams
from venues.simulators.fault_kinds import Action, FaultKind, FaultRefused
from venues.simulators.fault_plans import Ending, EventPlan, Loss, Plan
from venues.simulators.faults import Faults

VENUE = "BINANCE_SPOT"
PATH = "POST /api/v3/order"


def armed(**definition: Any) -> Faults:
    faults = Faults(seed=1)
    faults.add(definition)
    return faults


def plan(faults: Faults, client_id: str = "o1", action: Action = Action.SUBMIT) -> Plan | None:
    return faults.plan(VENUE, action, PATH, client_id)


@pytest.mark.parametrize(
    ("definition", "ending", "execute"),
    [
        ({"kind": "reject"}, Ending.REJECTED, False),
        ({"kind": "error_503_not_executed"}, Ending.UNAVAILABLE, False),
        ({"kind": "execute_then_503"}, Ending.STATUS_UNKNOWN, True),
        ({"kind": "execute_then_drop"}, Ending.DROP, True),
        ({"kind": "black_hole"}, Ending.SILENCE, False),
        ({"kind": "black_hole", "params": {"execute": True}}, Ending.SILENCE, True),
        ({"kind": "rate_limit"}, Ending.THROTTLED, False),
        ({"kind": "drop"}, Ending.DROP, False),
        ({"kind": "drop", "params": {"execute": True}}, Ending.DROP, True),
        ({"kind": "status_unknown"}, Ending.STATUS_UNKNOWN, False),
        ({"kind": "gateway_error", "params": {"execute": True}}, Ending.GATEWAY_ERROR, True),
        ({"kind": "connection_lost"}, Ending.REPLY, True),
        ({"kind": "delay", "params": {"before_ms": 5}}, Ending.REPLY, True),
    ],
)
def test_each_kind_plans_its_ending(
    definition: dict[str, Any], ending: Ending, execute: bool
) -> None:
    struck = plan(armed(**definition))
    assert struck is not None
    assert (struck.ending, struck.execute) == (ending, execute)


def test_nothing_armed_plans_nothing() -> None:
    assert plan(Faults(seed=1)) is None


def test_a_fault_strikes_as_often_as_it_says() -> None:
    faults = armed(kind="reject", count=2)
    assert [plan(faults) is not None for _ in range(4)] == [True, True, False, False]
    assert faults.armed()[0].strikes == 2


def test_a_fault_strikes_order_commands_unless_told_otherwise() -> None:
    faults = armed(kind="reject")
    struck = {action for action in Action if plan(faults, action=action) is not None}
    assert struck == {Action.SUBMIT, Action.CANCEL, Action.AMEND}


def test_a_fault_can_be_for_one_action() -> None:
    faults = armed(kind="reject", action="cancel")
    assert plan(faults, action=Action.SUBMIT) is None
    assert plan(faults, action=Action.CANCEL) is not None


def test_a_fault_can_be_for_one_path() -> None:
    faults = armed(kind="reject", path="GET /api/v3/myTrades")
    assert plan(faults) is None
    assert faults.plan(VENUE, Action.QUERY, "GET /api/v3/myTrades", "") is not None


@pytest.mark.parametrize(
    ("action", "path", "struck"),
    [
        ("cancel", "order", {Action.CANCEL}),
        ("cancel", "myTrades", set()),
        (None, "order", set(Action)),
        ("query", None, {Action.QUERY}),
    ],
)
def test_action_and_path_must_both_match(
    action: str | None, path: str | None, struck: set[Action]
) -> None:
    named = {"action": action, "path": path}
    faults = armed(kind="reject", **{name: each for name, each in named.items() if each})
    assert {each for each in Action if plan(faults, action=each) is not None} == struck


def test_streams_are_cut_as_the_fault_says() -> None:
    params = {"refuse_s": 2, "streams": "all", "close": True}
    struck = plan(armed(kind="drop_user_stream", params=params))
    assert struck is not None
    assert struck.cut == Cut(Streams.ALL, close=True, refuse_s=2.0)
    usual = plan(armed(kind="drop_user_stream"))
    assert usual is not None
    assert usual.cut == Cut(Streams.PRIVATE, close=False, refuse_s=0.0)


def test_a_fault_can_be_for_client_ids_that_begin_so() -> None:
    faults = armed(kind="reject", client_order_id="o12")
    assert plan(faults, "o13") is None
    assert plan(faults, "o123") is not None


def test_a_fault_can_be_for_one_venue() -> None:
    assert plan(armed(kind="reject", venue="BINANCE_FUTURES")) is None


def test_probability_is_drawn_from_the_seed() -> None:
    def strikes() -> list[bool]:
        faults = armed(kind="reject", probability=0.5)
        return [plan(faults) is not None for _ in range(50)]

    assert strikes() == strikes()
    assert 10 < sum(strikes()) < 40


def test_a_client_that_ignores_the_rate_limit_is_banned() -> None:
    faults = armed(kind="rate_limit", params={"ban_after": 2})
    endings = [struck.ending for _ in range(3) if (struck := plan(faults)) is not None]
    assert endings == [Ending.THROTTLED, Ending.THROTTLED, Ending.BANNED]


def test_faults_add_up() -> None:
    faults = armed(kind="delay", params={"after_ms": 7})
    faults.add({"kind": "execute_then_drop"})
    struck = plan(faults)
    assert struck is not None
    assert (struck.delay_after_ms, struck.ending) == (7, Ending.DROP)


def test_fills_can_be_doubled_delayed_and_lost() -> None:
    faults = armed(kind="duplicate_fills", client_order_id="twice")
    faults.add({"kind": "delay_fills", "client_order_id": "late", "params": {"ms": 30}})
    faults.add({"kind": "lose_fills", "client_order_id": "never"})
    twice, late = faults.fill_plan(VENUE, "twice"), faults.fill_plan(VENUE, "late")
    never = faults.fill_plan(VENUE, "never")
    assert twice is not None
    assert late is not None
    assert never is not None
    assert (twice.copies, late.delay_ms, never.copies) == (2, 30, 0)
    assert faults.fill_plan(VENUE, "other") is None


def test_the_clock_is_off_while_the_fault_stands() -> None:
    faults = armed(kind="clock_skew", venue=VENUE, params={"ms": -7000})
    assert faults.clock_skew_ms(VENUE) == -7000
    assert faults.clock_skew_ms("BINANCE_FUTURES") == 0
    assert faults.clear() == 1
    assert faults.clock_skew_ms(VENUE) == 0


@pytest.mark.parametrize(
    "definition",
    [
        {},
        {"kind": "earthquake"},
        {"kind": "reject", "colour": "red"},
        {"kind": "reject", "action": "think"},
        {"kind": "reject", "client_order_id": "("},
        {"kind": "reject", "count": "many"},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(definition: dict[str, Any]) -> None:
    with pytest.raises(FaultRefused):
        Faults(seed=1).add(definition)


def test_what_one_fault_stops_another_does_not_execute() -> None:
    faults = armed(kind="drop")
    faults.add({"kind": "gateway_error", "params": {"execute": True}})
    struck = plan(faults)
    assert struck is not None
    assert not struck.execute


def test_a_lost_connection_says_for_how_long() -> None:
    struck = plan(armed(kind="connection_lost", params={"s": 3, "data_lost": True}))
    assert struck is not None
    assert struck.loss == Loss(seconds=3.0, data_lost=True, code=1100, told=True)


def test_steps_that_are_no_fills_are_struck_unless_some_are_named() -> None:
    faults = armed(kind="lose_events")
    assert faults.event_plan(VENUE, "TRADE", "o1") is None
    assert faults.event_plan(VENUE, "NEW", "o1") == EventPlan(copies=0)
    named = armed(kind="delay_events", params={"steps": ["TRADE"], "ms": 5})
    assert named.event_plan(VENUE, "NEW", "o1") is None
    assert named.fill_plan(VENUE, "o1") == EventPlan(delay_ms=5)


def test_a_fill_can_be_corrected_busted_or_told_by_its_state_only() -> None:
    faults = armed(kind="correct_fills", params={"ticks": 2, "bust": True})
    faults.add({"kind": "status_without_fills"})
    expected = EventPlan(correction_ticks=2, bust=True, status_only=True)
    assert faults.fill_plan(VENUE, "o1") == expected


def test_maintenance_strikes_every_request_and_may_end_by_itself() -> None:
    faults = armed(kind="maintenance", venue=VENUE)
    struck = plan(faults, action=Action.QUERY)
    assert struck is not None
    assert (struck.ending, struck.execute) == (Ending.MAINTENANCE, False)
    assert not faults.in_maintenance("BINANCE_FUTURES")
    assert not armed(kind="maintenance", params={"s": 0}).in_maintenance(VENUE)


def test_only_sockets_that_were_open_are_half_open() -> None:
    faults = armed(kind="half_open")
    (fault,) = faults.armed()
    assert faults.half_open(VENUE, fault.armed_ns - 1)
    assert not faults.half_open(VENUE, fault.armed_ns)


def test_orders_are_forgotten_after_a_while() -> None:
    assert Faults(seed=1).forgotten_before_ns(VENUE, 10) == 0
    faults = armed(kind="forget_orders", params={"after_s": 2})
    assert faults.forgotten_before_ns(VENUE, 5_000_000_000) == 3_000_000_000


def test_what_befalls_the_venue_is_counted_when_it_happens() -> None:
    faults = armed(kind="book_gap", count=1)
    assert faults.strike(FaultKind.ERROR_FRAME, VENUE) is None
    assert faults.strike(FaultKind.BOOK_GAP, VENUE) is not None
    assert faults.strike(FaultKind.BOOK_GAP, VENUE) is None
