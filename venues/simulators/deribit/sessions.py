"""One WebSocket connection: who it speaks for, what it listens to, and its heartbeats."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from venues.simulators.deribit.access import Access
from venues.simulators.deribit.channels import RAW, parse_channel
from venues.simulators.deribit.errors import RpcError, raw_needs_authentication, unauthorized
from venues.simulators.deribit.front import Front, NoAnswer, Request
from venues.simulators.deribit.http import envelope, parsed
from venues.simulators.deribit.market_streams import MarketStreams
from venues.simulators.deribit.user_streams import UserStreams
from venues.simulators.deribit.wire_format import encoded
from venues.simulators.fault_plans import Ending
from venues.simulators.outbox import Outbox

GOODBYE_S = 0.05
"""So long an error may take to leave before the connection that it ends is cut."""


class Session:
    """Implements ``calls.Connection`` and ``subscribers.Subscriber``.

    Private channels go silent when the token runs out; nothing is said about it. Orders placed
    here are cancelled when the connection breaks, if it asked for that, but not at a logout.
    """

    def __init__(
        self,
        front: Front,
        access: Access,
        markets: MarketStreams,
        users: UserStreams,
        outbox: Outbox,
        address: str,
    ) -> None:
        self.account: str | None = None
        self.opened_ns = time.time_ns()
        self.order_ids: set[int] = set()
        self._front = front
        self._access = access
        self._markets = markets
        self._users = users
        self._outbox = outbox
        self._address = address
        self._token = ""
        self._cancels = False
        self._channels: set[str] = set()
        self._beating: asyncio.Task[None] | None = None
        self._tested = True
        self._heard = False

    # --- what the streams see ---

    @property
    def speaks_for(self) -> str | None:
        live = self._access.is_live(self._token, self._front.now_ns())
        return self.account if live else None

    @property
    def is_dead(self) -> bool:
        """Half open: the connection stands and nothing goes through it."""
        return self._front.faults.half_open(self._front.venue, self.opened_ns)

    def send(self, text: str) -> None:
        if not self.is_dead:
            self._outbox.send(text)

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
            self._access.revoke(self._token)
        self._cancels = False
        self._outbox.abort()

    def subscribe(self, channels: list[str], now_ns: int) -> list[str]:
        """Names that mean nothing are left out of the answer, as the venue does."""
        known = [channel for channel in map(parse_channel, channels) if channel is not None]
        for channel in known:
            if channel.is_private and self.speaks_for is None:
                raise unauthorized("private channels need authentication")
            market = channel.topic in ("book", "ticker", "trades")
            if market and channel.interval == RAW and self.speaks_for is None:
                raise raw_needs_authentication()
        for channel in known:
            self._channels.add(channel.name)
            if channel.is_private:
                self._users.subscribers.add(channel, self)
            else:
                self._markets.subscribe(channel, self, now_ns)
        return [channel.name for channel in known]

    def unsubscribe(self, channels: list[str] | None) -> list[str]:
        dropped = [name for name in channels or self._channels if name in self._channels]
        for name in dropped:
            self._channels.discard(name)
            self._users.subscribers.discard(self, name)
            self._markets.subscribers.discard(self, name)
        return dropped

    def beat_every(self, seconds: float | None) -> None:
        if self._beating is not None:
            self._beating.cancel()
            self._beating = None
        if seconds is not None:
            self._tested = True
            self._beating = asyncio.create_task(self._beat(seconds))

    def tested(self) -> None:
        """The client answered ``public/test``."""
        self._tested = True

    # --- its life ---

    async def on_text(self, text: str) -> None:
        """Answer one request."""
        received_ns = time.time_ns()
        if self.is_dead:
            return
        self._heard = True
        request_id: Any = None
        try:
            asked = parsed(text)
            request_id, values = asked.get("id"), asked.get("params") or {}
            if asked["method"] == "public/test":
                self.tested()
            outcome = {"result": await self._perform(asked["method"], values, received_ns)}
        except RpcError as error:
            told = {"error": error.body}
            self.send(envelope(self._front, received_ns, request_id, told))
            if error.ends_session:
                asyncio.get_running_loop().call_later(GOODBYE_S, self._outbox.abort)
            return
        except NoAnswer as unanswered:
            if unanswered.plan.ending is not Ending.SILENCE:
                self._outbox.abort()
            return
        self.send(envelope(self._front, received_ns, request_id, outcome))

    def tell_error(self, code: int, message: str) -> None:
        """An error frame that answers nothing."""
        self.send(encoded({"jsonrpc": "2.0", "error": {"code": code, "message": message}}))

    def ended(self, cancel: Callable[[set[int]], None]) -> None:
        """The connection is gone."""
        self.beat_every(None)
        self._users.subscribers.drop(self)
        self._markets.subscribers.drop(self)
        if self._cancels:
            cancel(self.order_ids)

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

    def _identify(self, values: dict[str, Any], now_ns: int) -> str | None:
        token = values.get("access_token")
        if token:
            return self._access.account_of_token(str(token), now_ns)
        return self.speaks_for

    async def _beat(self, seconds: float) -> None:
        """Heartbeats; a client that was silent is asked for a sign, and cut off without one."""
        while True:
            await asyncio.sleep(seconds)
            if not self._tested:
                self._outbox.abort()
                return
            kind = "heartbeat" if self._heard else "test_request"
            self._tested = self._heard
            self._heard = False
            beat = {"jsonrpc": "2.0", "method": "heartbeat", "params": {"type": kind}}
            self.send(encoded(beat))
