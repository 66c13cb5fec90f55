"""Executions joined with what they cost, and what is told of them again."""

import logging
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from domain.fills import Fill
from domain.sides import Side
from tests.contracts.ib.samples import OURS
from venues.interactive_brokers.fills import ANSWERS_WITHOUT_COMMISSION, Fills
from venues.interactive_brokers.messages import CommissionSaid, ExecutionSaid
from venues.port import FillNews


def execution(exec_id: str = "a.b.01.01", **terms: object) -> ExecutionSaid:
    known = ExecutionSaid(
        request_id=-1,
        order_id=1,
        client_id=1,
        perm_id=9,
        order_ref=OURS,
        con_id=1,
        instrument_id="ESM7.IB",
        currency="USD",
        exec_id=exec_id,
        at=datetime(2026, 11, 26, 15, 0, tzinfo=UTC),
        account="DU1",
        bought=True,
        quantity=Decimal(10),
        price=Decimal(190),
        cumulative=Decimal(10),
        is_maker=False,
    )
    return replace(known, **terms)  # type: ignore[arg-type]


class Told:
    """What the fills handed on."""

    def __init__(self) -> None:
        self.news: list[FillNews] = []
        self.fills = Fills("IB-main", lambda said: said.instrument_id, self.news.append)

    def charge(self, exec_id: str = "a.b.01.01", commission: str = "1.5") -> None:
        self.fills.add_cost(
            CommissionSaid(exec_id=exec_id, commission=Decimal(commission), currency="USD")
        )

    def ask_in_vain(self, times: int) -> None:
        for _ in range(times):
            self.fills.asked_in_vain()

    @property
    def told(self) -> list[Fill]:
        return [news.fill for news in self.news]

    def learn(self, *executions: ExecutionSaid) -> None:
        self.fills.learning = True
        for one in executions:
            self.fills.add(one)
        self.fills.learning = False


def test_a_fill_is_held_until_its_commission_is_known() -> None:
    told = Told()
    told.fills.add(execution())
    assert (told.news, told.fills.is_waiting) == ([], True)
    told.charge()
    (fill,) = told.told
    assert (fill.fee, fill.fee_currency, fill.side) == (Decimal("1.5"), "USD", Side.BUY)
    assert fill.trade_id == "a.b.01"
    assert not told.fills.is_waiting


def test_a_commission_that_came_first_is_joined() -> None:
    told = Told()
    told.charge()
    told.fills.add(execution())
    assert len(told.news) == 1


def test_each_fill_waits_for_its_own_commission_and_for_so_long(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """One whose commission IB does not name hurries no other that came a moment ago."""
    told = Told()
    told.fills.add(execution("stuck.01.01"))
    told.ask_in_vain(ANSWERS_WITHOUT_COMMISSION - 1)
    told.fills.add(execution("fresh.01.01"))
    told.ask_in_vain(1)
    (stuck,) = told.told
    assert (stuck.trade_id, stuck.fee) == ("stuck.01", Decimal(0))
    assert "booked without" in caplog.text
    told.charge("fresh.01.01")
    assert [(fill.trade_id, fill.fee) for fill in told.told[1:]] == [("fresh.01", Decimal("1.5"))]


def test_a_commission_that_comes_late_is_told_as_the_fill_with_its_fee() -> None:
    told = Told()
    told.fills.add(execution())
    told.ask_in_vain(ANSWERS_WITHOUT_COMMISSION)
    told.charge()
    told.charge()
    without, with_fee = told.told
    assert with_fee == replace(without, fee=Decimal("1.5"))
    assert told.fills.of([execution()]) == [with_fee]


def test_a_correction_before_the_fill_is_told_replaces_it() -> None:
    told = Told()
    told.fills.add(execution())
    told.fills.add(execution("a.b.01.02", price=Decimal(191)))
    told.fills.add(execution())  # the first again, as in a list of executions
    told.charge("a.b.01.01")
    told.charge("a.b.01.02", "0.9")
    (fill,) = told.told
    assert (fill.price, fill.fee) == (Decimal(191), Decimal("0.9"))


def test_a_correction_afterwards_is_told_as_the_same_trade_with_what_it_cost() -> None:
    """Together: the books would keep the fee of before where the new one came behind."""
    told = Told()
    told.fills.add(execution())
    told.charge()
    correction = execution("a.b.01.02", quantity=Decimal(9))
    told.fills.add(correction)
    told.fills.add(correction)
    assert (len(told.news), told.fills.of([correction])) == (1, [])
    told.charge("a.b.01.02", "0.9")
    told.charge("a.b.01.02", "0.9")
    first, corrected = told.told
    assert corrected == replace(first, quantity=Decimal(9), fee=Decimal("0.9"))
    assert told.fills.of([correction]) == [corrected]


def test_a_correction_whose_commission_ib_does_not_name_keeps_that_of_before() -> None:
    told = Told()
    told.fills.add(execution())
    told.charge()
    told.fills.add(execution("a.b.01.02", price=Decimal(191)))
    told.ask_in_vain(ANSWERS_WITHOUT_COMMISSION)
    first, corrected = told.told
    assert corrected == replace(first, price=Decimal(191))
    assert not told.fills.is_waiting


def test_a_correction_that_is_taken_back_is_waited_for_no_longer() -> None:
    told = Told()
    told.fills.add(execution())
    told.charge()
    told.fills.add(execution("a.b.01.02", price=Decimal(191)))
    told.fills.add(execution("a.b.01.03"))
    assert (len(told.news), told.fills.is_waiting) == (1, False)


def test_a_bust_is_told_as_the_trade_of_nothing_and_waits_for_no_commission() -> None:
    told = Told()
    told.fills.add(execution())
    told.charge()
    told.fills.add(execution("a.b.01.02", quantity=Decimal(0)))
    assert [fill.quantity for fill in told.told] == [10, 0]
    assert [fill.quantity for fill in told.fills.of([execution()])] == [0]


def test_what_was_traded_before_the_process_began_is_no_news_but_is_pulled() -> None:
    told = Told()
    told.charge()
    told.learn(execution())
    told.fills.add(execution())
    assert told.news == []
    assert [fill.fee for fill in told.fills.of([execution()])] == [Decimal("1.5")]


def test_what_was_traded_before_the_process_began_and_names_no_commission_is_told_in_the_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.CRITICAL)
    told = Told()
    told.learn(execution())
    assert told.fills.of([execution()]) == []
    told.ask_in_vain(ANSWERS_WITHOUT_COMMISSION)
    assert [fill.fee for fill in told.told] == [0]
    assert told.fills.of([execution()]) == told.told
    told.charge()
    assert [fill.fee for fill in told.told] == [0, Decimal("1.5")]


def test_executions_of_others_are_no_fills() -> None:
    told = Told()
    told.charge()
    foreign = execution(order_ref="somebody")
    assert told.fills.of([foreign]) == []
    told.charge()
    assert told.news == []
