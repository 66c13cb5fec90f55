"""What an execution cost, and in what."""

import json
import logging
from decimal import Decimal
from typing import Any

import pytest

from venues.nautilus.bybit.fees import fee_currency, fee_of
from venues.nautilus.bybit.settings import Category, Symbol
from venues.port import VenueUnreachable

SPOT = Symbol(Category.SPOT, "BTCUSDT")
LINEAR = Symbol(Category.LINEAR, "BTCUSDT")


def _execution(**changed: Any) -> dict[str, Any]:
    return {
        "execId": "e1",
        "side": "Sell",
        "execFee": "0.02",
        "feeCurrency": "",
        "isMaker": False,
        "extraFees": "",
    } | changed


def _tax(fee: str, coin: str) -> dict[str, str]:
    named = {"feeType": "GST", "subFeeType": "IND_GST", "feeRate": "0.0001"}
    return named | {"feeCoin": coin, "fee": fee}


@pytest.mark.parametrize(
    ("symbol", "side", "fee", "maker", "currency"),
    [
        (SPOT, "Buy", "0.1", False, "BTC"),
        (SPOT, "Sell", "0.1", False, "USDT"),
        (SPOT, "Buy", "0.1", True, "BTC"),
        (SPOT, "Buy", "-0.1", True, "USDT"),
        (SPOT, "Sell", "-0.1", True, "BTC"),
        (SPOT, "Buy", "-0.1", False, "BTC"),
        (LINEAR, "Buy", "0.1", False, "USDT"),
        (Symbol(Category.LINEAR, "BTCUSDT-26DEC25"), "Buy", "0.1", False, "USDT"),
        (Symbol(Category.LINEAR, "BTCPERP"), "Buy", "0.1", False, "USDC"),
        (Symbol(Category.INVERSE, "BTCUSD"), "Sell", "0.1", True, "BTC"),
        (Symbol(Category.INVERSE, "ETHUSDZ25"), "Sell", "0.1", True, "ETH"),
    ],
)
def test_the_currency_of_a_fee_that_the_venue_does_not_name(
    symbol: Symbol, side: str, fee: str, maker: bool, currency: str
) -> None:
    row = _execution(side=side, execFee=fee, isMaker=maker)
    assert fee_currency(row, symbol) == currency
    assert fee_currency(row | {"feeCurrency": "MNT"}, symbol) == "MNT"


def test_a_fee_in_a_currency_that_nobody_can_tell_is_no_answer() -> None:
    with pytest.raises(VenueUnreachable, match="e1"):
        fee_currency(_execution(), Symbol(Category.SPOT, "BTCGBP"))


@pytest.mark.parametrize("as_told", [list, json.dumps])
def test_taxes_in_the_coin_of_the_fee_are_part_of_it(as_told: Any) -> None:
    taxes = as_told([_tax("0.003", "USDT"), _tax("0.001", "USDT")])
    assert fee_of(_execution(extraFees=taxes), LINEAR) == (Decimal("0.024"), "USDT")


@pytest.mark.parametrize("none", ["", None, [], "[]"])
def test_most_trades_pay_no_tax(none: Any) -> None:
    assert fee_of(_execution(extraFees=none), LINEAR) == (Decimal("0.02"), "USDT")


@pytest.mark.parametrize(
    ("taxes", "told"),
    [
        ([_tax("0.5", "EUR")], "0.5 EUR"),
        ("0.0001", "'0.0001', which cannot be read"),
        ("no list", "'no list', which cannot be read"),
        ([{"feeCoin": "USDT", "fee": "much"}], "which cannot be read"),
    ],
)
def test_a_tax_that_cannot_be_booked_is_told_once_and_costs_no_fill(
    taxes: Any, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    row = _execution(extraFees=taxes, execId=f"unbooked {taxes}")
    with caplog.at_level(logging.WARNING):
        assert [fee_of(row, LINEAR) for _ in range(2)] == [(Decimal("0.02"), "USDT")] * 2
    assert len(caplog.messages) == 1
    assert told in caplog.messages[0]
