"""The words in which a simulated venue thinks of orders: types, states, and why things ended."""

from enum import StrEnum


class OrderType(StrEnum):
    """How an order is priced, and what it waits for.

    A stop triggers when the price moves against its side (a buy stop when the price is at its
    trigger or above), a take-profit when it moves in its favour.
    """

    LIMIT = "LIMIT"
    MARKET = "MARKET"
    STOP_MARKET = "STOP_MARKET"
    STOP_LIMIT = "STOP_LIMIT"
    TAKE_PROFIT_MARKET = "TAKE_PROFIT_MARKET"
    TAKE_PROFIT_LIMIT = "TAKE_PROFIT_LIMIT"
    TRAILING_STOP_MARKET = "TRAILING_STOP_MARKET"
    TRAILING_STOP_LIMIT = "TRAILING_STOP_LIMIT"

    @property
    def is_conditional(self) -> bool:
        """Whether it waits for a price before it can trade."""
        return self not in (OrderType.LIMIT, OrderType.MARKET)

    @property
    def is_stop(self) -> bool:
        """Whether it waits for a price against it."""
        return self.is_conditional and not self.is_take_profit

    @property
    def trails(self) -> bool:
        """Whether its trigger follows the market."""
        return self in (OrderType.TRAILING_STOP_MARKET, OrderType.TRAILING_STOP_LIMIT)

    @property
    def is_take_profit(self) -> bool:
        """Whether it waits for a price in its favour."""
        return self in (OrderType.TAKE_PROFIT_MARKET, OrderType.TAKE_PROFIT_LIMIT)

    @property
    def has_limit_price(self) -> bool:
        """Whether it comes with a price, and trades at that or better only."""
        return self in (OrderType.LIMIT, OrderType.STOP_LIMIT, OrderType.TAKE_PROFIT_LIMIT)


class TriggerBy(StrEnum):
    """Which price a conditional order watches."""

    LAST = "LAST"  # of the public trades
    MARK = "MARK"
    INDEX = "INDEX"


class Status(StrEnum):
    """Where an order stands; the last three are final."""

    UNTRIGGERED = "UNTRIGGERED"
    NEW = "NEW"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    EXPIRED = "EXPIRED"


class Refusal(StrEnum):
    """Why the exchange did not do what it was asked; nothing was recorded."""

    INSUFFICIENT_FUNDS = "INSUFFICIENT_FUNDS"
    WOULD_TAKE = "WOULD_TAKE"
    WOULD_TRIGGER = "WOULD_TRIGGER"
    NOTHING_TO_REDUCE = "NOTHING_TO_REDUCE"
    DUPLICATE_CLIENT_ORDER_ID = "DUPLICATE_CLIENT_ORDER_ID"
    TOO_MANY_OPEN_ORDERS = "TOO_MANY_OPEN_ORDERS"
    NOT_OPEN = "NOT_OPEN"
    ALREADY_TRIGGERED = "ALREADY_TRIGGERED"
    ALREADY_EXPIRED = "ALREADY_EXPIRED"
    WOULD_NOT_FILL = "WOULD_NOT_FILL"
    UNCHANGED = "UNCHANGED"
    DELIVERED = "DELIVERED"  # the instrument has expired


class EndReason(StrEnum):
    """Why an order ended before it was filled."""

    REQUESTED = "REQUESTED"  # a cancel
    REMAINDER = "REMAINDER"  # what an IOC, FOK or market order could not trade
    POST_ONLY = "POST_ONLY"  # it would have taken
    OVERFILLED = "OVERFILLED"  # amended to no more than what had traded
    NOTHING_TO_REDUCE = "NOTHING_TO_REDUCE"
    INSUFFICIENT_FUNDS = "INSUFFICIENT_FUNDS"  # when it triggered
    GOOD_TILL_DATE = "GOOD_TILL_DATE"
    DISCONNECTED = "DISCONNECTED"  # the connection that it came over broke
    DELIVERED = "DELIVERED"  # its instrument expired
    SELF_TRADE = "SELF_TRADE"  # it would have traded with an order of its own account
    DEAD_MAN = "DEAD_MAN"  # the account went silent and had asked for a cancel then
    RESTART = "RESTART"  # the venue stopped while it was trading
    OTHER_WORKS = "OTHER_WORKS"  # another order of its group trades or triggered
