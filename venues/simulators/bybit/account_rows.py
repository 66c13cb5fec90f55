"""The wallet and the positions, as REST and the private streams show them."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from venues.simulators.bybit.exits import STOP_LOSS, TAKE_PROFIT, TRAILING_STOP
from venues.simulators.bybit.instruments import PRODUCTS, Category, Product
from venues.simulators.bybit.position_exits import KIND
from venues.simulators.matching import ZERO
from venues.simulators.orders import Order
from venues.simulators.unified_account import UnifiedAccount

DOLLARS = frozenset({"USDT", "USDC", "USD"})


def wallet_row(account: UnifiedAccount, assets: Iterable[str] | None = None) -> dict[str, Any]:
    """The unified wallet; ``assets`` narrows the coins that are listed."""
    chosen = (
        list(account.balances) if assets is None else [a for a in account.balances if a in assets]
    )
    equity = _in_dollars(account, {asset: account.equity(asset) for asset in account.balances})
    cash = _in_dollars(account, {asset: account.cash(asset) for asset in account.balances})
    free = _in_dollars(account, {asset: account.available(asset) for asset in account.balances})
    profit = _in_dollars(account, {a: account.unrealized_pnl(a) for a in account.balances})
    return {
        "accountType": "UNIFIED",
        "totalEquity": _text(equity),
        "accountIMRate": "0",
        "accountMMRate": "0",
        "accountIMRateByMp": "0",
        "accountMMRateByMp": "0",
        "accountLTV": "0",
        "totalMarginBalance": _text(equity),
        "totalInitialMargin": _text(equity - free),
        "totalInitialMarginByMp": _text(equity - free),
        "totalAvailableBalance": _text(free),
        "totalPerpUPL": _text(profit),
        "totalWalletBalance": _text(cash),
        "totalMaintenanceMargin": "0",
        "totalMaintenanceMarginByMp": "0",
        "coin": [_coin(account, asset) for asset in chosen],
    }


def margin_rates(account: UnifiedAccount, asset: str, more: Decimal) -> tuple[int, int]:
    """The share of the equity that is initial margin, in hundredths of a percent: now, and with
    ``more`` margin in an asset."""
    assets = list(account.balances)
    equity = _in_dollars(account, {name: account.equity(name) for name in assets})
    used = {name: account.position_margin(name) + account.order_margin(name) for name in assets}
    now, added = _in_dollars(account, used), _in_dollars(account, {asset: more})
    return int(now / equity * 10_000), int((now + added) / equity * 10_000)


def position_row(
    account: UnifiedAccount, name: str, exits: Iterable[Order], now_ms: int
) -> dict[str, Any]:
    """The one-way position in a product, flat ones too; ``exits`` are the orders that close it."""
    product, position = PRODUCTS[name], account.position(name)
    mark = account.mark(name)
    size = abs(position.amount)
    value = abs(position.value(mark)) if size else ZERO
    side = "" if not size else ("Buy" if position.amount > 0 else "Sell")
    updated_ms = position.updated_ns // 1_000_000 or now_ms
    margin = _text(account.margin_of(name) if size else ZERO)
    return {
        "category": product.category.value,
        "symbol": product.symbol,
        "positionIdx": 0,
        "riskId": 1,
        "riskLimitValue": "2000000",
        "side": side,
        "size": product.quantity(size),
        "avgPrice": _text(position.entry_price),
        "entryPrice": _text(position.entry_price),
        "sessionAvgPrice": "",
        "positionValue": _text(value),
        "tradeMode": 0,
        "positionStatus": "Normal",
        "autoAddMargin": 0,
        "adlRankIndicator": 0,
        "leverage": str(account.leverage_of(name)),
        "positionBalance": margin,
        "markPrice": product.price(mark),
        "liqPrice": "",
        "bustPrice": "",
        "positionMM": "0",
        "positionMMByMp": "0",
        "positionIM": margin,
        "positionIMByMp": margin,
        "tpslMode": "Full",
        **_exit_prices(product, exits),
        "unrealisedPnl": _text(position.unrealized(mark) if size else ZERO),
        "curRealisedPnl": _text(position.realized),
        "cumRealisedPnl": _text(position.realized),
        "isReduceOnly": False,
        "mmrSysUpdatedTime": "",
        "mmrSysUpdateTime": "",
        "leverageSysUpdatedTime": "",
        "seq": position.updated_ns // 1_000_000,
        "createdTime": str(updated_ms),
        "updatedTime": str(updated_ms),
    }


def _exit_prices(product: Product, exits: Iterable[Order]) -> dict[str, str]:
    """The exits of the whole position."""
    prices = {"takeProfit": "", "stopLoss": "", "trailingStop": "0"}
    for order in exits:
        kind = order.venue_terms[KIND]
        if kind == TRAILING_STOP:
            prices["trailingStop"] = product.price(order.trailing_offset or ZERO)
        elif kind in (TAKE_PROFIT, STOP_LOSS):
            name = "takeProfit" if kind == TAKE_PROFIT else "stopLoss"
            prices[name] = product.price(order.trigger_price or ZERO)
    return prices


def _coin(account: UnifiedAccount, asset: str) -> dict[str, Any]:
    cash, equity = account.cash(asset), account.equity(asset)
    return {
        "coin": asset,
        "equity": _text(equity),
        "usdValue": _text(_in_dollars(account, {asset: equity})),
        "walletBalance": _text(cash),
        "free": "",
        "locked": _text(account.balance(asset).locked),
        "borrowAmount": "0",
        "availableToBorrow": "",
        "availableToWithdraw": "",
        "accruedInterest": "0",
        "totalOrderIM": _text(account.order_margin(asset)),
        "totalPositionIM": _text(account.position_margin(asset)),
        "totalPositionMM": "0",
        "unrealisedPnl": _text(account.unrealized_pnl(asset)),
        "cumRealisedPnl": "0",
        "bonus": "0",
        "collateralSwitch": True,
        "marginCollateral": True,
        "spotHedgingQty": "0",
        "spotBorrow": "0",
    }


def _in_dollars(account: UnifiedAccount, amounts: dict[str, Decimal]) -> Decimal:
    return sum((amount * _dollar_price(account, a) for a, amount in amounts.items()), ZERO)


def _dollar_price(account: UnifiedAccount, asset: str) -> Decimal:
    if asset in DOLLARS:
        return Decimal(1)
    name = f"{asset}USDT-{Category.SPOT.upper()}"
    return account.mark(name) if name in PRODUCTS else ZERO


def _text(value: Decimal) -> str:
    return f"{value.quantize(Decimal('1e-8')).normalize():f}" if value else "0"
