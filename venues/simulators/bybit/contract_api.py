"""Public REST of contracts and of the venue's rules: funding, open interest, limits."""

from decimal import Decimal
from typing import Any

from venues.simulators.bybit.calls import Call, Endpoint, Reply, Routes
from venues.simulators.bybit.errors import parameter
from venues.simulators.bybit.filters import price_limits
from venues.simulators.bybit.instruments import Category, Product, product_of, products_in
from venues.simulators.bybit.market_rows import FUNDING_MS, limit_row
from venues.simulators.bybit.position_api import MAX_LEVERAGE
from venues.simulators.exchange import Exchange
from venues.simulators.open_interest import open_interest

RATES_MOST = 200
FIVE_MINUTES_MS = 300_000
_SAMPLES = {
    "5min": FIVE_MINUTES_MS,
    "15min": 3 * FIVE_MINUTES_MS,
    "30min": 6 * FIVE_MINUTES_MS,
    "1h": 12 * FIVE_MINUTES_MS,
    "4h": 48 * FIVE_MINUTES_MS,
    "1d": 288 * FIVE_MINUTES_MS,
}


class ContractApi:
    """What holds for contracts, and the price limits of everything."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def routes(self) -> Routes:
        """Endpoints by REST path; the venue limits them by address only."""
        handlers = {
            "funding/history": self.funding_rates,
            "open-interest": self.open_interest,
            "risk-limit": self.risk_limits,
            "price-limit": self.price_limit,
        }
        return {("GET", f"/v5/market/{name}"): Endpoint(h) for name, h in handlers.items()}

    def funding_rates(self, call: Call) -> Reply:
        """What was settled every eight hours: nothing, here."""
        product, params = _contract(call), call.params
        start, end = params.integer("startTime"), params.integer("endTime")
        if start is not None and end is None:
            raise parameter("endTime is required with startTime")
        last = min(end or call.now_ms, call.now_ms) // FUNDING_MS * FUNDING_MS
        count = params.limit(RATES_MOST, RATES_MOST)
        times = [last - number * FUNDING_MS for number in range(count)]
        rows = [
            {"symbol": product.symbol, "fundingRate": "0", "fundingRateTimestamp": str(at)}
            for at in times
            if start is None or at >= start
        ]
        return Reply({"category": product.category.value, "list": rows})

    def open_interest(self, call: Call) -> Reply:
        """What the accounts of this venue hold now; what they held before is not kept."""
        product = _contract(call)
        sample_ms: int = call.params.choice("intervalTime", _SAMPLES)
        at = call.now_ms // sample_ms * sample_ms
        start, end = call.params.integer("startTime") or 0, call.params.integer("endTime") or at
        single = open_interest(self._exchange.state.accounts.values(), product.name)
        row = {
            "openInterest": product.quantity(2 * single),
            "singleOpenInterest": product.quantity(single),
            "timestamp": str(at),
        }
        listed = [row] if start <= at <= end else []
        named = {"symbol": product.symbol, "category": product.category.value}
        return Reply({**named, "list": listed, "nextPageCursor": ""})

    def risk_limits(self, call: Call) -> Reply:
        """One tier for every contract: margin does not rise with the position here."""
        category = call.params.category()
        chosen = call.params.optional("symbol")
        listed = [
            _tier(product)
            for product in products_in(category)
            if not category.is_spot and chosen in (None, product.symbol)
        ]
        return Reply({"category": category.value, "nextPageCursor": "", "list": listed})

    def price_limit(self, call: Call) -> Reply:
        """The highest price of a buy and the lowest of a sell."""
        category = call.params.category() if "category" in call.params else Category.LINEAR
        product = product_of(category, call.params.text("symbol"))
        limits = price_limits(product, self._exchange.marks[product.name])
        return Reply(limit_row(product, *limits) | {"ts": str(call.now_ms)})


def _contract(call: Call) -> Product:
    product = call.params.product()
    if product.category.is_spot:
        raise parameter("category only support linear or inverse")
    return product


def _tier(product: Product) -> dict[str, Any]:
    return {
        "id": 1,
        "symbol": product.symbol,
        "riskLimitValue": "2000000",
        "maintenanceMargin": "0.005",
        "initialMargin": f"{1 / Decimal(MAX_LEVERAGE):f}",
        "isLowestRisk": 1,
        "maxLeverage": f"{MAX_LEVERAGE}.00",
        "mmDeduction": "",
    }
