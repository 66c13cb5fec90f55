"""USDT-M futures payloads: the account and its positions."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from venues.simulators.binance.futures_messages import d8, plain
from venues.simulators.margin_account import MarginAccount, Position

MAX_NOTIONAL = "500000000"


def account_update(account: MarginAccount, symbols: Iterable[str], now_ms: int) -> dict[str, Any]:
    """The user event that follows fills: the wallet and the positions they touched."""
    wallet = d8(account.wallet)
    return {
        "e": "ACCOUNT_UPDATE",
        "E": now_ms,
        "T": now_ms,
        "a": {
            "m": "ORDER",
            "B": [{"a": account.asset, "wb": wallet, "cw": wallet, "bc": "0"}],
            "P": [
                {
                    "s": symbol,
                    "pa": plain(position.amount),
                    "ep": plain(position.entry_price.quantize(Decimal("1e-8"))),
                    "bep": plain(position.entry_price.quantize(Decimal("1e-8"))),
                    "cr": "0",
                    "up": d8(position.unrealized(account.mark(symbol))),
                    "mt": "cross",
                    "iw": "0",
                    "ps": "BOTH",
                }
                for symbol in sorted(symbols)
                if (position := account.positions.get(symbol)) is not None
            ],
        },
    }


def position_risk(account: MarginAccount, symbol: str, position: Position) -> dict[str, Any]:
    """A row of GET /fapi/v3/positionRisk (and v2, whose extra fields are included)."""
    mark = account.mark(symbol)
    notional, margin = position.amount * mark, abs(position.amount) * mark
    entry = plain(position.entry_price.quantize(Decimal("1e-8")))
    margin /= account.leverage_of(symbol)
    return {
        "symbol": symbol,
        "positionSide": "BOTH",
        "positionAmt": plain(position.amount),
        "entryPrice": entry,
        "breakEvenPrice": entry,
        "markPrice": d8(mark),
        "unRealizedProfit": d8(position.unrealized(mark)),
        "liquidationPrice": "0",
        "isolatedMargin": "0",
        "notional": d8(notional),
        "marginAsset": account.asset,
        "isolatedWallet": "0",
        "initialMargin": d8(margin),
        "maintMargin": d8(margin / 2),
        "positionInitialMargin": d8(margin),
        "openOrderInitialMargin": "0",
        "adl": 0,
        "bidNotional": "0",
        "askNotional": "0",
        "marginType": "cross",
        "isAutoAddMargin": "false",
        "leverage": str(account.leverage_of(symbol)),
        "maxNotionalValue": MAX_NOTIONAL,
        "updateTime": position.updated_ns // 1_000_000,
    }


def account_info(account: MarginAccount, now_ms: int) -> dict[str, Any]:
    """GET /fapi/v2/account and v3."""
    wallet, unrealized = account.wallet, account.unrealized_pnl
    positions, orders = account.position_margin, account.order_margin
    shared = {
        "unrealizedProfit": d8(unrealized),
        "marginBalance": d8(wallet + unrealized),
        "maintMargin": d8(positions / 2),
        "initialMargin": d8(positions + orders),
        "positionInitialMargin": d8(positions),
        "openOrderInitialMargin": d8(orders),
        "crossWalletBalance": d8(wallet),
        "crossUnPnl": d8(unrealized),
        "availableBalance": d8(account.available),
        "maxWithdrawAmount": d8(account.available),
    }
    asset = {"asset": account.asset, "walletBalance": d8(wallet), **shared}
    return {
        "feeTier": 0,
        "canTrade": True,
        "canDeposit": True,
        "canWithdraw": True,
        "updateTime": 0,
        "multiAssetsMargin": False,
        "tradeGroupId": -1,
        "totalInitialMargin": shared["initialMargin"],
        "totalMaintMargin": shared["maintMargin"],
        "totalWalletBalance": d8(wallet),
        "totalUnrealizedProfit": shared["unrealizedProfit"],
        "totalMarginBalance": shared["marginBalance"],
        "totalPositionInitialMargin": shared["positionInitialMargin"],
        "totalOpenOrderInitialMargin": shared["openOrderInitialMargin"],
        "totalCrossWalletBalance": shared["crossWalletBalance"],
        "totalCrossUnPnl": shared["crossUnPnl"],
        "availableBalance": shared["availableBalance"],
        "maxWithdrawAmount": shared["maxWithdrawAmount"],
        "assets": [asset | {"marginAvailable": True, "updateTime": now_ms}],
        "positions": [
            _account_position(account, symbol, position)
            for symbol, position in account.positions.items()
        ],
    }


def _account_position(account: MarginAccount, symbol: str, position: Position) -> dict[str, Any]:
    row = position_risk(account, symbol, position)
    row |= {"unrealizedProfit": row["unRealizedProfit"], "isolated": False}
    return row | {"maxNotional": MAX_NOTIONAL}
