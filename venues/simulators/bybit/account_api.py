"""REST of the account: wallet, fees, the key itself and its settings. Cross margin only."""

from typing import Any

from venues.simulators.bybit.account_rows import wallet_row
from venues.simulators.bybit.calls import Call, Endpoint, Reply, Routes
from venues.simulators.bybit.errors import ApiError
from venues.simulators.bybit.instruments import FEES, Product, products_in
from venues.simulators.bybit.limits import FEE_RATE, SETTINGS, query
from venues.simulators.bybit.order_rows import plain
from venues.simulators.bybit.params import Params
from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import Action
from venues.simulators.unified_account import UnifiedAccount


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
            "/v5/account/smp-group": self.smp_group,
            "/v5/user/query-api": self.key,
            "/v5/asset/coin/query-info": self.coins,
            "/v5/asset/transfer/query-account-coins-balance": self.coin_balances,
            "/v5/asset/transfer/query-account-coin-balance": self.coin_balance,
        }
        chosen = {
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
        _unified(call.params)
        coins = call.params.optional("coin")
        assets = None if coins is None else coins.split(",")
        return Reply({"list": [wallet_row(self.account(call.account), assets)]})

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

    def smp_group(self, call: Call) -> Reply:
        """Its orders are kept apart from its own alone."""
        return Reply({"smpGroup": 0})

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

    def coin_balances(self, call: Call) -> Reply:
        """Balances of the coins that are named."""
        account, params = self.account(call.account), call.params
        kind = _unified(params)
        names = [name for name in params.text("coin").split(",") if name in account.balances]
        rows = [_balance_row(account, name) for name in names]
        return Reply({"memberId": "1", "accountType": kind, "balance": rows})

    def coin_balance(self, call: Call) -> Reply:
        """Balance of one coin."""
        account, kind = self.account(call.account), _unified(call.params)
        balance = _balance_row(account, call.params.text("coin"))
        safe = {"transferSafeAmount": "", "ltvTransferSafeAmount": ""}
        named = {"accountType": kind, "bizType": 1, "accountId": "1", "memberId": "1"}
        return Reply({**named, "balance": balance | safe})

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


def _unified(params: Params) -> str:
    """The type of account that is asked for: there is one."""
    if params.text("accountType") != "UNIFIED":
        raise ApiError(10001, "accountType only support UNIFIED.")
    return "UNIFIED"


def _balance_row(account: UnifiedAccount, asset: str) -> dict[str, str]:
    return {
        "coin": asset,
        "walletBalance": plain(account.cash(asset)),
        "transferBalance": plain(min(account.balance(asset).free, account.available(asset))),
        "bonus": "",
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
