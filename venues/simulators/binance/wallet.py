"""What clients ask of the venue's wallet and of its other markets before they trade here."""

from decimal import Decimal
from typing import Any

from venues.simulators.binance.calls import Call, Endpoint, Routes, Security, signed
from venues.simulators.binance.spot_messages import d8
from venues.simulators.exchange import Exchange
from venues.simulators.spot_account import Balance, SpotAccount

NAMES = {"BTC": "Bitcoin", "ETH": "Ethereum", "BNB": "BNB", "USDT": "TetherUS"}


class WalletApi:
    """Lists of assets and of margin pairs. Nothing is borrowed, nothing moves in or out."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def routes(self) -> Routes:
        """Endpoints with the real venue's weights."""
        return {
            ("GET", "/sapi/v1/system/status"): Endpoint(
                lambda call: {"status": 0, "msg": "normal"}
            ),
            ("GET", "/sapi/v1/capital/config/getall"): signed(self.coins, 10),
            ("GET", "/sapi/v1/margin/allPairs"): Endpoint(lambda call: [], Security.KEY),
            ("GET", "/sapi/v1/margin/isolated/allPairs"): Endpoint(lambda call: [], Security.KEY),
        }

    def coins(self, call: Call) -> list[dict[str, Any]]:
        """Every asset that is traded or held."""
        account = self._exchange.state.accounts[call.account]
        assert isinstance(account, SpotAccount)
        traded = [each.base for each in self._exchange.instruments.values()]
        quoted = [each.quote for each in self._exchange.instruments.values()]
        assets = dict.fromkeys([*account.balances, *traded, *quoted])
        return [_coin(asset, account.balances.get(asset, Balance())) for asset in assets]


def no_coin_margined(prefix: str = "/dapi/v1") -> Routes:
    """COIN-M futures, where there is nothing to trade here: clients load all markets at once."""

    def exchange_info(call: Call) -> dict[str, Any]:
        nothing: dict[str, Any] = {"rateLimits": [], "exchangeFilters": [], "symbols": []}
        return {"timezone": "UTC", "serverTime": call.now_ms} | nothing

    return {
        ("GET", f"{prefix}/ping"): Endpoint(lambda call: {}),
        ("GET", f"{prefix}/time"): Endpoint(lambda call: {"serverTime": call.now_ms}),
        ("GET", f"{prefix}/exchangeInfo"): Endpoint(exchange_info),
    }


def _coin(asset: str, balance: Balance) -> dict[str, Any]:
    nothing = d8(Decimal(0))
    amounts = ("freeze", "withdrawing", "ipoing", "ipoable", "storage")
    network = {
        "network": asset,
        "coin": asset,
        "name": NAMES.get(asset, asset),
        "isDefault": True,
        "depositEnable": False,
        "withdrawEnable": False,
        "withdrawFee": nothing,
        "withdrawMin": nothing,
        "withdrawMax": nothing,
        "withdrawIntegerMultiple": "0.00000001",
        "minConfirm": 1,
        "unLockConfirm": 0,
        "resetAddressStatus": False,
        "sameAddress": False,
    }
    return {
        "coin": asset,
        "name": NAMES.get(asset, asset),
        "free": d8(balance.free),
        "locked": d8(balance.locked),
        "trading": True,
        "isLegalMoney": False,
        "depositAllEnable": False,
        "withdrawAllEnable": False,
        "networkList": [network],
    } | dict.fromkeys(amounts, nothing)
