"""Public market data as the venue tells it."""

import zlib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from venues.simulators.bars import Bar, Interval
from venues.simulators.events import Print
from venues.simulators.instruments import Instrument
from venues.simulators.matching import Level, OrderBook, Side
from venues.simulators.okx.instruments import SPOT, plain, type_of
from venues.simulators.tape import Tape

CHECKED_LEVELS = 25
FUNDING_MS = 8 * 3_600_000


def level_rows(levels: Sequence[Level]) -> list[list[str]]:
    """Price, quantity, a field no longer used, number of orders."""
    return [[plain(price), plain(size), "0", "1" if size else "0"] for price, size in levels]


def book_row(book: OrderBook, depth: int, now_ms: int) -> dict[str, Any]:
    """A whole book of some levels."""
    return {
        "asks": level_rows(book.levels(Side.SELL, depth)),
        "bids": level_rows(book.levels(Side.BUY, depth)),
        "ts": str(now_ms),
        "seqId": book.update_id,
    }


def checksum(book: OrderBook) -> int:
    """The signed CRC32 of the best 25 levels, bids and asks in turn."""
    sides = [book.levels(side, CHECKED_LEVELS) for side in (Side.BUY, Side.SELL)]
    parts = [
        f"{plain(levels[index][0])}:{plain(levels[index][1])}"
        for index in range(CHECKED_LEVELS)
        for levels in sides
        if index < len(levels)
    ]
    value = zlib.crc32(":".join(parts).encode())
    return value - (1 << 32) if value >= 1 << 31 else value


def trade_row(trade: Print) -> dict[str, Any]:
    """A public trade."""
    return {
        "instId": trade.symbol,
        "tradeId": str(trade.trade_id),
        "px": plain(trade.price),
        "sz": plain(trade.quantity),
        "side": trade.taker_side.lower(),
        "ts": str(trade.time_ns // 1_000_000),
        "count": "1",
        "source": "0",
        "seqId": trade.trade_id,
    }


def ticker_row(
    instrument: Instrument, book: OrderBook, tape: Tape, mark: Decimal, now_ms: int
) -> dict[str, Any]:
    """Top of book, last trade and the last 24 hours."""
    bid, ask, day = book.best(Side.BUY), book.best(Side.SELL), tape.day(now_ms)
    last = tape.last_price or mark
    spot = type_of(instrument) == SPOT
    volume = day.volume if day else Decimal(0)
    base = volume * instrument.multiplier
    in_currency = day.quote_volume if day and spot else base
    opened = day.open if day else last
    return {
        "instType": type_of(instrument),
        "instId": instrument.symbol,
        "last": plain(last),
        "lastSz": plain(tape.prints[-1].quantity) if tape.prints else "0",
        "askPx": plain(ask[0]) if ask else "",
        "askSz": plain(ask[1]) if ask else "",
        "bidPx": plain(bid[0]) if bid else "",
        "bidSz": plain(bid[1]) if bid else "",
        "open24h": plain(opened),
        "high24h": plain(day.high if day else last),
        "low24h": plain(day.low if day else last),
        "volCcy24h": plain(in_currency),
        "vol24h": plain(volume),
        "sodUtc0": plain(opened),
        "sodUtc8": plain(opened),
        "ts": str(now_ms),
    }


def candle_row(instrument: Instrument, bar: Bar, interval: Interval, now_ms: int) -> list[str]:
    """A bar of trades: time, open, high, low, close, volumes, and whether it has ended."""
    spot = type_of(instrument) == SPOT
    quote = bar.quote_volume * instrument.multiplier
    currency = bar.volume * instrument.multiplier if not spot else bar.quote_volume
    *prices, ended = price_candle_row(bar, interval, now_ms)
    return [*prices, *(plain(volume) for volume in (bar.volume, currency, quote)), ended]


def price_candle_row(bar: Bar, interval: Interval, now_ms: int) -> list[str]:
    """A bar of a mark or index price: time, open, high, low, close, and whether it has ended."""
    ended = "1" if interval.end_ms(bar.open_ms) <= now_ms else "0"
    prices = (bar.open, bar.high, bar.low, bar.close)
    return [str(bar.open_ms), *(plain(price) for price in prices), ended]


def mark_row(instrument: Instrument, mark: Decimal, now_ms: int) -> dict[str, str]:
    """The mark price."""
    return {
        "instType": type_of(instrument),
        "instId": instrument.symbol,
        "markPx": plain(mark),
        "ts": str(now_ms),
    }


def index_row(pair: str, price: Decimal, now_ms: int) -> dict[str, str]:
    """The index price of a pair."""
    day = dict.fromkeys(("high24h", "low24h", "open24h", "sodUtc0", "sodUtc8"), plain(price))
    return {"instId": pair, "idxPx": plain(price), **day, "ts": str(now_ms)}


def funding_row(instrument: Instrument, now_ms: int) -> dict[str, str]:
    """The funding rate of a swap: none is paid here."""
    due = now_ms - now_ms % FUNDING_MS + FUNDING_MS
    return {
        "instType": "SWAP",
        "instId": instrument.symbol,
        "method": "current_period",
        "formulaType": "noRate",
        "fundingRate": "0",
        "nextFundingRate": "",
        "fundingTime": str(due),
        "nextFundingTime": str(due + FUNDING_MS),
        "minFundingRate": "-0.00375",
        "maxFundingRate": "0.00375",
        "interestRate": "0",
        "impactValue": "",
        "settState": "settled",
        "settFundingRate": "0",
        "premium": "0",
        "prevFundingTime": str(due - FUNDING_MS),
        "ts": str(now_ms),
    }


def past_funding_row(instrument: Instrument, at_ms: int) -> dict[str, str]:
    """What was settled at a time: nothing."""
    return {
        "formulaType": "noRate",
        "fundingRate": "0",
        "fundingTime": str(at_ms),
        "instId": instrument.symbol,
        "instType": type_of(instrument),
        "method": "current_period",
        "realizedRate": "0",
    }


def limit_row(
    instrument: Instrument, highest: Decimal, lowest: Decimal, now_ms: int
) -> dict[str, Any]:
    """The highest price of a buy and the lowest of a sell."""
    return {
        "instType": type_of(instrument),
        "instId": instrument.symbol,
        "buyLmt": plain(highest),
        "sellLmt": plain(lowest),
        "ts": str(now_ms),
        "enabled": True,
    }


def open_interest_row(
    instrument: Instrument, contracts: Decimal, mark: Decimal, now_ms: int
) -> dict[str, str]:
    """What is open of a contract: in contracts, in coins and in dollars."""
    coins = contracts * instrument.multiplier
    return {
        "instType": type_of(instrument),
        "instId": instrument.symbol,
        "oi": plain(contracts),
        "oiCcy": plain(coins),
        "oiUsd": plain(coins * mark),
        "ts": str(now_ms),
    }
