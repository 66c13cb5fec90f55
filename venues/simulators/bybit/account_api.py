"""REST of the account: wallet, positions, fees, the key itself and its settings.

One-way mode and cross margin only.
"""

from typing import Any

from venues.simulators.bybit.account_rows import position_row, wallet_row
from venues.simulators.bybit.calls import Call, Endpoint, Reply, Routes
from venues.simulators.bybit.errors import ApiError, parameter
from venues.simulators.bybit.instruments import FEES, Category, Product, products_in
from venues.simulators.bybit.limits import FEE_RATE, SETTINGS, query
from venues.simulators.bybit.trading import matches_product
from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import Action
from venues.simulators.unified_account import UnifiedAccount

MAX_LEVERAGE = 100


class AccountApi:
    """The account half of the private REST API."""

    def __init__(self, exchange: Exchange, api_key: str) -> None:
        self._exchange = exchange
        self._api_key = api_key

    def routes(self) -> Routes:
        """Endpoints by REST path."""
        asked = {
            "/v5/account/wallet-balance": self.wallet,
            "/v5/account/info": self.info,
            "/v5/position/list": self.positions,
            "/v5/user/query-api": self.key,
            "/v5/asset/coin/query-info": self.coins,
        }
        chosen = {
            "/v5/position/set-leverage": self.set_leverage,
            "/v5/position/switch-mode": self.switch_mode,
            "/v5/account/set-margin-mode": self.set_margin_mode,
        }
        return (
            {("GET", path): Endpoint(h, query(path), Action.QUERY) for path, h in asked.items()}
            | {("POST", path): Endpoint(h, SETTINGS) for path, h in chosen.items()}
            | {("GET", "/v5/account/fee-rate"): Endpoint(self.fee_rate, FEE_RATE)}
        )

    def account(self, name: str) -> UnifiedAccount:
        """An account of the exchange, which are all unified ones here."""
        account = self._exchange.state.accounts[name]
        assert isinstance(account, UnifiedAccount)
        return account

    def wallet(self, call: Call) -> Reply:
        """Balances."""
        if call.params.text("accountType") != "UNIFIED":
            raise ApiError(10001, "accountType only support UNIFIED.")
        coins = call.params.optional("coin")
        assets = None if coins is None else coins.split(",")
        return Reply({"list": [wallet_row(self.account(call.account), assets)]})

    def positions(self, call: Call) -> Reply:
        """Positions: of a symbol flat or not, otherwise those that are open."""
        category, params = call.params.category(), call.params
        if category is Category.SPOT:
            raise ApiError(10001, "Illegal category")
        if category is Category.LINEAR and "symbol" not in params and "settleCoin" not in params:
            raise parameter("symbol or settleCoin is required")
        account = self.account(call.account)
        rows = [
            position_row(account, product.name, call.now_ms)
            for product in products_in(category)
            if matches_product(product, params)
            and ("symbol" in params or account.position(product.name).amount)
        ]
        return Reply({"category": category.value, "nextPageCursor": "", "list": rows})

    def fee_rate(self, call: Call) -> Reply:
        """Maker and taker rates of the account."""
        category = call.params.category()
        chosen = call.params.optional("symbol")
        rows = [
            self._fee_row(product)
            for product in products_in(category)
            if chosen in (None, product.symbol)
        ]
        return Reply({"category": category.value, "list": rows})

    def info(self, call: Call) -> Reply:
        """A unified account of the newest kind, cross margin."""
        return Reply(
            {
                "marginMode": "REGULAR_MARGIN",
                "updatedTime": "1697078946000",
                "unifiedMarginStatus": 5,
                "dcpStatus": "OFF",
                "timeWindow": 10,
                "smpGroup": 0,
                "isMasterTrader": False,
                "spotHedgingStatus": "OFF",
            }
        )

    def key(self, call: Call) -> Reply:
        """What the API key may do."""
        return Reply(
            {
                "id": "1",
                "note": "simulated",
                "apiKey": self._api_key,
                "readOnly": 0,
                "secret": "",
                "permissions": _PERMISSIONS,
                "ips": ["*"],
                "type": 1,
                "deadlineDay": -2,
                "expiredAt": "1970-01-01T00:00:00Z",
                "createdAt": "2022-10-16T02:24:40Z",
                "unified": 0,
                "uta": 1,
                "userID": 1,
                "inviterID": 0,
                "vipLevel": "No VIP",
                "mktMakerLevel": "0",
                "affiliateID": 0,
                "rsaPublicKey": "",
                "isMaster": True,
                "parentUid": "0",
                "kycLevel": "LEVEL_1",
                "kycRegion": "",
            }
        )

    def coins(self, call: Call) -> Reply:
        """The coins of the account, none of which can be moved from here."""
        return Reply(
            {
                "rows": [
                    {"name": asset, "coin": asset, "remainAmount": "0", "chains": []}
                    for asset in self.account(call.account).balances
                ]
            }
        )

    def set_leverage(self, call: Call) -> Reply:
        """Choose the leverage of a symbol; both sides alike in one-way mode."""
        product = call.params.product()
        chosen = call.params.text("buyLeverage")
        if chosen != call.params.text("sellLeverage") or product.category.is_spot:
            raise parameter("buyLeverage must equal sellLeverage")
        if not chosen.isdigit() or not 1 <= int(chosen) <= MAX_LEVERAGE:
            raise ApiError(110013, "cannot set leverage gt maxLeverage by risk limit")
        account = self.account(call.account)
        if account.leverage_of(product.name) == int(chosen):
            raise ApiError(110043, "leverage not modified")
        self._exchange.set_leverage(account, product.name, int(chosen), call.now_ns)
        return Reply({})

    def switch_mode(self, call: Call) -> Reply:
        """There is one-way mode only."""
        if call.params.integer("mode"):
            raise ApiError(110029, "Hedge mode is not supported for this symbol.")
        raise ApiError(110025, "Position mode is not modified")

    def set_margin_mode(self, call: Call) -> Reply:
        """There is cross margin only."""
        if call.params.text("setMarginMode") != "REGULAR_MARGIN":
            raise ApiError(110073, "Set margin mode failed")
        return Reply({"reasons": []})

    def _fee_row(self, product: Product) -> dict[str, Any]:
        rates = FEES[product.instrument.kind]
        return {
            "symbol": product.symbol,
            "baseCoin": "",
            "takerFeeRate": str(rates.taker),
            "makerFeeRate": str(rates.maker),
        }


_PERMISSIONS = {
    "ContractTrade": ["Order", "Position"],
    "Spot": ["SpotTrade"],
    "Wallet": [],
    "Options": [],
    "Derivatives": [],
    "CopyTrading": [],
    "BlockTrade": [],
    "Exchange": [],
    "NFT": [],
    "Affiliate": [],
    "Earn": [],
}
