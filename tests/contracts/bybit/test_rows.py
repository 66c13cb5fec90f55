"""The venue's rows in our words."""

from decimal import Decimal
from typing import Any

import pytest

from domain.orders import OrderStatus
from domain.sides import Side
from venues.nautilus.bybit.rows import (
    balance_of,
    fill_of,
    order_report,
    working_order,
)
from venues.nautilus.bybit.settings import Category
from venues.port import Balance, VenueUnreachable


def _order(**changed: Any) -> dict[str, Any]:
    return {
        "category": "linear",
        "symbol": "BTCUSDT",
        "orderId": "1",
        "orderLinkId": "link",
        "orderStatus": "New",
        "rejectReason": "EC_NoError",
        "qty": "1.500",
        "cumExecQty": "0",
        "price": "100.0",
        "triggerPrice": "",
    } | changed


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"orderStatus": "New"}, OrderStatus.ACCEPTED),
        ({"orderStatus": "Untriggered"}, OrderStatus.ACCEPTED),
        ({"orderStatus": "Triggered"}, OrderStatus.ACCEPTED),
        ({"orderStatus": "PartiallyFilled"}, OrderStatus.PARTIALLY_FILLED),
        ({"orderStatus": "Filled"}, OrderStatus.FILLED),
        ({"orderStatus": "Cancelled"}, OrderStatus.CANCELED),
        ({"orderStatus": "PartiallyFilledCanceled"}, OrderStatus.CANCELED),
        ({"orderStatus": "Deactivated"}, OrderStatus.CANCELED),
        ({"orderStatus": "Rejected"}, OrderStatus.REJECTED),
        (
            {"orderStatus": "Cancelled", "rejectReason": "EC_PostOnlyWillTakeLiquidity"},
            OrderStatus.REJECTED,
        ),
        (
            {
                "orderStatus": "Cancelled",
                "rejectReason": "EC_PostOnlyWillTakeLiquidity",
                "cumExecQty": "0.5",
            },
            OrderStatus.CANCELED,
        ),
        (
            {"orderStatus": "Cancelled", "rejectReason": "EC_NoImmediateQtyToFill"},
            OrderStatus.EXPIRED,
        ),
    ],
)
def test_states_of_orders(changed: dict[str, str], status: OrderStatus) -> None:
    assert order_report(_order(**changed), "BYBIT").status is status


def test_a_state_that_is_not_known_is_no_answer() -> None:
    with pytest.raises(VenueUnreachable, match="Dancing"):
        order_report(_order(orderStatus="Dancing"), "BYBIT")


def test_what_is_in_the_list_of_open_orders_works_whatever_it_is_called() -> None:
    order = working_order(_order(orderStatus="Dancing", side="Sell"), Category.LINEAR, "BYBIT")
    assert (order.report.status, order.side) == (OrderStatus.ACCEPTED, Side.SELL)


def test_terms_that_an_order_has_not_are_none() -> None:
    report = order_report(_order(price="0"), "BYBIT")
    assert (report.price, report.trigger_price) == (None, None)
    assert (report.quantity, report.instrument_id) == (Decimal("1.5"), "BTCUSDT-LINEAR.BYBIT")


def _execution(**changed: Any) -> dict[str, Any]:
    return {
        "symbol": "BTCUSDT",
        "orderId": "1",
        "orderLinkId": "o" + "a" * 23 + "01",
        "side": "Sell",
        "execId": "e1",
        "execType": "Trade",
        "execQty": "0.5",
        "execPrice": "100",
        "execFee": "0.02",
        "feeCurrency": "",
        "isMaker": False,
        "execTime": "1700000000123",
    } | changed


def test_only_trades_of_our_orders_are_fills() -> None:
    fill = fill_of(_execution(), Category.LINEAR, "BYBIT", "main")
    assert fill is not None
    assert (fill.fee, fill.fee_currency, fill.side) == (Decimal("0.02"), "USDT", Side.SELL)
    assert fill.ts_event.microsecond == 123_000
    for foreign in ({"orderLinkId": "somebody"}, {"execType": "Funding"}):
        assert fill_of(_execution(**foreign), Category.LINEAR, "BYBIT", "main") is None


def test_what_orders_and_positions_take_is_not_free() -> None:
    row = {
        "coin": "USDT",
        "walletBalance": "100",
        "locked": "10",
        "totalOrderIM": "20",
        "totalPositionIM": "",
    }
    assert balance_of(row) == Balance("USDT", Decimal(100), Decimal(70))
