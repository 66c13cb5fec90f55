"""The library's objects made into plain values, by their attributes alone."""

from __future__ import annotations

import sys
from decimal import Decimal
from typing import Any

from venues.interactive_brokers.contracts import named
from venues.interactive_brokers.messages import (
    CommissionSaid,
    Details,
    ExecutionSaid,
    OrderSaid,
    PositionSaid,
)

UNSET = sys.float_info.max
"""IB's and the library's mark of a number that is not set."""


def plain(number: float) -> Decimal:
    """The number as the socket's text gave it."""
    text = Decimal(str(number)).normalize()
    return text.quantize(Decimal(1)) if text == text.to_integral_value() else text


def set_or_none(number: float | Decimal | None) -> Decimal | None:
    """None for a number that is not set."""
    return None if number is None or number == UNSET else plain(float(number))


def instrument_id(contract: Any) -> str:
    """The name that the terms of a contract make."""
    return named(contract.secType, contract.symbol, contract.currency, contract.localSymbol)


def order_said(order_id: int, contract: Any, order: Any, status: str) -> OrderSaid:
    """openOrder or completedOrder."""
    return OrderSaid(
        order_id=order_id,
        client_id=order.clientId,
        perm_id=order.permId,
        order_ref=order.orderRef,
        con_id=contract.conId,
        instrument_id=instrument_id(contract),
        status=status,
        order_type=order.orderType,
        quantity=plain(float(order.totalQuantity)),
        limit=set_or_none(order.lmtPrice) or None,
        aux=set_or_none(order.auxPrice) or None,
        tif=order.tif,
        good_till=order.goodTillDate,
        filled=set_or_none(order.filledQuantity),
    )


def execution_said(request_id: int, contract: Any, execution: Any) -> ExecutionSaid:
    """execDetails."""
    return ExecutionSaid(
        request_id=request_id,
        order_id=execution.orderId,
        client_id=execution.clientId,
        perm_id=execution.permId,
        order_ref=execution.orderRef,
        con_id=contract.conId,
        instrument_id=instrument_id(contract),
        currency=contract.currency,
        exec_id=execution.execId,
        at=execution.time,
        account=execution.acctNumber,
        bought=execution.side == "BOT",
        quantity=plain(execution.shares),
        price=plain(execution.price),
        cumulative=plain(execution.cumQty),
        is_maker=execution.lastLiquidity == 1,
    )


def commission_said(report: Any) -> CommissionSaid:
    """commissionReport."""
    return CommissionSaid(
        exec_id=report.execId,
        commission=set_or_none(report.commission),
        currency=report.currency,
    )


def position_said(account: str, contract: Any, quantity: float) -> PositionSaid:
    """position."""
    return PositionSaid(
        account=account,
        con_id=contract.conId,
        instrument_id=instrument_id(contract),
        quantity=plain(quantity),
    )


def details_said(details: Any) -> Details:
    """contractDetails."""
    contract = details.contract
    return Details(
        contract=contract,
        con_id=contract.conId,
        symbol=contract.symbol,
        sec_type=contract.secType,
        exchange=contract.exchange,
        currency=contract.currency,
        local_symbol=contract.localSymbol,
        multiplier=contract.multiplier,
        price_magnifier=details.priceMagnifier or 1,
        min_tick=plain(details.minTick),
        market_rules=details.marketRuleIds,
        exchanges=details.validExchanges,
        min_size=set_or_none(details.minSize),
        size_step=set_or_none(details.sizeIncrement),
        time_zone=details.timeZoneId,
        trading_hours=details.tradingHours,
        liquid_hours=details.liquidHours,
        expiry=details.realExpirationDate or contract.lastTradeDateOrContractMonth,
    )
