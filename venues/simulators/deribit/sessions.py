"""One WebSocket connection: who it speaks for, what it listens to, and when it ends."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from venues.simulators.deribit.access import Access, Identity
from venues.simulators.deribit.channels import RAW, Channel, parse_channel
from venues.simulators.deribit.errors import RpcError, raw_needs_authentication, unauthorized
from venues.simulators.deribit.front import Front, NoAnswer, Request
from venues.simulators.deribit.heartbeats import Heartbeats
from venues.simulators.deribit.http import envelope, parsed
from venues.simulators.deribit.scopes import CHANNEL_SCOPES, allows
from venues.simulators.deribit.subscribers import Subscriber
from venues.simulators.deribit.wire_format import encoded
from venues.simulators.fault_plans import Ending

GOODBYE_S = 0.05
"""So long an error may take to leave before the connection that it ends is cut."""
FORGOTTEN_S = 60.0
"""A client that is silent so long is cut off, if it listens to nothing and wants no heartbeats."""
INACTIVE_S = 600.0
"""So is any, when nothing has gone either way for so long."""


class Streams(Protocol):
    """Some of the channels of the venue."""

    def subscribe(self, channel: Channel, subscriber: Subscriber, now_ns: int) -> None:
        """Tell a connection of a channel."""

    def unsubscribe(self, name: str, subscriber: Subscriber) -> None:
        """Tell it no more."""

    def drop(self, subscriber: Subscriber) -> None:
        """Forget a connection."""


class Line(Protocol):
    """The sending half of a WebSocket."""

    def send(self, text: str) -> None:
        """Queue a text."""

    def hang_up(self, code: int, reason: str) -> None:
        """Close politely."""

    def abort(self) -> None:
        """Cut the connection without a close frame."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What sessions are made of, shared by all of them."""

    front: Front
    access: Access
    markets: Streams
    users: Streams


class Session:
    """Implements ``calls.Connection`` and ``subscribers.Subscriber``.

    Private channels go silent when the token runs out; nothing is said about it. Orders placed
    here are cancelled when the connection breaks, if it asked for that, but not at a logout.
    """

    def __init__(self, parts: Parts, line: Line, address: str) -> None:
        self.account: str | None = None
        self.opened_ns = time.time_ns()
        self.order_ids: set[int] = set()
        self._parts = parts
        self._front = parts.front
        self._access = parts.access
        self._line = line
        self._address = address
        self._token = ""
        self._cancels = False
        self._channels: set[str] = set()
        self._heartbeats = Heartbeats(self._say, line.hang_up)
        self._heard_at = self._active_at = asyncio.get_running_loop().time()

    # --- what the streams see ---

    @property
    def speaks_for(self) -> str | None:
        live = self._access.tokens.is_live(self._token, self._front.now_ns())
        return self.account if live else None

    @property
    def is_dead(self) -> bool:
        """Half open: the connection stands and nothing goes through it."""
        return self._front.faults.half_open(self._front.venue, self.opened_ns)

    def send(self, text: str) -> None:
        self._heartbeats.sent()
        self._say(text)

    # --- what the methods see ---

    @property
    def cancels_on_disconnect(self) -> bool:
        return self._cancels

    def cancel_on_disconnect(self, *, enabled: bool) -> None:
        self._cancels = enabled

    def placed(self, order_id: int) -> None:
        self.order_ids.add(order_id)

    def authenticated(self, account: str, access: str) -> None:
        self.account, self._token = account, access

    def log_out(self, *, revoke: bool) -> None:
        if revoke:
            self._access.tokens.revoke(self._token)
        self._cancels = False
        self._line.abort()

    def subscribe(self, channels: list[str], now_ns: int) -> list[str]:
        """Names that mean nothing are left out of the answer, as the venue does, and so are those
        of channels that the token is no good for. What is told already is not begun anew."""
        known = [channel for channel in map(parse_channel, channels) if channel is not None]
        for channel in known:
            if channel.is_private and self.speaks_for is None:
                raise unauthorized()
            if channel.is_guarded and channel.interval == RAW and self.speaks_for is None:
                raise raw_needs_authentication()
        scope = self._access.tokens.scope(self._token)
        allowed = [c for c in known if allows(scope, CHANNEL_SCOPES.get(c.topic))]
        for channel in allowed:
            if channel.name not in self._channels:
                self._channels.add(channel.name)
                streams = self._parts.users if channel.is_private else self._parts.markets
                streams.subscribe(channel, self, now_ns)
        return [channel.name for channel in allowed]

    def unsubscribe(self, channels: list[str] | None) -> list[str]:
        dropped = [name for name in channels or self._channels if name in self._channels]
        for name in dropped:
            self._channels.discard(name)
            self._parts.users.unsubscribe(name, self)
            self._parts.markets.unsubscribe(name, self)
        return dropped

    def beat_every(self, seconds: float | None) -> None:
        if seconds is None:
            self._heartbeats.stop()
        else:
            self._heartbeats.begin(seconds)

    # --- its life ---

    def hear(self) -> None:
        """A frame of any kind came in."""
        self._heard_at = self._active_at = asyncio.get_running_loop().time()

    def is_given_up(self) -> bool:
        """Whether the venue has waited long enough for this client."""
        now = asyncio.get_running_loop().time()
        waits_for_nothing = not self._channels and not self._heartbeats.are_on
        if waits_for_nothing and now - self._heard_at > FORGOTTEN_S:
            return True
        return now - self._active_at > INACTIVE_S

    async def on_text(self, text: str) -> None:
        """Answer one request."""
        received_ns = time.time_ns()
        if self.is_dead:
            return
        request_id: Any = None
        try:
            asked = parsed(text)
            request_id, values = asked.get("id"), asked.get("params") or {}
            if asked["method"] == "public/test":
                self._heartbeats.tested()
            outcome = {"result": await self._perform(asked["method"], values, received_ns)}
        except RpcError as error:
            told = {"error": error.body}
            self._say(envelope(self._front, received_ns, request_id, told))
            if error.ends_session:
                asyncio.get_running_loop().call_later(GOODBYE_S, self._line.abort)
            return
        except NoAnswer as unanswered:
            if unanswered.plan.ending is not Ending.SILENCE:
                self._line.abort()
            return
        self._say(envelope(self._front, received_ns, request_id, outcome))

    def tell_error(self, code: int, message: str) -> None:
        """An error frame that answers nothing."""
        self._say(encoded({"jsonrpc": "2.0", "error": {"code": code, "message": message}}))

    def ended(self, cancel: Callable[[set[int]], None]) -> None:
        """The connection is gone, and with it the tokens that were good for it only."""
        self._heartbeats.stop()
        self._parts.users.drop(self)
        self._parts.markets.drop(self)
        self._access.tokens.connection_ended(self)
        if self._cancels:
            cancel(self.order_ids)

    def _say(self, text: str) -> None:
        if not self.is_dead:
            self._active_at = asyncio.get_running_loop().time()
            self._line.send(text)

    async def _perform(self, method: str, values: dict[str, Any], received_ns: int) -> Any:
        return await self._front.perform(
            Request(
                verb="WS",
                method=method,
                values=values,
                address=self._address,
                received_ns=received_ns,
                identify=lambda now_ns: self._identify(values, now_ns),
                connection=self,
            )
        )

    def _identify(self, values: dict[str, Any], now_ns: int) -> Identity | None:
        token = values.get("access_token")
        if token:
            return self._access.by_token(str(token), now_ns, self)
        # A login that has run out is none: it must not stand in the way of the next one.
        return None if self.speaks_for is None else self._access.by_token(self._token, now_ns, self)
