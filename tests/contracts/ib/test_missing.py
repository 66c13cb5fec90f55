"""Looking for executions that only the state of an order speaks of."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.contracts.ib.samples import OURS
from tests.contracts.ib.test_joining import Told, execution
from venues.interactive_brokers import missing
from venues.interactive_brokers.fills import ANSWERS_WITHOUT_COMMISSION
from venues.interactive_brokers.known_orders import KnownOrder
from venues.interactive_brokers.missing import Missing

SHARES = Decimal(30)


class Pulls:
    """What is asked of IB; `answer` is what comes of each question."""

    def __init__(self, answer: Callable[[], None] = lambda: None) -> None:
        self.since: list[datetime] = []
        self._answer = answer

    async def pull(self, since: datetime) -> bool:
        self.since.append(since)
        self._answer()
        return True


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(missing, "_LOOK_AGAIN_S", 0.001)
    monkeypatch.setattr(missing, "_LOOK_S", 0.001)


async def test_what_was_traded_on_an_earlier_day_is_looked_for_so_often_and_no_more() -> None:
    """Its executions are gone, and its state says so again and again."""
    order = KnownOrder(ref=OURS, filled=SHARES)
    pulls = Pulls(lambda: looking.notice(order))
    looking = Missing(Told().fills, pulls.pull)
    looking.notice(order)
    await looking.found(order)
    asked = len(pulls.since)
    assert asked == ANSWERS_WITHOUT_COMMISSION
    looking.notice(order)
    await looking.found(order)
    assert len(pulls.since) == asked
    await looking.stop()


async def test_what_it_trades_afterwards_is_looked_for_again() -> None:
    order = KnownOrder(ref=OURS, filled=SHARES, unseen=SHARES)

    def find() -> None:
        order.traded["a.b.01"] = Decimal(10)

    pulls = Pulls(find)
    looking = Missing(Told().fills, pulls.pull)
    order.filled = SHARES + 10
    looking.notice(order)
    await looking.found(order)
    assert (len(pulls.since), order.missing) == (1, Decimal(0))
    await looking.stop()


async def test_an_execution_is_asked_for_from_its_own_time_on() -> None:
    """Its commission comes with it, however long ago it was traded."""
    told = Told()
    earlier = datetime.now(UTC) - timedelta(hours=3)
    pulls = Pulls(told.charge)
    looking = Missing(told.fills, pulls.pull)
    told.fills.add(execution(at=earlier))
    looking.notice_fill()
    await looking.found(KnownOrder(ref=OURS))
    assert pulls.since == [earlier]
    assert [fill.fee for fill in told.told] == [Decimal("1.5")]
    await looking.stop()
