"""The account: configuration, balance, positions, fee rates and leverage."""

from typing import Any

from venues.simulators.exchange import Exchange
from venues.simulators.instruments import Kind
from venues.simulators.okx.account_rows import account_row, position_row
from venues.simulators.okx.calls import Call, Endpoint, Routes
from venues.simulators.okx.errors import ApiError, bad_parameter
from venues.simulators.okx.feed import Feed
from venues.simulators.okx.instruments import (
    INSTRUMENTS,
    MOST_LEVERAGE,
    SWAP,
    instrument_row,
    plain,
    type_of,
)
from venues.simulators.okx.order_reading import ACCOUNT_SELF_TRADE
from venues.simulators.okx.private_streams import UID
from venues.simulators.okx.selection import INST_TYPES, symbols_of
from venues.simulators.okx.venue_fees import SPOT_FEES, SWAP_FEES


class AccountApi:
    """Questions about an account, and its few settings."""

    def __init__(self, exchange: Exchange, feed: Feed) -> None:
        self._exchange = exchange
        self._feed = feed

    def routes(self) -> Routes:
        """Endpoints with the real venue's limits."""
        return {
            ("GET", "/api/v5/account/config"): Endpoint(self.config, 5),
            ("GET", "/api/v5/account/balance"): Endpoint(self.balance, 10),
            ("GET", "/api/v5/account/positions"): Endpoint(self.positions, 10),
            ("GET", "/api/v5/account/trade-fee"): Endpoint(self.trade_fee, 5),
            ("GET", "/api/v5/account/instruments"): Endpoint(self.instruments, 20),
            ("GET", "/api/v5/account/leverage-info"): Endpoint(self.leverage, 20),
            ("POST", "/api/v5/account/set-leverage"): Endpoint(self.set_leverage, 20),
            ("POST", "/api/v5/account/set-position-mode"): Endpoint(self.set_position_mode, 5),
            ("GET", "/api/v5/asset/currencies"): Endpoint(self.currencies, 12),
        }

    def config(self, call: Call) -> list[dict[str, Any]]:
        """Net mode; futures mode: spot for cash, swaps with margin of their settle asset."""
        return [
            {
                "acctLv": "2",
                "acctStpMode": ACCOUNT_SELF_TRADE,
                "autoLoan": False,
                "ctIsoMode": "automatic",
                "enableSpotBorrow": False,
                "greeksType": "PA",
                "ip": "",
                "kycLv": "3",
                "label": "simulated",
                "level": "Lv1",
                "levelTmp": "",
                "liquidationGear": "-1",
                "mainUid": UID,
                "mgnIsoMode": "automatic",
                "opAuth": "1",
                "perm": "read_only,trade",
                "posMode": "net_mode",
                "roleType": "0",
                "spotBorrowAutoRepay": False,
                "spotOffsetType": "",
                "spotRoleType": "0",
                "spotTraderInsts": [],
                "traderInsts": [],
                "type": "0",
                "uid": UID,
            }
        ]

    def balance(self, call: Call) -> list[dict[str, Any]]:
        """All balances, or those of ``ccy``."""
        account = self._feed.account(call.account)
        only = [name for name in call.params.get("ccy").split(",") if name]
        return [account_row(account, self._feed.prices(account), call.now_ms, only)]

    def positions(self, call: Call) -> list[dict[str, Any]]:
        """Positions that are not flat."""
        account = self._feed.account(call.account)
        wanted = set(symbols_of(call.params))
        return [
            position_row(account, position, call.now_ms)
            for symbol, position in account.positions.items()
            if position.amount and symbol in wanted
        ]

    def trade_fee(self, call: Call) -> list[dict[str, Any]]:
        """Fee rates of a type: negative is a cost, positive a rebate."""
        inst_type = call.params.choice("instType", INST_TYPES)
        swap = inst_type == SWAP
        rates = SWAP_FEES if swap else SPOT_FEES
        maker, taker = plain(-rates.maker), plain(-rates.taker)
        return [
            {
                "category": "1",
                "delivery": "",
                "exercise": "",
                "feeGroup": [{"groupId": "1", "maker": maker, "taker": taker}],
                "fiat": [],
                "instType": inst_type,
                "level": "Lv1",
                "maker": maker,
                "makerU": maker if swap else "",
                "makerUSDC": "",
                "ruleType": "normal",
                "settle": "",
                "taker": taker,
                "takerU": taker if swap else "",
                "takerUSDC": "",
                "ts": str(call.now_ms),
                "uly": "",
            }
        ]

    def instruments(self, call: Call) -> list[dict[str, Any]]:
        """What the account may trade."""
        call.params.choice("instType", INST_TYPES)
        return [instrument_row(INSTRUMENTS[symbol]) for symbol in symbols_of(call.params)]

    def leverage(self, call: Call) -> list[dict[str, Any]]:
        """Leverage of the named instruments."""
        account = self._feed.account(call.account)
        mode = call.params.text("mgnMode")
        names = [name for name in call.params.text("instId").split(",") if name in INSTRUMENTS]
        return [_leverage_row(name, mode, account.leverage_of(name)) for name in names]

    def set_leverage(self, call: Call) -> list[dict[str, Any]]:
        """Choose the leverage of a swap."""
        params = call.params
        symbol, mode = params.text("instId"), params.text("mgnMode")
        if symbol not in INSTRUMENTS:
            raise bad_parameter("instId")
        if type_of(INSTRUMENTS[symbol]) != SWAP:
            raise ApiError("59000", "Setting failed. Spot needs no leverage in this account.")
        leverage = params.integer("lever")
        if leverage is None or not 1 <= leverage <= MOST_LEVERAGE:
            raise ApiError(
                "59102", "Leverage exceeds the maximum limit. Please lower the leverage."
            )
        account = self._feed.account(call.account)
        self._exchange.set_leverage(account, symbol, leverage, call.now_ns)
        return [_leverage_row(symbol, mode, leverage)]

    def set_position_mode(self, call: Call) -> list[dict[str, Any]]:
        """The account is in net mode and stays in it."""
        mode = call.params.choice("posMode", {"net_mode": "net_mode"})
        return [{"posMode": mode}]

    def currencies(self, call: Call) -> list[dict[str, Any]]:
        """The assets; nothing can be moved in or out."""
        account = self._feed.account(call.account)
        return [_currency_row(name) for name in account.balances]


def _leverage_row(symbol: str, mode: str, leverage: int) -> dict[str, Any]:
    spot = INSTRUMENTS[symbol].kind is Kind.SPOT
    side = "" if spot else "net"
    return {"instId": symbol, "ccy": "", "mgnMode": mode, "posSide": side, "lever": str(leverage)}


def _currency_row(name: str) -> dict[str, Any]:
    return {
        "burningFeeRate": "",
        "canDep": False,
        "canInternal": False,
        "canWd": False,
        "ccy": name,
        "chain": name,
        "ctAddr": "",
        "depQuotaFixed": "",
        "depQuoteDailyLayer2": "",
        "fee": "0",
        "logoLink": "",
        "mainNet": True,
        "maxFee": "0",
        "maxFeeForCtAddr": "0",
        "maxWd": "0",
        "minDep": "0",
        "minDepArrivalConfirm": "1",
        "minFee": "0",
        "minFeeForCtAddr": "0",
        "minInternal": "0",
        "minWd": "0",
        "minWdUnlockConfirm": "1",
        "name": name,
        "needTag": False,
        "usedDepQuotaFixed": "",
        "usedWdQuota": "0",
        "wdQuota": "0",
        "wdTickSz": "8",
    }
