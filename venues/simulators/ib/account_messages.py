"""What the API says of positions: their size, their cost and their worth."""

from decimal import Decimal

from venues.simulators.ib.listings import Listed
from venues.simulators.ib.wire_format import Message
from venues.simulators.net_position import NetPosition
from venues.simulators.unified_account import UnifiedAccount


class PositionBook:
    """The positions of the account that IB calls ``number``."""

    def __init__(self, number: str, account: UnifiedAccount) -> None:
        self.number = number
        self._account = account

    def of(self, listed: Listed) -> NetPosition:
        """The position in a contract, flat if it never traded."""
        return self._account.position(listed.name)

    def message(self, listed: Listed) -> Message:
        """position."""
        return (61, 3, *self._position(listed))

    def multi_message(self, request_id: int, listed: Listed) -> Message:
        """positionMulti."""
        return (71, 1, request_id, *self._position(listed), "")

    def portfolio_message(self, listed: Listed) -> Message:
        """updatePortfolio: a position with its worth."""
        position, mark = self.of(listed), self._account.mark(listed.name)
        return (
            *(7, 8, listed.con_id, listed.symbol, listed.sec_type, listed.expiry, "0.0", ""),
            *(listed.multiplier, listed.primary, listed.currency, listed.local_symbol),
            *(listed.trading_class, position.amount, mark, position.value(mark)),
            *(_cost(position), position.unrealized(mark), position.realized, self.number),
        )

    def _position(self, listed: Listed) -> Message:
        position = self.of(listed)
        return (
            *(self.number, listed.con_id, listed.symbol, listed.sec_type, listed.expiry),
            *("0.0", "", listed.multiplier, listed.primary, listed.currency),
            *(listed.local_symbol, listed.trading_class, position.amount, _cost(position)),
        )


def _cost(position: NetPosition) -> Decimal:
    """The average cost; it includes the multiplier."""
    return position.entry_price * position.instrument.multiplier
