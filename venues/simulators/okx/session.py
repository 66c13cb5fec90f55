"""One WebSocket connection: login, subscriptions and order operations."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from venues.simulators.okx import errors, market_streams, private_streams
from venues.simulators.okx.errors import LoginError
from venues.simulators.okx.feed import Feed
from venues.simulators.okx.front import Front
from venues.simulators.okx.limits import SessionLimit
from venues.simulators.okx.market_streams import MarketStreams
from venues.simulators.okx.private_streams import PrivateStreams
from venues.simulators.okx.ws_orders import OPERATIONS, WsOrders
from venues.simulators.outbox import Outbox

_CHANNELS = {
    "public": market_streams.PUBLIC_CHANNELS | market_streams.TIERED_CHANNELS,
    "private": private_streams.PRIVATE_CHANNELS,
    "business": market_streams.BUSINESS_CHANNELS | private_streams.BUSINESS_CHANNELS,
}
_TIERED = market_streams.TIERED_CHANNELS | private_streams.TIERED_CHANNELS
_WITH_LOGIN = private_streams.PRIVATE_CHANNELS | private_streams.BUSINESS_CHANNELS


class Session:
    """Answers texts. Order operations are served side by side: one may be slow by a fault."""

    def __init__(
        self,
        kind: str,
        outbox: Outbox,
        front: Front,
        markets: MarketStreams,
        private: PrivateStreams,
        orders: WsOrders,
        feed: Feed,
    ) -> None:
        self._kind = kind
        self._outbox = outbox
        self._front = front
        self._markets = markets
        self._private = private
        self._orders = orders
        self._feed = feed
        self._limit = SessionLimit()
        self._connection = f"{id(self):x}"[-8:]
        self._working: set[asyncio.Task[None]] = set()

    def event(self, name: str, **fields: Any) -> str:
        """A frame about the connection itself."""
        frame = {"event": name, **fields, "connId": self._connection}
        return json.dumps(frame, separators=(",", ":"))

    def close(self) -> None:
        """The connection has ended; what was asked goes on at the venue without it."""
        self._working.clear()

    def on_text(self, text: str) -> None:
        """Answer one request."""
        try:
            request = json.loads(text)
            operation, args = request["op"], request.get("args", [])
        except (ValueError, KeyError, TypeError, AttributeError):
            self._refuse((errors.WS_ILLEGAL, f"Illegal request: {text}"))
            return
        if operation in OPERATIONS:
            self._order(request)
            return
        if not self._limit.fits(self._front.now_ns() // 1_000_000):
            self._refuse(errors.WS_RATE)
            return
        match operation:
            case "login":
                self._log_in(args)
            case "subscribe" | "unsubscribe" if isinstance(args, list):
                for arg in args:
                    self._subscribe(operation, arg)
            case _:
                self._refuse((errors.WS_ILLEGAL, f"Illegal request: {text}"))

    def _log_in(self, args: Any) -> None:
        try:
            key = self._front.keys.check_login(args, self._front.now_ns() // 1_000_000)
        except LoginError as error:
            self._outbox.send(self.event("error", code=error.code, msg=error.message))
            # The frame leaves first.
            asyncio.get_running_loop().call_later(0.05, self._outbox.abort)
            return
        self._private.log_in(key.account, self._outbox)
        self._outbox.send(self.event("login", code="0", msg=""))

    def _subscribe(self, operation: str, sent: Any) -> None:
        if not isinstance(sent, dict) or not isinstance(sent.get("channel"), str):
            self._refuse((errors.WS_ILLEGAL, "Illegal request: channel is missing"))
            return
        # Only what names the channel: some carry options, e.g. account's extraParams.
        names = ("channel", "instType", "instFamily", "instId")
        arg = {name: str(sent[name]) for name in names if name in sent}
        refusal = self._problem(arg)
        if refusal is not None:
            self._refuse(refusal)
            return
        self._outbox.send(self.event(operation, arg=arg))
        channel = arg["channel"]
        if channel not in _WITH_LOGIN:
            if operation == "subscribe":
                self._markets.subscribe(self._outbox, arg, self._front.now_ns())
            else:
                self._markets.unsubscribe(self._outbox, arg)
        elif operation == "subscribe":
            self._private.subscribe(self._outbox, arg)
            self._send_first(arg)
        else:
            self._private.unsubscribe(self._outbox, arg)

    def _send_first(self, arg: Mapping[str, str]) -> None:
        """What is told of an account begins with what there is."""
        account = self._private.account_of(self._outbox)
        assert account is not None, "checked before"
        first = self._feed.first_message(arg, account, self._front.now_ns() // 1_000_000)
        if first is not None:
            self._outbox.send(first)

    def _problem(self, arg: Mapping[str, str]) -> tuple[str, str] | None:
        channel = arg["channel"]
        if channel not in _CHANNELS[self._kind]:
            text = f"Wrong URL or channel:{channel},instId:{arg.get('instId', '')} doesn't exist. "
            return errors.WS_WRONG_CHANNEL, f"{text}Please use the correct URL, channel."
        if channel in _WITH_LOGIN and self._private.account_of(self._outbox) is None:
            return errors.WS_LOGIN_FIRST
        if channel in _TIERED:
            return errors.WS_TIER
        if channel in private_streams.BY_TYPE and not arg.get("instType"):
            return errors.WS_ILLEGAL, "Illegal request: instType is missing"
        return None

    def _order(self, request: Mapping[str, Any]) -> None:
        account = self._private.account_of(self._outbox)
        if self._kind != "private" or account is None:
            self._refuse(errors.WS_LOGIN_FIRST)
            return
        task = asyncio.ensure_future(self._orders.serve(request, account, self._outbox))
        self._working.add(task)
        task.add_done_callback(self._working.discard)

    def _refuse(self, refusal: tuple[str, str]) -> None:
        code, text = refusal
        self._outbox.send(self.event("error", code=code, msg=text))
