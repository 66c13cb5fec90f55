"""How much an account may still do: the largest orders, what is available, what is at risk."""

from decimal import Decimal
from typing import Any

from venues.simulators.exchange import Exchange
from venues.simulators.instruments import Instrument
from venues.simulators.matching import Side
from venues.simulators.okx.account_rows import plain, position_id
from venues.simulators.okx.calls import Call, Endpoint, Routes
from venues.simulators.okx.errors import bad_parameter, no_instrument
from venues.simulators.okx.feed import Feed
from venues.simulators.okx.instruments import INSTRUMENTS, SPOT, SWAP, type_of
from venues.simulators.okx.limits import ORDERS_PER_WINDOW
from venues.simulators.okx.order_reading import limits_of
from venues.simulators.okx.params import Params
from venues.simulators.unified_account import UnifiedAccount

MOST_NAMED = 5


class AccountLimits:
    """Questions about what is left."""

    def __init__(self, exchange: Exchange, feed: Feed) -> None:
        self._exchange = exchange
        self._feed = feed

    def routes(self) -> Routes:
        """Endpoints with the real venue's limits."""
        return {
            ("GET", "/api/v5/account/max-size"): Endpoint(self.max_size, 20),
            ("GET", "/api/v5/account/max-avail-size"): Endpoint(self.max_available, 20),
            ("GET", "/api/v5/account/account-position-risk"): Endpoint(self.risk, 10),
            ("GET", "/api/v5/trade/account-rate-limit"): Endpoint(self.rate_limit, 1),
        }

    def max_size(self, call: Call) -> list[dict[str, str]]:
        """The largest order of each side: in contracts, or in the base currency."""
        account, params = self._feed.account(call.account), call.params
        price = params.optional_decimal("px")
        leverage = params.integer("leverage")
        return [
            {
                "ccy": instrument.settle if type_of(instrument) == SWAP else instrument.base,
                "instId": instrument.symbol,
                "maxBuy": plain(self._largest(account, instrument, Side.BUY, price, leverage)),
                "maxSell": plain(self._largest(account, instrument, Side.SELL, price, leverage)),
            }
            for instrument in _named(params)
        ]

    def max_available(self, call: Call) -> list[dict[str, str]]:
        """What each side may use: of a spot pair its two currencies, of a swap its margin."""
        account = self._feed.account(call.account)
        rows = []
        for instrument in _named(call.params):
            spot = type_of(instrument) == SPOT
            selling = instrument.base if spot else instrument.settle
            rows.append(
                {
                    "instId": instrument.symbol,
                    "availBuy": plain(_free(account, instrument.quote)),
                    "availSell": plain(_free(account, selling)),
                }
            )
        return rows

    def risk(self, call: Call) -> list[dict[str, Any]]:
        """Equity by currency and positions that are not flat."""
        account = self._feed.account(call.account)
        usd = self._feed.prices(account)
        equity = {asset: account.equity(asset) for asset in account.balances}
        held = [position for position in account.positions.values() if position.amount]
        return [
            {
                "adjEq": "",
                "balData": [
                    {"ccy": asset, "eq": plain(amount), "disEq": plain(amount * usd[asset])}
                    for asset, amount in equity.items()
                ],
                "posData": [
                    {
                        "baseBal": "",
                        "ccy": position.instrument.settle,
                        "instId": position.instrument.symbol,
                        "instType": SWAP,
                        "mgnMode": "cross",
                        "notionalCcy": plain(abs(position.amount) * position.instrument.multiplier),
                        "notionalUsd": plain(
                            abs(position.value(account.mark(position.instrument.symbol)))
                        ),
                        "pos": plain(position.amount),
                        "posCcy": "",
                        "posId": position_id(position.instrument.symbol),
                        "posSide": "net",
                        "quoteBal": "",
                    }
                    for position in held
                ],
                "ts": str(call.now_ms),
            }
        ]

    def rate_limit(self, call: Call) -> list[dict[str, str]]:
        """Orders in two seconds. Without trading fees of a higher tier there is no fill ratio."""
        limit = str(ORDERS_PER_WINDOW)
        ratios = dict.fromkeys(("fillRatio", "mainFillRatio", "nextAccRateLimit"), "")
        return [{"accRateLimit": limit, **ratios, "ts": str(call.now_ms)}]

    def _largest(
        self,
        account: UnifiedAccount,
        instrument: Instrument,
        side: Side,
        price: Decimal | None,
        leverage: int | None,
    ) -> Decimal:
        """In whole lots, at a price; without one at the last price, or of a swap at its limit."""
        if type_of(instrument) == SPOT:
            if side is Side.SELL:
                return _lots(instrument, _free(account, instrument.base))
            last = self._exchange.lasts.get(instrument.symbol)
            at = price or last or self._exchange.marks[instrument.symbol]
            return _lots(instrument, _free(account, instrument.quote) / at)
        highest, lowest = limits_of(instrument, self._exchange.marks[instrument.symbol])
        at = price or (highest if side is Side.BUY else lowest)
        times = leverage or account.leverage_of(instrument.symbol)
        opened = account.available(instrument.settle) * times / instrument.value(at, Decimal(1))
        return _lots(instrument, opened + account.reducible(instrument.symbol, side))


def _named(params: Params) -> list[Instrument]:
    names = params.text("instId").split(",")
    params.choice("tdMode", {"cash": "cash", "cross": "cross"})
    if len(names) > MOST_NAMED:
        raise bad_parameter("instId")
    if any(name not in INSTRUMENTS for name in names):
        raise no_instrument()
    return [INSTRUMENTS[name] for name in names]


def _free(account: UnifiedAccount, asset: str) -> Decimal:
    """What a spot order may spend of an asset."""
    return min(account.balance(asset).free, account.available(asset))


def _lots(instrument: Instrument, size: Decimal) -> Decimal:
    return size // instrument.step * instrument.step
