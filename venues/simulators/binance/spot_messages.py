"""Spot payloads: orders, trades, balances and user events."""

import hashlib
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from venues.simulators.events import Step
from venues.simulators.instruments import Instrument
from venues.simulators.matching import ZERO, Side
from venues.simulators.orders import Fill, Order, OrderType, Status
from venues.simulators.spot_account import SpotAccount

EXECUTION_TYPES = {
    Step.NEW: "NEW",
    Step.TRIGGERED: "NEW",
    Step.TRADE: "TRADE",
    Step.CANCELED: "CANCELED",
    Step.EXPIRED: "EXPIRED",
    Step.AMENDED: "REPLACED",
}


def d8(value: Decimal | None) -> str:
    """A decimal with eight places, as spot prints all of them."""
    return f"{value or ZERO:.8f}"


_TYPES = {
    OrderType.STOP_MARKET: "STOP_LOSS",
    OrderType.STOP_LIMIT: "STOP_LOSS_LIMIT",
    OrderType.TAKE_PROFIT_MARKET: "TAKE_PROFIT",
    OrderType.TAKE_PROFIT_LIMIT: "TAKE_PROFIT_LIMIT",
}


def order_type(order: Order) -> str:
    """Spot's name for the type: post-only is a type of its own, a trailing stop is none."""
    if order.type is OrderType.TRAILING_STOP_MARKET:
        name = "STOP_LOSS" if order.activation_price is None else "TAKE_PROFIT"
        return name if order.price is None else f"{name}_LIMIT"
    return "LIMIT_MAKER" if order.post_only else _TYPES.get(order.type, order.type)


def order_status(order: Order) -> str:
    """Spot's name for the state: an order that waits for its trigger is new."""
    return Status.NEW if order.status is Status.UNTRIGGERED else order.status


def stop_price(order: Order) -> Decimal | None:
    """The price that the client gave: of a trailing order where it begins to trail."""
    trailing = order.type is OrderType.TRAILING_STOP_MARKET
    return order.activation_price if trailing else order.trigger_price


def working_ms(order: Order) -> int:
    """Since when the order has been in the book, -1 while it waits for its trigger."""
    if not order.type.is_conditional:
        return order.created_ns // 1_000_000
    return -1 if order.triggered_ns is None else order.triggered_ns // 1_000_000


def order_row(order: Order) -> dict[str, Any]:
    """An order as GET /api/v3/order tells it."""
    return {
        "symbol": order.symbol,
        "orderId": order.order_id,
        "orderListId": -1,
        "clientOrderId": order.client_order_id,
        "price": d8(order.price),
        "origQty": d8(order.quantity),
        "executedQty": d8(order.executed),
        "origQuoteOrderQty": d8(order.quote_quantity),
        "cummulativeQuoteQty": d8(order.cumulative_quote),
        "status": order_status(order),
        "timeInForce": order.time_in_force,
        "type": order_type(order),
        "side": order.side,
        "stopPrice": d8(stop_price(order)),
        "icebergQty": d8(order.display_quantity),
        "time": order.created_ns // 1_000_000,
        "updateTime": order.updated_ns // 1_000_000,
        "isWorking": order.status is not Status.UNTRIGGERED,
        "workingTime": working_ms(order),
        "selfTradePreventionMode": "NONE",
    } | _trailing(order)


def _trailing(order: Order) -> dict[str, Any]:
    """What only trailing orders have."""
    if order.trailing_bps is None:
        return {}
    began = order.trigger_price is not None
    return {
        "trailingDelta": int(order.trailing_bps),
        "trailingTime": order.created_ns // 1_000_000 if began else -1,
    }


def placed(order: Order, fills: Iterable[Fill], response_type: str) -> dict[str, Any]:
    """The answer to a new order: ACK, RESULT or FULL."""
    row = order_row(order)
    row["transactTime"] = row["updateTime"]
    if response_type == "ACK":
        names = ("symbol", "orderId", "orderListId", "clientOrderId", "transactTime")
        return {name: row[name] for name in names}
    for name in ("stopPrice", "icebergQty", "time", "updateTime", "isWorking"):
        del row[name]
    if response_type == "FULL":
        row["fills"] = [
            {
                "price": d8(fill.price),
                "qty": d8(fill.quantity),
                "commission": d8(fill.fee),
                "commissionAsset": fill.fee_asset,
                "tradeId": fill.trade_id,
            }
            for fill in fills
        ]
    return row


def cancel_id(order: Order) -> str:
    """The client id that the venue gives a cancel request that brought none."""
    return hashlib.blake2s(f"cancel/{order.order_id}".encode(), digest_size=11).hexdigest()


def canceled(order: Order) -> dict[str, Any]:
    """The answer to a cancel: the request gets a client id of its own."""
    row = order_row(order)
    row["transactTime"] = row["updateTime"]
    for name in ("stopPrice", "icebergQty", "time", "updateTime", "isWorking", "workingTime"):
        del row[name]
    return row | {"origClientOrderId": order.client_order_id, "clientOrderId": cancel_id(order)}


