"""The pieces of the adapter that need no venue: contracts, codes, states and pacing."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from domain.instruments import InstrumentKind
from domain.orders import OrderStatus
from domain.outcomes import (
    AmendRefused,
    CancelRefused,
    CancelTaken,
    Rejected,
    Unknown,
)
from tests.contracts.ib.samples import OURS, details
from venues.interactive_brokers.codes import amend_outcome, cancel_outcome, submit_outcome
from venues.interactive_brokers.contracts import description, named, traded
from venues.interactive_brokers.known_orders import KnownOrder
from venues.interactive_brokers.messages import (
    ErrorSaid,
)
from venues.interactive_brokers.pacing import WINDOW_S, Pacing, Turn
from venues.interactive_brokers.settings import Settings
from venues.interactive_brokers.values import plain
from venues.registry import VenueAccountConfig

# --- contracts ---


@pytest.mark.parametrize(
    ("instrument_id", "sec_type", "exchange", "symbol", "local_symbol"),
    [
        ("AAPL.IB", "STK", "SMART", "AAPL", ""),
        ("BRK_B.IB", "STK", "SMART", "BRK B", ""),
        ("EURUSD.IB", "CASH", "IDEALPRO", "EUR", ""),
        ("ESM7.IB", "FUT", "CME", "", "ESM7"),
        ("MNQH27.IB", "FUT", "CME", "", "MNQH27"),
        ("GOOGL.IB", "STK", "SMART", "GOOGL", ""),
    ],
)
def test_an_instrument_id_says_what_to_ask_for(
    instrument_id: str, sec_type: str, exchange: str, symbol: str, local_symbol: str
) -> None:
    asked = description(instrument_id)
    assert (asked.sec_type, asked.exchange) == (sec_type, exchange)
    assert (asked.symbol, asked.local_symbol) == (symbol, local_symbol)


@pytest.mark.parametrize(
    ("terms", "instrument_id"),
    [
        (("STK", "AAPL", "USD", "AAPL"), "AAPL.IB"),
        (("STK", "BRK B", "USD", "BRK B"), "BRK_B.IB"),
        (("CASH", "EUR", "USD", "EUR.USD"), "EURUSD.IB"),
        (("FUT", "ES", "USD", "ESM7"), "ESM7.IB"),
    ],
)
def test_a_contract_that_was_not_asked_for_is_named_by_its_own_terms(
    terms: tuple[str, str, str, str], instrument_id: str
) -> None:
    assert named(*terms) == instrument_id
    assert description(instrument_id).sec_type == terms[0]


@pytest.mark.parametrize(
    "terms",
    [
        ("OPT", "AAPL", "USD", "AAPL  270115C00190000"),
        ("STK", "AAPL", "MXN", "AAPL"),
        ("FOP", "ES", "USD", "ESM7 C6500"),
    ],
)
def test_what_is_not_traded_here_is_never_taken_for_what_is(
    terms: tuple[str, str, str, str],
) -> None:
    assert named(*terms) not in ("AAPL.IB", "ESM7.IB")


def test_a_zone_that_nobody_knows_ends_no_future_before_its_time() -> None:
    known = traded("ESM7.IB", details()).instrument.expires_at
    unknown = details(time_zone="CST (Central Standard Time)")
    late = traded("ESM7.IB", unknown).instrument.expires_at
    assert known is not None
    assert late is not None
    assert known < late < known + timedelta(hours=12)


def test_a_future_has_its_multiplier_its_end_and_its_hours() -> None:
    future = traded("ESM7.IB", details()).instrument
    assert (future.kind, future.multiplier) == (InstrumentKind.FUTURE, Decimal(50))
    assert future.notional(Decimal(2), Decimal(6500)) == 650_000
    assert future.expires_at == datetime(2027, 6, 19, 4, 59, 59, tzinfo=UTC)
    assert future.trading_hours == "20261124:0830-20261124:1600 US/Central"


@pytest.mark.parametrize("step", ["0.25", "0.0025"])
def test_a_future_that_is_priced_in_cents_is_worth_what_it_is_in_dollars(step: str) -> None:
    """Its multiplier and its tick are told in dollars, its market rule in nobody knows which."""
    corn = details(
        symbol="ZC",
        local_symbol="ZCZ7",
        multiplier="5000",
        price_magnifier=100,
        min_tick=Decimal("0.0025"),
    )
    instrument = traded("ZCZ7.IB", corn, [(Decimal(0), Decimal(step))]).instrument
    assert instrument.tick == Decimal("0.25")
    assert instrument.notional(Decimal(1), Decimal(445)) == 22_250


def test_the_widest_step_of_a_market_rule_is_the_tick_and_shares_are_whole() -> None:
    rule = [(Decimal(0), Decimal("0.0001")), (Decimal(1), Decimal("0.01"))]
    stock = traded(
        "AAPL.IB",
        details("STK", min_tick=Decimal("0.0001"), min_size=Decimal("0.0001"), multiplier=""),
        rule,
    ).instrument
    assert (stock.tick, stock.lot, stock.min_qty) == (Decimal("0.01"), Decimal(1), Decimal(1))


@pytest.mark.parametrize("text", ["190.01", "0.00005", "100", "6500.25", "1.10005", "10000000"])
def test_a_number_of_the_socket_comes_back_as_it_was(text: str) -> None:
    assert f"{plain(float(text)):f}" == text


@pytest.mark.parametrize(
    ("urls", "options", "wrong"),
    [
        ("http://127.0.0.1:7497", {}, "tcp://host:port"),
        ("tcp://127.0.0.1", {}, "tcp://host:port"),
        ("tcp://127.0.0.1:7497", {"client_id": "zero"}, "client_id"),
        ("tcp://127.0.0.1:7497", {"client_id": "0"}, "client_id"),
        ("tcp://127.0.0.1:7497", {"messages_per_s": "9"}, "messages_per_s must be .* from 10"),
    ],
)
def test_settings_that_make_no_sense_are_refused(
    urls: str, options: dict[str, str], wrong: str
) -> None:
    config = VenueAccountConfig("IB", "IB-main", ("AAPL.IB",), {}, {"tws": urls}, options)
    with pytest.raises(ValueError, match=wrong):
        Settings.of(config)


# --- codes ---


def said(code: int) -> ErrorSaid:
    return ErrorSaid(request_id=1, code=code, text="why")


@pytest.mark.parametrize("code", [103, 110, 135, 200, 201, 203, 321, 387, 434, 10243])
def test_definite_refusals(code: int) -> None:
    assert submit_outcome(said(code)) == Rejected(str(code), "why")
    assert isinstance(amend_outcome(said(code)), AmendRefused)


@pytest.mark.parametrize("code", [100, 322, 504, 1100, 10182, 99999])
def test_a_code_that_proves_nothing_leaves_the_order_in_doubt(code: int) -> None:
    assert isinstance(submit_outcome(said(code)), Unknown)
    assert isinstance(amend_outcome(said(code)), Unknown)
    assert isinstance(cancel_outcome(said(code)), Unknown)


def test_codes_of_cancels() -> None:
    assert cancel_outcome(said(202)) == CancelTaken()
    for code in (104, 135, 161, 10147, 10148):
        assert isinstance(cancel_outcome(said(code)), CancelRefused)


# --- states ---


def test_what_was_canceled_never_works_again_but_can_fill() -> None:
    order = KnownOrder(ref=OURS, status="Cancelled")
    order.now("Submitted")
    assert order.status == "Cancelled"
    order.now("Filled")
    assert order.report_status() is OrderStatus.FILLED


@pytest.mark.parametrize(
    ("tif", "asked", "status"),
    [
        ("IOC", False, OrderStatus.EXPIRED),
        ("FOK", False, OrderStatus.EXPIRED),
        ("GTC", False, OrderStatus.CANCELED),
        ("IOC", True, OrderStatus.CANCELED),
    ],
)
def test_an_end_nobody_asked_for_is_that_of_its_time_in_force(
    tif: str, asked: bool, status: OrderStatus
) -> None:
    order = KnownOrder(ref=OURS, status="Cancelled", tif=tif, cancel_asked=asked)
    assert order.report_status() is status


@pytest.mark.parametrize(("minutes", "expired"), [(-1, True), (5, False)])
def test_a_good_till_date_order_expires_at_its_date_only(minutes: int, expired: bool) -> None:
    ends = datetime.now(UTC) + timedelta(minutes=minutes)
    order = KnownOrder(
        ref=OURS, status="Cancelled", tif="GTD", good_till=f"{ends:%Y%m%d %H:%M:%S} UTC"
    )
    assert order.ends_by_itself is expired


def test_inactive_is_a_refusal_unless_something_traded() -> None:
    assert KnownOrder(ref=OURS, status="Inactive").report_status() is OrderStatus.REJECTED
    traded_before = KnownOrder(ref=OURS, status="Inactive", filled=Decimal(1))
    assert traded_before.report_status() is OrderStatus.CANCELED


# --- pacing ---

MESSAGES_PER_S = 50


async def test_what_a_window_cannot_hold_waits_for_the_next_ones() -> None:
    """Lower bounds, so that a slow machine changes nothing."""
    pacing, begun = Pacing(MESSAGES_PER_S), time.monotonic()
    for _ in range(2 * pacing.per_window):
        await pacing.turn(Turn.CANCEL)
    assert time.monotonic() - begun >= WINDOW_S
    await pacing.turn(Turn.CANCEL)
    assert time.monotonic() - begun >= 2 * WINDOW_S


def test_two_windows_hold_less_than_what_tws_takes_in_a_second() -> None:
    for messages_per_s in (10, MESSAGES_PER_S, 500):
        pacing = Pacing(messages_per_s)
        assert 2 * pacing.per_window <= messages_per_s
        assert pacing.budget.limit == pacing.per_window > 3  # so many are kept for cancels


async def test_cancels_go_before_orders_and_orders_before_questions() -> None:
    pacing, done = Pacing(MESSAGES_PER_S), list[Turn]()

    async def send(turn: Turn) -> None:
        await pacing.turn(turn)
        done.append(turn)

    for _ in range(pacing.per_window):
        await asyncio.wait_for(pacing.turn(Turn.CANCEL), 0.1)
    await asyncio.gather(send(Turn.QUESTION), send(Turn.COMMAND), send(Turn.CANCEL))
    assert done == [Turn.CANCEL, Turn.COMMAND, Turn.QUESTION]


async def test_orders_leave_room_for_a_cancel() -> None:
    pacing = Pacing(MESSAGES_PER_S)
    orders = [asyncio.create_task(pacing.turn(Turn.COMMAND)) for _ in range(60)]
    await asyncio.sleep(0)
    async with asyncio.timeout(0.05):
        await pacing.turn(Turn.CANCEL)
    for order in orders:
        order.cancel()
    await asyncio.gather(*orders, return_exceptions=True)
