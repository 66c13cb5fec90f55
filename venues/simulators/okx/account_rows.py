"""Balances and positions as the venue tells them, on REST and on their channels alike."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from venues.simulators.matching import ZERO
from venues.simulators.net_position import NetPosition
from venues.simulators.okx.instruments import plain as exactly
from venues.simulators.orders import Fill
from venues.simulators.unified_account import UnifiedAccount

_CENT = Decimal("1e-8")
MAINTENANCE = Decimal("0.004")
"""Maintenance margin as a share of a position's worth, on the lowest tier."""


def plain(amount: Decimal) -> str:
    """An amount to eight decimals: clients add and subtract them."""
    return exactly(amount.quantize(_CENT))


def account_row(
    account: UnifiedAccount, usd: dict[str, Decimal], now_ms: int, only: Sequence[str] = ()
) -> dict[str, Any]:
    """The account with the balance of each asset; ``usd`` are the assets' prices."""
    names = [name for name in account.balances if not only or name in only]
    total = sum((account.equity(name) * usd[name] for name in account.balances), ZERO)
    used = sum((account.position_margin(name) for name in account.balances), ZERO)
    ordered = sum((account.order_margin(name) for name in account.balances), ZERO)
    profit = sum((account.unrealized_pnl(name) for name in account.balances), ZERO)
    return {
        "adjEq": plain(total),
        "availEq": plain(total - used - ordered),
        "borrowFroz": "0",
        "delta": "",
        "deltaLever": "",
        "details": [detail(account, name, usd[name], now_ms) for name in names],
        "imr": plain(used + ordered),
        "isoEq": "0",
        "mgnRatio": "",
        "mmr": plain(used * MAINTENANCE * account.default_leverage),
        "notionalUsd": plain(used * account.default_leverage),
        "notionalUsdForBorrow": "0",
        "notionalUsdForFutures": "0",
        "notionalUsdForOption": "0",
        "notionalUsdForSwap": plain(used * account.default_leverage),
        "ordFroz": plain(ordered),
        "totalEq": plain(total),
        "uTime": str(now_ms),
        "upl": plain(profit),
    }


def detail(account: UnifiedAccount, name: str, price: Decimal, now_ms: int) -> dict[str, Any]:
    """The balance of one asset."""
    equity, cash = account.equity(name), account.cash(name)
    locked = account.balance(name).locked
    available = min(account.available(name), account.balance(name).free)
    empty = (
        "accAvgPx borrowFroz clSpotInUseAmt crossLiab interest isoLiab liab maxLoan "
        "maxSpotInUseAmt mgnRatio openAvgPx spotBal spotInUseAmt spotUpl spotUplRatio totalPnl "
        "totalPnlRatio twap uplLiab"
    )
    zero = (
        "autoLendAmt autoLendMtAmt colRes fixedBal isoEq isoUpl rewardBal smtSyncEq "
        "spotCopyTradingEq spotIsoBal stgyEq"
    )
    return {
        **dict.fromkeys(empty.split(), ""),
        **dict.fromkeys(zero.split(), "0"),
        "autoLendStatus": "unsupported",
        "availBal": plain(available),
        "availEq": plain(account.available(name)),
        "cashBal": plain(cash),
        "ccy": name,
        "colBorrAutoConversion": "0",
        "collateralEnabled": False,
        "collateralRestrict": False,
        "disEq": plain(equity * price),
        "eq": plain(equity),
        "eqUsd": plain(equity * price),
        "frozenBal": plain(cash - available),
        "imr": plain(account.position_margin(name) + account.order_margin(name)),
        "mmr": plain(account.position_margin(name) * MAINTENANCE * account.default_leverage),
        "notionalLever": "0",
        "ordFrozen": plain(locked + account.order_margin(name)),
        "uTime": str(now_ms),
        "upl": plain(account.unrealized_pnl(name)),
    }