def trade_row(fill: Fill) -> dict[str, Any]:
    """A fill as GET /api/v3/myTrades tells it."""
    return {
        "symbol": fill.symbol,
        "id": fill.trade_id,
        "orderId": fill.order_id,
        "orderListId": -1,
        "price": d8(fill.price),
        "qty": d8(fill.quantity),
        "quoteQty": d8(fill.price * fill.quantity),
        "commission": d8(fill.fee),
        "commissionAsset": fill.fee_asset,
        "time": fill.time_ns // 1_000_000,
        "isBuyer": fill.side is Side.BUY,
        "isMaker": fill.is_maker,
        "isBestMatch": True,
    }


def execution_report(step: Step, order: Order, fill: Fill | None, now_ms: int) -> dict[str, Any]:
    """The user event of one step. A cancel names the order in ``C`` and the request in ``c``."""
    is_cancel = step is Step.CANCELED
    last_quantity, last_price = (fill.quantity, fill.price) if fill else (ZERO, ZERO)
    report = {
        "e": "executionReport",
        "E": now_ms,
        "s": order.symbol,
        "c": cancel_id(order) if is_cancel else order.client_order_id,
        "S": order.side,
        "o": order_type(order),
        "f": order.time_in_force,
        "q": d8(order.quantity),
        "p": d8(order.price),
        "P": d8(stop_price(order)),
        "F": d8(order.display_quantity),
        "g": -1,
        "C": order.client_order_id if is_cancel else "",
        "x": EXECUTION_TYPES[step],
        "X": order_status(order),
        "r": "NONE",
        "i": order.order_id,
        "l": d8(last_quantity),
        "z": d8(order.executed),
        "L": d8(last_price),
        "n": d8(fill.fee) if fill else "0",
        "N": fill.fee_asset if fill else None,
        "T": order.updated_ns // 1_000_000,
        "t": fill.trade_id if fill else -1,
        "I": order.order_id * 2 + (1 if fill else 0),
        "w": order.is_open and order.status is not Status.UNTRIGGERED and order.price is not None,
        "m": fill.is_maker if fill else False,
        "M": False,
        "O": order.created_ns // 1_000_000,
        "Z": d8(order.cumulative_quote),
        "Y": d8(last_quantity * last_price),
        "Q": d8(order.quote_quantity),
        "V": "NONE",
    }
    if (working := working_ms(order)) >= 0:
        report["W"] = working
    if order.trailing_bps is not None:
        report["d"] = int(order.trailing_bps)
    return report


def account_position(account: SpotAccount, assets: Iterable[str], now_ms: int) -> dict[str, Any]:
    """The user event that follows every change of balances."""
    return {
        "e": "outboundAccountPosition",
        "E": now_ms,
        "u": now_ms,
        "B": [
            {
                "a": asset,
                "f": d8(account.balances[asset].free),
                "l": d8(account.balances[asset].locked),
            }
            for asset in sorted(assets)
            if asset in account.balances
        ],
    }


def account_info(account: SpotAccount, now_ms: int) -> dict[str, Any]:
    """GET /api/v3/account."""
    maker, taker = int(account.fees.maker * 10_000), int(account.fees.taker * 10_000)
    return {
        "makerCommission": maker,
        "takerCommission": taker,
        "buyerCommission": 0,
        "sellerCommission": 0,
        "commissionRates": {
            "maker": d8(account.fees.maker),
            "taker": d8(account.fees.taker),
            "buyer": d8(ZERO),
            "seller": d8(ZERO),
        },
        "canTrade": True,
        "canWithdraw": True,
        "canDeposit": True,
        "brokered": False,
        "requireSelfTradePrevention": False,
        "preventSor": False,
        "updateTime": now_ms,
        "accountType": "SPOT",
        "balances": [
            {"asset": asset, "free": d8(balance.free), "locked": d8(balance.locked)}
            for asset, balance in account.balances.items()
        ],
        "permissions": ["SPOT"],
        "uid": 1,
    }


def symbol_info(instrument: Instrument, filters: list[dict[str, Any]]) -> dict[str, Any]:
    """A symbol of exchangeInfo."""
    return {
        "symbol": instrument.symbol,
        "status": "TRADING",
        "baseAsset": instrument.base,
        "baseAssetPrecision": 8,
        "quoteAsset": instrument.quote,
        "quotePrecision": 8,
        "quoteAssetPrecision": 8,
        "baseCommissionPrecision": 8,
        "quoteCommissionPrecision": 8,
        "orderTypes": [
            "LIMIT",
            "LIMIT_MAKER",
            "MARKET",
            "STOP_LOSS",
            "STOP_LOSS_LIMIT",
            "TAKE_PROFIT",
            "TAKE_PROFIT_LIMIT",
        ],
        "icebergAllowed": True,
        "ocoAllowed": False,
        "otoAllowed": False,
        "quoteOrderQtyMarketAllowed": True,
        "allowTrailingStop": True,
        "cancelReplaceAllowed": True,
        "amendAllowed": False,
        "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": False,
        "filters": filters,
        "permissions": [],
        "permissionSets": [["SPOT"]],
        "defaultSelfTradePreventionMode": "NONE",
        "allowedSelfTradePreventionModes": ["NONE"],
    }
