"""What a trade of each kind moves: cash, positions, margin, fees."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.unit.simulators.unified_worlds import FUNDS, cross, order_of, unified, unified_exchange
from tests.unit.simulators.worlds import START_NS
from venues.simulators.exchange import Exchange
from venues.simulators.matching import Side
from venues.simulators.orders import OrderType, Refusal

D = Decimal


@pytest.fixture
def exchange(tmp_path: Path) -> Exchange:
    return unified_exchange(tmp_path / "unified.jsonl")


def moved(exchange: Exchange, asset: str, name: str = "ann") -> Decimal:
    return unified(exchange, name).cash(asset) - FUNDS[asset]


def test_spot_exchanges_assets_and_pays_its_fee_from_what_it_receives(exchange: Exchange) -> None:
    cross(exchange, "SPOT", "ann", "2", "20000")
    assert (moved(exchange, "BTC"), moved(exchange, "USDT")) == (D(2) - D("0.001"), D(-40_000))
    assert moved(exchange, "USDT", "bob") == D(40_000) + D(4)
    assert not unified(exchange).positions


def test_a_linear_contract_realises_the_price_difference_of_its_multiplier(
    exchange: Exchange,
) -> None:
    cross(exchange, "LINEAR", "ann", "100", "20000")
    position = unified(exchange).positions["LINEAR"]
    assert (position.amount, position.entry_price) == (D(100), D(20_000))
    assert moved(exchange, "USDT") == D(-10)
    cross(exchange, "LINEAR", "bob", "100", "21000")
    assert (position.amount, position.realized) == (D(0), D(1000))
    assert moved(exchange, "USDT") == D(1000) - D(10) + D("2.1")


def test_an_inverse_contract_averages_harmonically_and_pays_in_base(exchange: Exchange) -> None:
    cross(exchange, "INVERSE", "ann", "2000", "20000")
    cross(exchange, "INVERSE", "ann", "2000", "10000")
    position = unified(exchange).positions["INVERSE"]
    assert position.cost == D(1) + D(2)
    assert position.entry_price == D(40_000) / D(3)
    cross(exchange, "INVERSE", "bob", "4000", "20000")
    assert position.realized == D(3) - D(2)
    fees = D("0.0005") * 3 - D("0.0001") * 2
    assert moved(exchange, "BTC") == D(1) - fees


def test_an_inverse_short_gains_when_the_price_falls(exchange: Exchange) -> None:
    cross(exchange, "INVERSE", "bob", "2000", "20000")
    cross(exchange, "INVERSE", "ann", "2000", "16000")
    assert unified(exchange).positions["INVERSE"].realized == D("0.25")
    assert unified(exchange, "bob").positions["INVERSE"].realized == D("-0.25")


def test_the_rounding_of_partial_exits_is_not_lost(exchange: Exchange) -> None:
    """Thirds of a position that cost an endless fraction: the parts add up to the whole."""
    cross(exchange, "INVERSE", "ann", "30", "17000")
    for price in ("13000", "19000", "23000"):
        cross(exchange, "INVERSE", "bob", "10", price)
    whole = D(300) / 17_000 - sum(D(100) / price for price in (13_000, 19_000, 23_000))
    realized = unified(exchange).positions["INVERSE"].realized
    assert abs(realized - whole) <= D("1e-8")
    assert realized == -unified(exchange, "bob").positions["INVERSE"].realized


def test_a_position_that_turns_over_closes_and_opens(exchange: Exchange) -> None:
    cross(exchange, "LINEAR", "ann", "100", "20000")
    cross(exchange, "LINEAR", "bob", "150", "22000")
    position = unified(exchange).positions["LINEAR"]
    assert (position.amount, position.entry_price) == (D(-50), D(22_000))
    assert position.realized == D(2000)


def test_an_option_moves_its_premium_at_once(exchange: Exchange) -> None:
    cross(exchange, "OPTION", "ann", "10", "0.05")
    assert moved(exchange, "BTC") == D("-0.5") - D("0.00025")
    assert moved(exchange, "BTC", "bob") == D("0.5") + D("0.00005")
    exchange.marks["OPTION"] = D("0.06")
    assert unified(exchange).unrealized_pnl("BTC") == D("0.1")
    assert unified(exchange).equity("BTC") == D(100) - D("0.5") - D("0.00025") + D("0.6")


def test_a_stock_is_paid_in_cash_and_may_be_sold_short(exchange: Exchange) -> None:
    cross(exchange, "STOCK", "ann", "100", "200")
    assert moved(exchange, "USD") == D(-20_000) - D(10)
    short = unified(exchange, "bob").positions["STOCK"]
    assert (short.amount, moved(exchange, "USD", "bob")) == (D(-100), D(20_000) + D(2))
    cross(exchange, "STOCK", "bob", "100", "190")
    assert short.realized == D(1000)


def test_forex_may_leave_a_currency_below_zero(exchange: Exchange) -> None:
    cross(exchange, "FOREX", "bob", "1000", "1.1")
    assert (moved(exchange, "EUR"), moved(exchange, "USD")) == (D(-1000), D(1100) + D("0.11"))


def test_leverage_decides_how_much_margin_an_order_needs(exchange: Exchange) -> None:
    big = order_of("LINEAR", Side.BUY, "9000", "20000")
    ann = unified(exchange)
    exchange.set_leverage(ann, "LINEAR", 1, START_NS)
    assert exchange.submit(big, START_NS) is Refusal.INSUFFICIENT_FUNDS
    exchange.set_leverage(ann, "LINEAR", 10, START_NS)
    order = exchange.submit(big, START_NS)
    assert not isinstance(order, Refusal)
    assert ann.order_margin("USDT") == D(180_000)
    assert ann.available("USDT") == D(820_000)
    exchange.cancel(order, START_NS)
    assert ann.available("USDT") == D(1_000_000)


def test_margin_in_use_cannot_be_spent_on_spot(exchange: Exchange) -> None:
    exchange.set_leverage(unified(exchange), "LINEAR", 1, START_NS)
    cross(exchange, "LINEAR", "ann", "4000", "20000")
    exchange.marks["LINEAR"] = D(20_000)
    spot = order_of("SPOT", Side.BUY, "20", "20000")
    assert exchange.submit(spot, START_NS) is Refusal.INSUFFICIENT_FUNDS


def test_nothing_is_held_for_an_order_that_waits(exchange: Exchange) -> None:
    exchange.marks["LINEAR"] = D(20_000)
    terms = {"type": OrderType.STOP_LIMIT, "trigger_price": D(21_000)}
    waits = order_of("LINEAR", Side.BUY, "10000", "21000", **terms)
    exchange.submit(waits, START_NS)
    assert unified(exchange).available("USDT") == D(1_000_000)
