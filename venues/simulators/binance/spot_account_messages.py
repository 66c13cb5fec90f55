"""Spot payloads: balances, fees and symbols."""

from collections.abc import Iterable
from typing import Any

from venues.simulators.binance.self_trades import MODES
from venues.simulators.binance.spot_messages import d8
from venues.simulators.instruments import Instrument
from venues.simulators.matching import ZERO
from venues.simulators.spot_account import SpotAccount


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


def commission(account: SpotAccount, symbol: str) -> dict[str, Any]:
    """GET /api/v3/account/commission."""
    nothing = dict.fromkeys(("maker", "taker", "buyer", "seller"), d8(ZERO))
    fees = {"maker": d8(account.fees.maker), "taker": d8(account.fees.taker)}
    return {
        "symbol": symbol,
        "standardCommission": nothing | fees,
        "specialCommission": nothing,
        "taxCommission": nothing,
        "discount": {
            "enabledForAccount": False,
            "enabledForSymbol": False,
            "discountAsset": "BNB",
            "discount": "0.75000000",
        },
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
        "ocoAllowed": True,
        "otoAllowed": False,
        "quoteOrderQtyMarketAllowed": True,
        "allowTrailingStop": True,
        "cancelReplaceAllowed": True,
        "amendAllowed": True,
        "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": False,
        "filters": filters,
        "permissions": [],
        "permissionSets": [["SPOT"]],
        "defaultSelfTradePreventionMode": "NONE",
        "allowedSelfTradePreventionModes": list(MODES),
    }
