"""Keeps the two connections up: the private one for orders and fills, the public one for prices.

Two, so that a flood of prices never delays a fill. A connection that stands but says nothing is
found by a question every second. On the private one that is a private question: a token that
has ended silences the private channels without a word, and only such a question tells.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

from venues.deribit.credit_pools import Credit, CreditPool
from venues.deribit.failures import TOO_MANY_REQUESTS, NoAnswer, VenueSaidNo
from venues.deribit.rpc_socket import OnNotification, OnTimes, RpcSocket
from venues.deribit.settings import Settings, Timeouts

_LOG = logging.getLogger(__name__)
_BACK_OFF_S = 0.1
_PRIVATE_CHANNEL = "user.changes.any.any.raw"
_PRIVATE_QUESTION = "private/get_cancel_on_disconnect"

# A token is renewed when this share of its life has passed.
_RENEW_AT = 0.7


class Stream:
    """One connection that is made anew for as long as it takes. Subclasses say what it is for."""

    def __init__(
        self,
        name: str,
        settings: Settings,
        on_notification: OnNotification,
        on_times: OnTimes | None = None,
    ) -> None:
        self.is_live = False
        self._on_times = on_times
        self._name = name
        self._settings = settings
        self._on_notification = on_notification
        self._went_live = asyncio.Event()

    @property
    def timeouts(self) -> Timeouts:
        return self._settings.timeouts

    async def live(self) -> None:
        """Return once the connection is up."""
        await self._went_live.wait()

    async def keep(self) -> None:
        """Hold the connection, without end."""
        wait_s = _BACK_OFF_S
        while True:
            try:
                await self._once()
            except (NoAnswer, VenueSaidNo) as failure:
                _LOG.warning("DERIBIT: the %s stream is away: %s", self._name, failure)
                self._failed(failure)
            except Exception:  # noqa: BLE001 - a message that cannot be read must not end trading
                _LOG.exception("DERIBIT: the %s stream could not be read", self._name)
            wait_s = _BACK_OFF_S if self.is_live else min(wait_s * 2, self._back_off_max_s)
            self._lost()
            await asyncio.sleep(wait_s)

    async def _once(self) -> None:
        connect_s = self.timeouts.connect.total_seconds()
        async with RpcSocket(
            self._settings.ws_url, self._on_notification, connect_s, self._on_times
        ) as socket:
            await self._greet(socket)
            self.is_live = True
            self._went_live.set()
            await self._greeted()
            watching = asyncio.create_task(self._watch(socket), name=f"pings of {self._name}")
            ended = asyncio.create_task(socket.ended(), name=f"end of {self._name}")
            try:
                await asyncio.wait({watching, ended}, return_when=asyncio.FIRST_COMPLETED)
                for task in (watching, ended):
                    if task.done():
                        task.result()
                raise NoAnswer("the connection ended")
            finally:
                watching.cancel()
                ended.cancel()
                await asyncio.gather(watching, ended, return_exceptions=True)

    def _lost(self) -> None:
        self.is_live = False
        self._went_live.clear()

    async def _watch(self, socket: RpcSocket) -> None:
        """Ask now and then; raises when no answer comes."""
        while True:
            await asyncio.sleep(self.timeouts.ping.total_seconds())
            await self._ask_for_life(socket)

    async def _greet(self, socket: RpcSocket) -> None:
        """Log in and subscribe."""
        raise NotImplementedError

    async def _greeted(self) -> None:
        """The connection is up."""

    def _failed(self, failure: NoAnswer | VenueSaidNo) -> None:
        """The connection is away, for that reason."""

    async def _ask_for_life(self, socket: RpcSocket) -> None:
        await socket.ask("public/test", {}, self.timeouts.pong.total_seconds())

    @property
    def _back_off_max_s(self) -> float:
        return self.timeouts.back_off_max.total_seconds()


class PrivateStream(Stream):
    """Orders and fills. `on_restored` hears that it is back after it was away."""

    def __init__(
        self,
        settings: Settings,
        questions: CreditPool,
        on_changes: Callable[[Any], None],
        on_restored: Callable[[], None],
        on_times: OnTimes,
    ) -> None:
        super().__init__("private", settings, lambda _channel, data: on_changes(data), on_times)
        self._questions = questions
        self._on_restored = on_restored
        self._was_live = False
        self._renew_at = 0.0

    async def _greet(self, socket: RpcSocket) -> None:
        await self._log_in(socket)
        within_s = self.timeouts.question.total_seconds()
        if await socket.subscribe("private", [_PRIVATE_CHANNEL], within_s):
            raise NoAnswer(f"the venue did not subscribe to {_PRIVATE_CHANNEL}")

    async def _greeted(self) -> None:
        if self._was_live:
            self._on_restored()
        self._was_live = True

    async def _ask_for_life(self, socket: RpcSocket) -> None:
        if time.monotonic() >= self._renew_at:
            await self._log_in(socket)
        credit = await self._credit()
        await socket.ask(
            _PRIVATE_QUESTION, {"scope": "connection"}, self.timeouts.pong.total_seconds()
        )
        credit.answered()

    def _failed(self, failure: NoAnswer | VenueSaidNo) -> None:
        if isinstance(failure, VenueSaidNo) and failure.code == TOO_MANY_REQUESTS:
            self._questions.exhausted()

    async def _credit(self) -> Credit:
        """Before all other questions, from what they leave: above the limit the stream would end.

        Not for ever: a venue that grants so little is one that we cannot follow.
        """
        credit = await self._questions.take(self.timeouts.pong.total_seconds(), urgent=True)
        if credit is None:
            raise NoAnswer("there is no credit for a question")
        return credit

    async def _log_in(self, socket: RpcSocket) -> None:
        credit = await self._credit()
        token = await socket.log_in(
            self._settings.client_id,
            self._settings.client_secret,
            self.timeouts.question.total_seconds(),
        )
        credit.answered()
        self._renew_at = time.monotonic() + float(token["expires_in"]) * _RENEW_AT


class MarketStream(Stream):
    """Prices of the instruments that `names` tells when a connection is made: tickers for the top
    of book, ten levels, public trades."""

    def __init__(
        self,
        settings: Settings,
        names: Callable[[], Sequence[str]],
        on_notification: OnNotification,
    ) -> None:
        super().__init__("market", settings, on_notification)
        self._names = names

    async def _greet(self, socket: RpcSocket) -> None:
        channels = [
            channel
            for name in self._names()
            for channel in (
                f"ticker.{name}.100ms",
                f"book.{name}.none.10.100ms",
                f"trades.{name}.100ms",
            )
        ]
        within_s = self.timeouts.question.total_seconds()
        missing = await socket.subscribe("public", channels, within_s)
        if missing:
            # An instrument that has expired must not take the prices of the others with it.
            _LOG.error("DERIBIT has no channels %s", ", ".join(missing))
