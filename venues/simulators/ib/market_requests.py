"""What clients may ask of the market, and keep being told."""

from dataclasses import dataclass

from venues.simulators.ib import errors
from venues.simulators.ib.answering import Answer, Handlers, one_listed
from venues.simulators.ib.connection import Connection
from venues.simulators.ib.depth_feed import DepthWatch
from venues.simulators.ib.history import Show, shows_trades
from venues.simulators.ib.listings import Listed
from venues.simulators.ib.market_news import MarketNews
from venues.simulators.ib.tick_feed import TickKind, TickWatch, past_trades
from venues.simulators.ib.tickets import read_contract
from venues.simulators.ib.top_feed import RT_VOLUME_REQUEST, TopWatch
from venues.simulators.ib.wire_format import Fields

DEEPEST = 20


@dataclass(frozen=True, slots=True)
class MarketRequests:
    """Subscriptions to market data; all of it is live."""

    market: MarketNews

    def handlers(self) -> Handlers:
        """Handlers by message."""
        return {
            1: self.quotes,
            2: self.cancel_quotes,
            10: self.depth,
            11: self.cancel_depth,
            50: self.five_second_bars,
            51: self.cancel_bars,
            97: self.ticks,
            98: self.cancel_ticks,
        }

    def quotes(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """Top of book, trades and figures of the day, once or for good."""
        fields.skip(1)
        request_id = fields.integer()
        listed = one_listed(read_contract(fields))
        if fields.flag():
            fields.skip(3)
        generic, snapshot = fields.text().split(","), fields.flag()
        trades = RT_VOLUME_REQUEST in generic
        watch = TopWatch(connection=client, request_id=request_id, listed=listed, trades=trades)
        self.market.tops.watch(watch, snapshot=snapshot)
        return ()

    def cancel_quotes(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """No more of them."""
        fields.skip(1)
        request_id = fields.integer()
        if not self.market.tops.unwatch(client, request_id):
            raise errors.no_eid(request_id)
        return ()

    def depth(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """Rows of the book."""
        fields.skip(1)
        request_id = fields.integer()
        listed = one_listed(read_contract(fields))
        rows, smart = min(fields.integer(), DEEPEST), fields.flag()
        self.market.depths.watch(
            DepthWatch(
                connection=client, request_id=request_id, listed=listed, rows=rows, smart=smart
            )
        )
        return ()

    def cancel_depth(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """No more of them."""
        fields.skip(1)
        request_id = fields.integer()
        if not self.market.depths.unwatch(client, request_id):
            raise errors.no_depth(request_id)
        return ()

    def five_second_bars(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """A bar every five seconds."""
        fields.skip(1)
        request_id = fields.integer()
        listed = one_listed(read_contract(fields))
        fields.skip(1)  # width: there is one
        show = fields.text()
        if show not in list(Show):
            raise errors.invalid("What to show field is missing or incorrect.")
        if show == Show.TRADES and not shows_trades(listed):
            raise errors.ApiError(420, f"Invalid Real-time Query:No trades of {_named(listed)}")
        self.market.bars.watch_five_seconds(client, request_id, listed, Show(show), now_ns)
        return ()

    def cancel_bars(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """No more of them."""
        fields.skip(1)
        self.market.bars.unwatch(client, fields.integer())
        return ()

    def ticks(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """Every trade or every change of the quote; of trades some of before, if wanted."""
        request_id = fields.integer()
        listed = one_listed(read_contract(fields))
        asked, past = fields.text(), fields.integer()
        if asked not in list(TickKind):
            raise errors.bad_tick_request(f"Invalid tick type {asked}")
        kind = TickKind(asked)
        if kind.is_of_trades and not shows_trades(listed):
            raise errors.bad_tick_request(f"There are no trades of {_named(listed)}")
        if kind.is_of_trades and past > 0:
            trades = list(self.market.history.prints(listed))[-past:]
            yield past_trades(trades, listed.primary or listed.exchange, request_id)
        watch = TickWatch(connection=client, request_id=request_id, listed=listed, kind=kind)
        self.market.ticks.watch(watch, now_ns)

    def cancel_ticks(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """No more of them."""
        self.market.ticks.unwatch(client, fields.integer())
        return ()


def _named(listed: Listed) -> str:
    return f"{listed.local_symbol}/{listed.sec_type}@{listed.exchange}"
