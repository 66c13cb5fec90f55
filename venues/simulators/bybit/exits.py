"""Reading take-profits and stop-losses, of an order or of a position; raises ApiError.

An order keeps the words by which its exits were asked for: they are read again when it fills.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from venues.simulators.bybit.errors import ApiError, parameter
from venues.simulators.bybit.filters import check_price
from venues.simulators.bybit.instruments import Product
from venues.simulators.bybit.params import Params
from venues.simulators.matching import Side
from venues.simulators.orders import OrderType, TriggerBy

TRIGGERS = {
    "LastPrice": TriggerBy.LAST,
    "MarkPrice": TriggerBy.MARK,
    "IndexPrice": TriggerBy.INDEX,
}
FULL, PARTIAL = "Full", "Partial"
TAKE_PROFIT, STOP_LOSS, TRAILING_STOP = "TakeProfit", "StopLoss", "TrailingStop"

_MODES = {FULL: FULL, PARTIAL: PARTIAL}
_IS_LIMIT = {"Market": False, "Limit": True}
_WORDS = (
    "takeProfit",
    "stopLoss",
    "tpTriggerBy",
    "slTriggerBy",
    "tpslMode",
    "tpLimitPrice",
    "slLimitPrice",
    "tpOrderType",
    "slOrderType",
)


@dataclass(frozen=True, slots=True)
class Exit:
    """One way out of a position: at market, or of a part of it also at a limit."""

    kind: str
    trigger: Decimal
    by: TriggerBy
    limit: Decimal | None

    @property
    def type(self) -> OrderType:
        """The exchange's word for it."""
        if self.kind == TAKE_PROFIT:
            at_market, at_limit = OrderType.TAKE_PROFIT_MARKET, OrderType.TAKE_PROFIT_LIMIT
        else:
            at_market, at_limit = OrderType.STOP_MARKET, OrderType.STOP_LIMIT
        return at_market if self.limit is None else at_limit


@dataclass(frozen=True, slots=True)
class Exits:
    """What was asked for. ``Full`` means the whole position and replaces what there was."""

    mode: str
    take_profit: Exit | None
    stop_loss: Exit | None

    @property
    def each(self) -> list[Exit]:
        """Those that there are."""
        return [one for one in (self.take_profit, self.stop_loss) if one is not None]


def read_exits(params: Params, product: Product) -> Exits:
    """The take-profit and the stop-loss of a request; "0" and "" mean that there is none."""
    mode: str = params.choice("tpslMode", _MODES, FULL)
    take_profit = _read(params, product, TAKE_PROFIT, "takeProfit", "tp", mode)
    stop_loss = _read(params, product, STOP_LOSS, "stopLoss", "sl", mode)
    return Exits(mode, take_profit, stop_loss)


def exit_words(params: Params) -> dict[str, str]:
    """The words of a request that ask for exits; none if it asks for none."""
    if params.decimal("takeProfit") is None and params.decimal("stopLoss") is None:
        return {}
    return {name: params.text(name) for name in _WORDS if name in params}


def exits_of(words: Mapping[str, str], product: Product) -> Exits | None:
    """The exits that an order brings, by the words that it keeps."""
    if "takeProfit" not in words and "stopLoss" not in words:
        return None
    return read_exits(Params(words), product)


def check_exits(exits: Exits, side: Side, base: Decimal) -> None:
    """A position of a ``side`` makes profit on one side of a price and loses on the other."""
    word = "Buy" if side is Side.BUY else "Sell"
    for one in exits.each:
        must_be_above = (one.kind == TAKE_PROFIT) is (side is Side.BUY)
        if one.trigger > base if must_be_above else one.trigger < base:
            continue
        place = "higher" if must_be_above else "lower"
        text = f"{one.kind}:{one.trigger} set for {word} position should be {place} than"
        raise ApiError(10001, f"{text} base_price:{base}??{_word_of(one.by)}")


def _read(
    params: Params, product: Product, kind: str, name: str, prefix: str, mode: str
) -> Exit | None:
    trigger = params.decimal(name)
    if trigger is None:
        return None
    check_price(product, trigger)
    by: TriggerBy = params.choice(f"{prefix}TriggerBy", TRIGGERS, "LastPrice")
    limit = None
    if params.choice(f"{prefix}OrderType", _IS_LIMIT, "Market"):
        limit = params.decimal(f"{prefix}LimitPrice")
        if limit is None or mode != PARTIAL:
            raise parameter(f"{prefix}OrderType Limit needs tpslMode Partial and a limit price")
        check_price(product, limit)
    return Exit(kind, trigger, by, limit)


def _word_of(by: TriggerBy) -> str:
    return next(word for word, one in TRIGGERS.items() if one is by)
