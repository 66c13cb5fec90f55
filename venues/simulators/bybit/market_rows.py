"""Public data of one product, in Bybit's words."""

from decimal import Decimal
from typing import Any

from venues.simulators.bars import HOUR_MS, Bar
from venues.simulators.bybit.ids import execution_id
from venues.simulators.bybit.instruments import Category, Product
from venues.simulators.bybit.intervals import INTERVALS
from venues.simulators.bybit.order_rows import SIDE_WORDS
from venues.simulators.bybit.topics import Topic
from venues.simulators.events import Print
from venues.simulators.matching import Level, OrderBook, Side

FUNDING_HOURS = 8
FUNDING_MS = FUNDING_HOURS * HOUR_MS
_LAUNCHED_MS = "1585526400000"


def instrument_row(product: Product) -> dict[str, Any]:
    """A symbol with its filters."""
    return _spot_row(product) if product.category.is_spot else _contract_row(product)


def _spot_row(product: Product) -> dict[str, Any]:
    instrument = product.instrument
    return {
        "symbol": product.symbol,
        "baseCoin": instrument.base,
        "quoteCoin": instrument.quote,
        "innovation": "0",
        "status": "Trading",
        "marginTrading": "utaOnly",
        "stTag": "0",
        "lotSizeFilter": {
            "basePrecision": str(instrument.step),
            "quotePrecision": "0.0000001",
            "minOrderQty": str(instrument.min_quantity),
            "maxOrderQty": str(instrument.max_quantity),
            "minOrderAmt": str(instrument.min_notional),
            "maxOrderAmt": "8000000",
            "maxLimitOrderQty": str(instrument.max_quantity),
            "maxMarketOrderQty": str(instrument.max_market_quantity),
            "postOnlyMaxLimitOrderSize": str(instrument.max_quantity),
        },
        "priceFilter": {"tickSize": str(instrument.tick)},
        "riskParameters": {
            "priceLimitRatioX": f"{instrument.band_up - 1:f}",
            "priceLimitRatioY": f"{instrument.band_up - 1:f}",
        },
        "symbolType": "",
    }


def _contract_row(product: Product) -> dict[str, Any]:
    instrument = product.instrument
    linear = product.category is Category.LINEAR
    return {
        "symbol": product.symbol,
        "contractType": "LinearPerpetual" if linear else "InversePerpetual",
        "status": "Trading",
        "baseCoin": instrument.base,
        "quoteCoin": instrument.quote,
        "launchTime": _LAUNCHED_MS,
        "deliveryTime": "0",
        "deliveryFeeRate": "",
        "priceScale": str(instrument.price_decimals),
        "leverageFilter": {"minLeverage": "1", "maxLeverage": "100.00", "leverageStep": "0.01"},
        "priceFilter": {
            "minPrice": product.price(instrument.min_price),
            "maxPrice": product.price(instrument.max_price),
            "tickSize": str(instrument.tick),
        },
        "lotSizeFilter": {
            "maxOrderQty": str(instrument.max_quantity),
            "minOrderQty": str(instrument.min_quantity),
            "qtyStep": str(instrument.step),
            "postOnlyMaxOrderQty": str(instrument.max_quantity),
            "maxMktOrderQty": str(instrument.max_market_quantity),
            "minNotionalValue": str(instrument.min_notional) if linear else "",
        },
        "unifiedMarginTrade": True,
        "fundingInterval": FUNDING_HOURS * 60,
        "settleCoin": instrument.settle,
        "copyTrading": "both" if linear else "none",
        "upperFundingRate": "0.005",
        "lowerFundingRate": "-0.005",
        "isPreListing": False,
        "preListingInfo": None,
        "riskParameters": {
            "priceLimitRatioX": f"{instrument.band_up - 1:f}",
            "priceLimitRatioY": f"{instrument.band_up - 1:f}",
        },
        "displayName": "",
        "symbolType": "",
    }


