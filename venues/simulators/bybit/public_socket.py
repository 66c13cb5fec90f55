"""A public socket: the market of one category."""

from venues.simulators.bybit.desk import Desk
from venues.simulators.bybit.errors import ApiError
from venues.simulators.bybit.instruments import Category
from venues.simulators.bybit.line import Line, names_of, parse
from venues.simulators.bybit.market_streams import MarketStreams
from venues.simulators.bybit.topics import topic_of

MOST_SPOT_TOPICS = 10


class PublicSocket:
    """Answers ping, subscribe and unsubscribe."""

    def __init__(self, line: Line, category: Category, markets: MarketStreams, desk: Desk) -> None:
        self._line = line
        self._category = category
        self._markets = markets
        self._desk = desk

    async def on_text(self, text: str) -> None:
        """One message of the client."""
        message = parse(text)
        if message is None:
            self._line.refuse("", None, "error:request is not a JSON object")
            return
        op, request_id, names = str(message.get("op", "")), message.get("req_id"), names_of(message)
        match op:
            case "ping":
                self._line.confirm(op, request_id, "pong")
            case "subscribe":
                self._subscribe(request_id, names)
            case "unsubscribe":
                self._markets.unsubscribe(self._line.outbox, names)
                self._line.confirm(op, request_id)
            case _:
                self._line.refuse(op, request_id, f"error:unknown op {op}")

    def _subscribe(self, request_id: object, names: list[str]) -> None:
        if self._category.is_spot and len(names) > MOST_SPOT_TOPICS:
            self._line.refuse("subscribe", request_id, "error:args size >10")
            return
        try:
            topics = [topic_of(self._category, name) for name in names]
        except ApiError as error:
            self._line.refuse("subscribe", request_id, error.message)
            return
        words = "subscribe" if self._category.is_spot else ""
        self._line.confirm("subscribe", request_id, words)
        self._markets.subscribe(self._line.outbox, topics, self._desk.now_ns())