def position_row(account: UnifiedAccount, position: NetPosition, now_ms: int) -> dict[str, Any]:
    """A position; ``pos`` is in contracts, negative when short."""
    instrument = position.instrument
    mark, margin = account.mark(instrument.symbol), account.margin_of(instrument.symbol)
    profit = position.unrealized(mark)
    worth = abs(position.value(mark))
    zero = (
        "adl fundingFee interest liqPenalty optVal pendingCloseOrdLiabVal quoteBorrowed "
        "quoteInterest uplRatio uplRatioLastPx"
    )
    empty = (
        "availPos baseBal baseBorrowed baseInterest bizRefId bizRefType clSpotInUseAmt deltaBS "
        "deltaPA gammaBS gammaPA liab liabCcy liqPx margin maxSpotInUseAmt posCcy quoteBal "
        "spotInUseAmt spotInUseCcy thetaBS thetaPA vegaBS vegaPA nonSettleAvgPx settledPnl"
    )
    return {
        **dict.fromkeys(empty.split(), ""),
        **dict.fromkeys(zero.split(), "0"),
        "avgPx": plain(position.entry_price),
        "bePx": plain(position.entry_price),
        "cTime": str(position.updated_ns // 1_000_000),
        "ccy": instrument.settle,
        "closeOrderAlgo": [],
        "fee": "0",
        "hedgedPos": "",
        "idxPx": plain(mark),
        "imr": plain(margin),
        "instId": instrument.symbol,
        "instType": "SWAP",
        "last": plain(mark),
        "lever": str(account.leverage_of(instrument.symbol)),
        "markPx": plain(mark),
        "mgnMode": "cross",
        "mgnRatio": plain(account.equity(instrument.settle) / margin) if margin else "",
        "mmr": plain(worth * MAINTENANCE),
        "notionalUsd": plain(worth),
        "pnl": plain(position.realized),
        "pos": plain(position.amount),
        "posId": position_id(instrument.symbol),
        "posSide": "net",
        "realizedPnl": plain(position.realized),
        "tradeId": "",
        "uTime": str(now_ms),
        "upl": plain(profit),
        "uplLastPx": plain(profit),
        "usdPx": "1",
    }


def position_id(symbol: str) -> str:
    """The venue's number of the position in an instrument."""
    return str(1_000_000 + sum(symbol.encode()))


def snapshot_row(
    account: UnifiedAccount, positions: Sequence[NetPosition], now_ms: int
) -> dict[str, Any]:
    """What ``balance_and_position`` begins with: everything that is not zero."""
    assets = [name for name in account.balances if account.cash(name)]
    return _both(account, assets, positions, now_ms) | {"eventType": "snapshot", "trades": []}


def filled_row(
    account: UnifiedAccount,
    assets: Sequence[str],
    positions: Sequence[NetPosition],
    fills: Sequence[Fill],
    now_ms: int,
) -> dict[str, Any]:
    """What ``balance_and_position`` says of some fills: all that they changed."""
    trades = [{"instId": fill.symbol, "tradeId": str(fill.trade_id)} for fill in fills]
    row = _both(account, assets, positions, now_ms)
    latest = {trade["instId"]: trade["tradeId"] for trade in trades}
    for position in row["posData"]:
        position["tradeId"] = latest.get(position["instId"], "")
    return row | {"eventType": "filled", "trades": trades}


def _both(
    account: UnifiedAccount, assets: Sequence[str], positions: Sequence[NetPosition], now_ms: int
) -> dict[str, Any]:
    names = (
        "posId tradeId instId instType mgnMode posSide pos ccy posCcy avgPx nonSettleAvgPx "
        "settledPnl uTime"
    )
    held = [position_row(account, position, now_ms) for position in positions]
    return {
        "pTime": str(now_ms),
        "balData": [
            {"ccy": name, "cashBal": plain(account.cash(name)), "uTime": str(now_ms)}
            for name in assets
        ],
        "posData": [{name: row[name] for name in names.split()} for row in held],
    }
