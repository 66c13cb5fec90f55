"""Families of failures that users of other systems reported, and where each is guarded against.

Cards name the families that they guard against at the adapter; the tests named here play the same
story through the whole system: workflow, database and processes.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lesson:
    number: str
    must_hold: str
    tested_in: tuple[str, ...]


_COMMANDS = "tests/e2e/test_command_faults.py"
_STREAMS = "tests/e2e/test_stream_faults.py"
_RESTARTS = "tests/e2e/test_restarts.py"
_KILLS = "tests/chaos/test_kill_nine.py"

LESSONS = (
    Lesson("L1", "An unanswered submit is Unknown until the venue itself says more.", (_COMMANDS,)),
    Lesson(
        "L2",
        "Only the venue's own 'no such order', past its visibility horizon, proves absence.",
        ("tests/e2e/test_venue_outage.py", "tests/workflows/test_unknown_outcome.py"),
    ),
    Lesson(
        "L3",
        "One order at the venue per leg, by its ledger.",
        ("tests/e2e/test_idempotency.py", _COMMANDS, _KILLS),
    ),
    Lesson("L4", "After every reconnect, executions since the last one are pulled.", (_STREAMS,)),
    Lesson(
        "L5",
        "A periodic pull finds what a healthy stream lost.",
        ("tests/e2e/test_stuck_orders.py", _STREAMS),
    ),
    Lesson("L6", "A fill counts once, however often it is told.", (_STREAMS,)),
    Lesson("L7", "Two restarts in a row change nothing.", (_RESTARTS, _KILLS)),
    Lesson(
        "L8", "A position is the sum of its fills and the venue's, also after restarts.", (_KILLS,)
    ),
    Lesson("L10", "A cancel without an answer is resolved by asking the venue.", (_COMMANDS,)),
    Lesson("L11", "Orders are matched by our own client id, never by a session's.", (_RESTARTS,)),
    Lesson("L12", "Working orders of an earlier session can be cancelled.", (_RESTARTS,)),
    Lesson(
        "L14",
        "Partial fills, and fills during amendments and cancels, follow FIX 4.4.",
        ("tests/e2e/test_order_road.py", "tests/unit/domain/test_order_life_table.py"),
    ),
    Lesson(
        "L15",
        "We stay within the venue's limits; logins and keys are renewed.",
        (_STREAMS,),
    ),
)
"""L9 and L13 are about algorithms and cancel-all by strategy: no adapter can break them."""
