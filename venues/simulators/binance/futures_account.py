"""USDT-M futures REST: balances, positions and settings. One-way mode and cross margin only."""

from typing import Any

from venues.simulators.binance import futures_account_messages as messages
from venues.simulators.binance.calls import Call, Routes, instrument_of, instruments_of, signed
from venues.simulators.binance.errors import ApiError, missing
from venues.simulators.binance.history import FUTURES_RETENTION
from venues.simulators.binance.income import income_page
from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import Action
from venues.simulators.margin_account import MarginAccount, Position

MAX_LEVERAGE = 125


class FuturesAccountApi:
    """The account half of the futures REST API."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def routes(self) -> Routes:
        """Endpoints with the real venue's weights."""
        return {
            ("GET", "/fapi/v2/account"): signed(self.account, 5, Action.QUERY),
            ("GET", "/fapi/v3/account"): signed(self.account, 5, Action.QUERY),
            ("GET", "/fapi/v2/balance"): signed(self.balance, 5, Action.QUERY),
            ("GET", "/fapi/v3/balance"): signed(self.balance, 5, Action.QUERY),
            ("GET", "/fapi/v2/positionRisk"): signed(self.position_risk, 5, Action.QUERY),
            ("GET", "/fapi/v3/positionRisk"): signed(self.position_risk, 5, Action.QUERY),
            ("GET", "/fapi/v1/symbolConfig"): signed(self.symbol_config, 5),
            ("GET", "/fapi/v1/positionSide/dual"): signed(self.position_mode, 30),
            ("POST", "/fapi/v1/positionSide/dual"): signed(self.set_position_mode),
            ("GET", "/fapi/v1/multiAssetsMargin"): signed(self.assets_mode, 30),
            ("GET", "/fapi/v1/commissionRate"): signed(self.commission_rate, 20),
            ("GET", "/fapi/v1/leverageBracket"): signed(self.leverage_brackets),
            ("POST", "/fapi/v1/leverage"): signed(self.set_leverage),
            ("POST", "/fapi/v1/marginType"): signed(self.set_margin_type),
            ("POST", "/fapi/v1/multiAssetsMargin"): signed(self.set_assets_mode),
            ("GET", "/fapi/v1/accountConfig"): signed(self.configuration, 5, Action.QUERY),
            ("GET", "/fapi/v1/positionMargin/history"): signed(lambda call: [], 1, Action.QUERY),
            ("GET", "/fapi/v1/income"): signed(self.income, 30, Action.QUERY),
            ("GET", "/fapi/v1/feeBurn"): signed(self.fee_burn, 30),
            ("GET", "/fapi/v1/adlQuantile"): signed(self.adl_quantiles, 5),
        }

    def account(self, call: Call) -> dict[str, Any]:
        """Wallet, margins and positions."""
        return messages.account_info(self.account_of(call.account), call.now_ms)

    def balance(self, call: Call) -> list[dict[str, Any]]:
        """The wallet, by asset."""
        info = messages.account_info(self.account_of(call.account), call.now_ms)
        return [asset | {"balance": asset["walletBalance"]} for asset in info["assets"]]

    def position_risk(self, call: Call) -> list[dict[str, Any]]:
        """Positions, of one symbol or all; flat ones only when asked for by symbol."""
        account = self.account_of(call.account)
        rows: list[dict[str, Any]] = []
        for instrument in instruments_of(self._exchange, call.params):
            position = account.positions.get(instrument.symbol, Position())
            if position.amount or "symbol" in call.params:
                rows.append(messages.position_risk(account, instrument.symbol, position))
        return rows

    def symbol_config(self, call: Call) -> list[dict[str, Any]]:
        """Margin type and leverage, of one symbol or all."""
        account = self.account_of(call.account)
        return [
            {
                "symbol": instrument.symbol,
                "marginType": "CROSSED",
                "isAutoAddMargin": False,
                "leverage": account.leverage_of(instrument.symbol),
                "maxNotionalValue": messages.MAX_NOTIONAL,
            }
            for instrument in instruments_of(self._exchange, call.params)
        ]

    def position_mode(self, call: Call) -> dict[str, bool]:
        """One-way mode."""
        return {"dualSidePosition": False}

    def set_position_mode(self, call: Call) -> dict[str, Any]:
        """Only the mode that is."""
        if call.params.boolean("dualSidePosition"):
            raise ApiError(-4068, "Position side cannot be changed if there exists position.")
        raise ApiError(-4059, "No need to change position side.")

    def assets_mode(self, call: Call) -> dict[str, bool]:
        """Single-asset mode."""
        return {"multiAssetsMargin": False}

    def set_assets_mode(self, call: Call) -> dict[str, Any]:
        """Only the mode that is."""
        if call.params.boolean("multiAssetsMargin"):
            raise ApiError(-4168, "Unable to adjust to Multi-Assets mode.")
        raise ApiError(-4171, "No need to change Multi-Assets mode.")

    def configuration(self, call: Call) -> dict[str, Any]:
        """The modes of the account."""
        info = messages.account_info(self.account_of(call.account), call.now_ms)
        names = ("feeTier", "canTrade", "canDeposit", "canWithdraw", "updateTime", "tradeGroupId")
        modes = {"dualSidePosition": False, "multiAssetsMargin": False}
        return {name: info[name] for name in names} | modes

    def income(self, call: Call) -> list[dict[str, Any]]:
        """What changed the wallet: by default in the last seven days."""
        span = FUTURES_RETENTION.span(call.params, call.now_ms)
        return income_page(self._exchange, call, span)

    def fee_burn(self, call: Call) -> dict[str, bool]:
        """Fees are not paid in BNB."""
        return {"feeBurn": False}

    def adl_quantiles(self, call: Call) -> list[dict[str, Any]]:
        """Nobody is deleveraged here."""
        rows = self.position_risk(call)
        return [{"symbol": row["symbol"], "adlQuantile": {"BOTH": 0}} for row in rows]

    def commission_rate(self, call: Call) -> dict[str, str]:
        """Fee rates of a symbol."""
        fees = self.account_of(call.account).fees
        return {
            "symbol": instrument_of(self._exchange, call.params).symbol,
            "makerCommissionRate": str(fees.maker),
            "takerCommissionRate": str(fees.taker),
        }

    def leverage_brackets(self, call: Call) -> list[dict[str, Any]]:
        """One bracket for any notional, of one symbol or all."""
        bracket = {
            "bracket": 1,
            "initialLeverage": MAX_LEVERAGE,
            "notionalFloor": 0,
            "notionalCap": int(messages.MAX_NOTIONAL),
            "maintMarginRatio": 0.004,
            "cum": 0,
        }
        instruments = instruments_of(self._exchange, call.params)
        return [{"symbol": each.symbol, "brackets": [bracket]} for each in instruments]

    def set_leverage(self, call: Call) -> dict[str, Any]:
        """Choose the leverage of a symbol."""
        symbol = instrument_of(self._exchange, call.params).symbol
        leverage = call.params.integer("leverage")
        if leverage is None:
            raise missing("leverage")
        if not 1 <= leverage <= MAX_LEVERAGE:
            raise ApiError(-4028, f"Leverage {leverage} is not valid")
        account = self.account_of(call.account)
        self._exchange.set_leverage(account, symbol, leverage, call.now_ns)
        return {"leverage": leverage, "maxNotionalValue": messages.MAX_NOTIONAL, "symbol": symbol}

    def set_margin_type(self, call: Call) -> dict[str, Any]:
        """Only cross margin, which is what there is already."""
        instrument_of(self._exchange, call.params)
        if call.params.text("marginType") != "CROSSED":
            raise ApiError(-4047, "Margin type cannot be changed if there exists open orders.")
        raise ApiError(-4046, "No need to change margin type.")

    def account_of(self, name: str) -> MarginAccount:
        """The account behind an API key."""
        account = self._exchange.state.accounts[name]
        assert isinstance(account, MarginAccount)
        return account
