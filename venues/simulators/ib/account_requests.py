"""What clients may ask about the account, and keep being told."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from venues.simulators.ib.account_feed import AccountFeed, ProfitWatch, ValueWatch
from venues.simulators.ib.account_messages import PositionBook
from venues.simulators.ib.account_values import AccountValues, Row
from venues.simulators.ib.answering import Answer, Handlers
from venues.simulators.ib.connection import Connection
from venues.simulators.ib.errors import invalid
from venues.simulators.ib.listings import BY_NAME, LISTED, Listed
from venues.simulators.ib.profit import Figures, Profit
from venues.simulators.ib.wire_format import Fields, Message
from venues.simulators.unified_account import UnifiedAccount


@dataclass(frozen=True, slots=True)
class AccountRequests:
    """Answers, and the subscriptions that follow them."""

    account: UnifiedAccount
    values: AccountValues
    positions: PositionBook
    profit: Profit
    feed: AccountFeed

    def handlers(self) -> Handlers:
        """Handlers by message."""
        return {
            6: self.account_updates,
            17: self.managed_accounts,
            61: self.all_positions,
            62: self.summary,
            63: self.cancel_values,
            64: self.cancel_positions,
            74: self.positions_multi,
            75: self.cancel_positions_multi,
            76: self.updates_multi,
            77: self.cancel_values,
            80: self.family_codes,
            92: self.profit_and_loss,
            93: self.cancel_profit,
            94: self.profit_of_one,
            95: self.cancel_profit,
        }

    def held(self) -> list[Listed]:
        """What has traded, closed positions too."""
        return [BY_NAME[symbol] for symbol in self.account.positions]

    def managed_accounts(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """The one account."""
        yield (15, 1, self.values.number)

    def family_codes(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """It belongs to no family."""
        yield (78, 1, "*", "")

    def all_positions(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """All positions now, and each that changes later."""
        self.feed.wants_positions.add(client)
        for listed in self.held():
            yield self.positions.message(listed)
        yield (62, 1)

    def cancel_positions(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """No more of them."""
        self.feed.wants_positions.discard(client)
        return ()

    def positions_multi(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """The same for a request with an id."""
        fields.skip(1)
        request_id = fields.integer()
        self._check_account(fields.text())
        self.feed.wants_multi.add((client, request_id))
        for listed in self.held():
            yield self.positions.multi_message(request_id, listed)
        yield (72, 1, request_id)

    def cancel_positions_multi(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """No more of them."""
        fields.skip(1)
        self.feed.wants_multi.discard((client, fields.integer()))
        return ()

    def account_updates(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """Everything about the account, and what changes of it; or no more of it."""
        fields.skip(1)
        if not fields.flag():
            self.feed.updates.discard(client)
            self.feed.values.pop((client, 0), None)
            return
        number = self.values.number
        watch = ValueWatch(
            rows=self._all_rows, message=lambda row: (6, 2, *row, number), at_trades=True
        )
        self.feed.updates.add(client)
        self.feed.values[client, 0] = watch
        yield from watch.news()
        yield from self.feed.portfolio(self.held(), now_ns)
        yield (54, 1, number)

    def updates_multi(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """The figures of the account for a request with an id; of the ledger alone, if wanted."""
        fields.skip(1)
        request_id = fields.integer()
        self._check_account(fields.text())
        fields.skip(1)  # model
        rows = self._ledger_rows if fields.flag() else self._all_rows
        head = (73, 1, request_id, self.values.number, "")
        yield from self._watch(client, request_id, rows, lambda row: (*head, *row), at_trades=True)
        yield (74, 1, request_id)

    def summary(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """Figures by their tags, and every three minutes those that changed."""
        fields.skip(1)
        request_id = fields.integer()
        fields.skip(1)  # group
        tags = frozenset(tag.strip() for tag in fields.text().split(","))
        head = (63, 1, request_id, self.values.number)
        yield from self._watch(
            client,
            request_id,
            lambda: self.values.chosen(tags),
            lambda row: (*head, *row),
            at_trades=False,
        )
        yield (64, 1, request_id)

    def cancel_values(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """No more of a summary, or of updates with an id."""
        fields.skip(1)
        self.feed.values.pop((client, fields.integer()), None)
        return ()

    def profit_and_loss(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """Profit of the account, and whenever it changes."""
        request_id = fields.integer()
        self._check_account(fields.text())
        return self._watch_profit(
            client, request_id, lambda: (94, request_id, *_told(self.profit.total()))
        )

    def profit_of_one(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """Profit of one position, and whenever it changes."""
        request_id = fields.integer()
        self._check_account(fields.text())
        fields.skip(1)  # model
        con_id = fields.integer()
        listed = next((one for one in LISTED if one.con_id == con_id), None)
        if listed is None:
            raise invalid("Invalid conid")

        def message() -> Message:
            position = self.positions.of(listed)
            figures = _told(self.profit.of(position))
            worth = position.value(self.account.mark(listed.name))
            return (95, request_id, position.amount, *figures, worth)

        return self._watch_profit(client, request_id, message)

    def cancel_profit(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """No more of it."""
        self.feed.profits.pop((client, fields.integer()), None)
        return ()

    def _watch(
        self,
        client: Connection,
        request_id: int,
        rows: Callable[[], Iterable[Row]],
        message: Callable[[Row], Message],
        *,
        at_trades: bool,
    ) -> Answer:
        watch = ValueWatch(rows=rows, message=message, at_trades=at_trades)
        self.feed.values[client, request_id] = watch
        return watch.news()

    def _watch_profit(
        self, client: Connection, request_id: int, message: Callable[[], Message]
    ) -> Answer:
        watch = ProfitWatch(message=message)
        self.feed.profits[client, request_id] = watch
        return watch.news()

    def _all_rows(self) -> Iterable[Row]:
        yield from self.values.rows()
        yield from self.values.ledger()

    def _ledger_rows(self) -> Iterable[Row]:
        yield from (row for row in self.values.rows() if row[0] == "NetLiquidation")
        yield from self.values.ledger()

    def _check_account(self, asked: str) -> None:
        if asked not in ("", self.values.number):
            raise invalid(f"Invalid account code '{asked}'.")


def _told(figures: Figures) -> Message:
    return (figures.daily, figures.unrealized, figures.realized)