def ticker_row(
    product: Product, book: OrderBook, day: Bar, mark: Decimal, opened: Decimal, now_ms: int
) -> dict[str, Any]:
    """Best prices and the statistics of 24 hours; ``opened`` is one side of the open interest."""
    change = (day.close - day.open) / day.open if day.open else Decimal(0)
    spot = product.category.is_spot
    row: dict[str, Any] = {
        "symbol": product.symbol,
        "lastPrice": product.price(day.close),
        "highPrice24h": product.price(day.high),
        "lowPrice24h": product.price(day.low),
        "prevPrice24h": product.price(day.open),
        "volume24h": product.quantity(day.volume),
        "turnover24h": f"{product.instrument.value(day.close, day.volume):.4f}",
        "price24hPcnt": f"{change:.4f}",
    }
    row |= _top(product, book)
    if spot:
        return row | {"usdIndexPrice": product.price(mark)}
    return row | {
        "indexPrice": product.price(mark),
        "markPrice": product.price(mark),
        "prevPrice1h": product.price(day.open),
        "openInterest": product.quantity(2 * opened),
        "openInterestValue": f"{product.instrument.value(mark, 2 * opened):.2f}",
        # None is paid here.
        "fundingRate": "0",
        "nextFundingTime": str((now_ms // FUNDING_MS + 1) * FUNDING_MS),
        "predictedDeliveryPrice": "",
        "basisRate": "",
        "basis": "",
        "deliveryFeeRate": "",
        "deliveryTime": "0",
        "preOpenPrice": "",
        "preQty": "",
        "curPreListingPhase": "",
        "fundingIntervalHour": str(FUNDING_HOURS),
        "basisRateYear": "",
        "fundingCap": "0.005",
    }


def _top(product: Product, book: OrderBook) -> dict[str, str]:
    row = {}
    for name, side in (("bid1", Side.BUY), ("ask1", Side.SELL)):
        best = book.best(side)
        row[f"{name}Price"] = product.price(best[0]) if best else ""
        row[f"{name}Size"] = product.quantity(best[1]) if best else ""
    return row


def book_rows(product: Product, levels: list[Level]) -> list[list[str]]:
    """Price levels of one side; size zero removes a level from what a client holds."""
    return [
        [product.price(price), product.quantity(size) if size else "0"] for price, size in levels
    ]


def trade_row(product: Product, trade: Print) -> dict[str, Any]:
    """A public trade in a REST list."""
    return {
        "execId": execution_id(product.category, trade.trade_id),
        "symbol": product.symbol,
        "price": product.price(trade.price),
        "size": product.quantity(trade.quantity),
        "side": SIDE_WORDS[trade.taker_side],
        "time": str(trade.time_ns // 1_000_000),
        "isBlockTrade": False,
        "isRPITrade": False,
        "seq": str(trade.trade_id),
    }


def streamed_trade(product: Product, trade: Print) -> dict[str, Any]:
    """A public trade on the stream."""
    row: dict[str, Any] = {
        "T": trade.time_ns // 1_000_000,
        "s": product.symbol,
        "S": SIDE_WORDS[trade.taker_side],
        "v": product.quantity(trade.quantity),
        "p": product.price(trade.price),
        "i": execution_id(product.category, trade.trade_id),
        "BT": False,
        "RPI": False,
        "seq": trade.trade_id,
    }
    return row if product.category.is_spot else row | {"L": "ZeroPlusTick"}


def kline_row(product: Product, bar: Bar) -> list[str]:
    """A bar of trades in a REST list."""
    volume = product.quantity(bar.volume)
    return [*price_row(product, bar), volume, turnover(product, bar)]


def price_row(product: Product, bar: Bar) -> list[str]:
    """A bar of a mark or index price in a REST list."""
    prices = (bar.open, bar.high, bar.low, bar.close)
    return [str(bar.open_ms), *(product.price(price) for price in prices)]


def premium_row(mark: Bar, index: Bar) -> list[str]:
    """How far a mark was above its index, as a share of the index."""
    pairs = (
        (mark.open, index.open),
        (mark.high, index.high),
        (mark.low, index.low),
        (mark.close, index.close),
    )
    premiums = [(price - below) / below for price, below in pairs]
    return [str(mark.open_ms), *(f"{premium:.6f}" for premium in premiums)]


def turnover(product: Product, bar: Bar) -> str:
    """What was traded in a bar: in quote, of inverse contracts in base."""
    if product.category is Category.INVERSE:
        return f"{product.instrument.value(bar.close, bar.volume):.8f}"
    return f"{bar.quote_volume:f}"


def streamed_kline(topic: Topic, bar: Bar, now_ms: int, *, closed: bool) -> dict[str, Any]:
    """A bar on the stream."""
    product = topic.product
    return {
        "start": bar.open_ms,
        "end": INTERVALS[topic.interval].end_ms(bar.open_ms) - 1,
        "interval": topic.interval,
        "open": product.price(bar.open),
        "close": product.price(bar.close),
        "high": product.price(bar.high),
        "low": product.price(bar.low),
        "volume": product.quantity(bar.volume),
        "turnover": turnover(product, bar),
        "confirm": closed,
        "timestamp": now_ms,
    }


def limit_row(product: Product, highest: Decimal, lowest: Decimal) -> dict[str, str]:
    """The highest price of a buy and the lowest of a sell."""
    limits = {"buyLmt": product.price(highest), "sellLmt": product.price(lowest)}
    return {"symbol": product.symbol, **limits}
