"""Keeping the connection to TWS: dialling, noticing that it is dead, dialling again.

TWS can lose IB while our socket stays open (1100): then we are connected to nothing. What IB tells
meanwhile is not repeated when it is back (1101, 1102), so both count as a gap in the stream.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from venues.interactive_brokers.codes import (
    CLIENT_ID_IN_USE,
    CONNECTION_LOST,
    RESTORED_DATA_KEPT,
    RESTORED_DATA_LOST,
    SOCKET_PORT_RESET,
    TOO_FAST,
)
from venues.interactive_brokers.messages import ErrorSaid, Gone, Said
from venues.interactive_brokers.pacing import Pacing, Turn
from venues.interactive_brokers.questions import Questions
from venues.interactive_brokers.settings import Settings
from venues.interactive_brokers.tws import Tws
from venues.port import VenueUnreachable

logger = logging.getLogger(__name__)

_CLOSED_WITHIN_S = 1.0
_TIME = "time"


class Served(Protocol):
    """Whose connection it is."""

    def hear(self, said: Said) -> None:
        """A message that answers no question of the link."""

    async def begin(self) -> None:
        """A new connection; it counts as up when this returns. Raises VenueUnreachable."""

    def gone(self) -> None:
        """The socket is closed."""

    def lost(self, reason: str) -> None:
        """It is not up any more, or did not come up."""

    def restored(self) -> None:
        """TWS has IB again, on the connection that it was."""

    def alive(self) -> None:
        """It has just been proven that the line works."""


class Link:
    """One client id's connection. `up_since` is when what happens began to be heard again; `ahead`
    is by how much our clock is surely ahead of that of TWS: it may be a second more."""

    def __init__(self, settings: Settings, served: Served) -> None:
        self._settings = settings
        self._served = served
        self.questions = Questions()
        self.pacing = Pacing(settings.messages_per_s)
        self.tws = Tws(self._on_message, self.questions.answered, self.questions.ended)
        self.up = asyncio.Event()
        self.up_since: datetime | None = None
        self.clock_offset_ms: float | None = None
        self.ahead = timedelta(0)
        self._begun = False
        self._offline_since: float | None = None
        self._gone = asyncio.Event()
        self._refusal = ""
        self._keeping: asyncio.Task[None] | None = None

    @property
    def last_message_at(self) -> datetime | None:
        return self.tws.last_message_at

    @property
    def why_down(self) -> str:
        where = f"{self._settings.host}:{self._settings.port}"
        return self._refusal or f"TWS at {where} is not connected"

    def start(self) -> None:
        self._keeping = asyncio.create_task(self._keep(), name="link to TWS")

    async def stop(self) -> None:
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        self._down("the connection to TWS is being closed")
        self.tws.disconnect()

    async def ask(
        self, key: int | str, send: Callable[[], None], turn: Turn = Turn.QUESTION
    ) -> list[Any]:
        """A question; `question_s` bounds the silence before its answer and within it. Raises
        VenueUnreachable, and Refused where TWS says so."""
        loop, silence_s = asyncio.get_running_loop(), self._settings.question_s
        self._require_answers()
        try:
            async with asyncio.timeout(silence_s) as deadline, self.questions.alone(key):
                await self.pacing.turn(turn)  # at last: what has its turn is sent at once
                self._require_answers()
                return await self.questions.ask(
                    key, send, lambda: deadline.reschedule(loop.time() + silence_s)
                )
        except TimeoutError as error:
            raise VenueUnreachable(f"TWS did not answer {key!r} in time; ask again.") from error

    async def caught_up(self) -> None:
        """Return when TWS has told all that it had to tell until now: the time, asked for now,
        comes behind it. Raises VenueUnreachable.

        The pings ask for the time too and wait meanwhile, so it goes before commands as they do:
        behind many of them the line would look dead.
        """
        await self.ask(_TIME, self.tws.ask_time, Turn.CANCEL)

    def _require_answers(self) -> None:
        if not self.tws.is_ready or self._offline_since is not None:
            raise VenueUnreachable(f"{self.why_down}; ask again.")

    # --- the life of the connection ---

    async def _keep(self) -> None:
        """Dial, serve, dial again, without end."""
        delay = self._settings.retry_from_s
        while True:
            self._gone.clear()
            try:
                await self._dial()
                await self._served.begin()
                self._begun = True
                delay, self._refusal = self._settings.retry_from_s, ""
                if self._offline_since is None:
                    self._rise()
                await self._serve()
            except (OSError, TimeoutError, VenueUnreachable) as error:
                self._refusal = self._refusal or f"{self.why_down}: {str(error) or 'no answer'}"
                logger.warning("%s; trying again", self._refusal)
            except Exception as error:  # whatever one session brings, the next one is dialled
                self._refusal = f"{self.why_down}: {error!r}"
                logger.exception("the session with TWS broke; trying again")
            else:
                self._down("the connection to TWS was lost")
                continue
            self._down(self._refusal)
            await self._cut()
            await asyncio.sleep(delay)
            delay = min(delay * 2, self._settings.retry_up_to_s)

    async def _dial(self) -> None:
        """Raises OSError or TimeoutError; at once where the client id is taken: after a drop TWS
        needs some seconds to notice that it is free again."""
        settings = self._settings
        self._refusal, self._begun, self._offline_since = "", False, None
        dialling = asyncio.create_task(
            self.tws.connect(settings.host, settings.port, settings.client_id, settings.connect_s)
        )
        refused = asyncio.create_task(self._gone.wait())
        try:
            await asyncio.wait({dialling, refused}, return_when=asyncio.FIRST_COMPLETED)
            if not dialling.done():
                raise ConnectionRefusedError(self._refusal or "TWS closed the connection")
            await dialling
        finally:
            refused.cancel()
            if not dialling.done():
                dialling.cancel()
                await asyncio.gather(dialling, return_exceptions=True)

    async def _serve(self) -> None:
        """Return when the connection is gone, silent for too long, or connected to nothing."""
        unanswered = 0
        while not self._gone.is_set():
            pinging = asyncio.create_task(self._ping())
            try:
                async with asyncio.timeout(self._settings.ping_every_s):
                    await self._gone.wait()
            except TimeoutError:
                pass
            if pinging.done() and pinging.result():
                unanswered = 0
                if self._is_stranded():
                    logger.warning("TWS does not say that it has IB again; dialling anew")
                    await self._cut()
                    return
                continue
            # Counted, not timed: while this process itself stood still nobody could answer.
            unanswered += 1
            pinging.cancel()
            if unanswered >= self._settings.unanswered_pings:
                logger.warning("TWS has left %s pings unanswered", unanswered)
                await self._cut()
                return

    async def _cut(self) -> None:
        """Close the socket and see its end: it must not be taken for the end of the next one."""
        self._gone.clear()
        if self.tws.abort():
            with suppress(TimeoutError):
                async with asyncio.timeout(_CLOSED_WITHIN_S):
                    await self._gone.wait()

    async def _ping(self) -> bool:
        """Ask for the time: it proves that the line lives, and says how far the clocks differ."""
        try:
            async with self.questions.alone(_TIME):
                await self.pacing.turn(Turn.CANCEL)
                if not self.tws.is_ready:
                    return False
                before = time.time()
                answer = await self.questions.ask(_TIME, self.tws.ask_time)
        except VenueUnreachable:
            return False
        # IB tells whole seconds: it is up to one second later than it says, on average half of one.
        self.clock_offset_ms = (answer[-1] + 0.5 - (before + time.time()) / 2) * 1000
        self.ahead = timedelta(seconds=max(before - (answer[-1] + 1), 0))
        if self.up.is_set():
            self._served.alive()
        return True

    def _is_stranded(self) -> bool:
        """Whether IB has been away for so long that TWS may have forgotten to say that it is back:
        after its nightly reset it does. A new session shows what is true."""
        if self._offline_since is None:
            return False
        return time.monotonic() - self._offline_since >= self._settings.offline_s

    def _rise(self) -> None:
        self.up_since = datetime.now(UTC)
        self.up.set()

    def _down(self, reason: str) -> None:
        self.up.clear()
        self.questions.give_up(f"{reason}; ask again.")
        self._served.lost(reason)

    # --- what TWS says of the connection ---

    def _on_message(self, said: Said) -> None:
        match said:
            case Gone():
                self.up.clear()  # at once: whoever sends before `_keep` runs must know
                self._gone.set()
                self.questions.give_up("the connection to TWS was lost; ask again.")
                self._served.gone()
            case ErrorSaid(request_id=-1):
                self._on_connection(said)
            case ErrorSaid() if self.questions.refused(said):
                pass
            case _:
                self._served.hear(said)

    def _on_connection(self, said: ErrorSaid) -> None:
        """An error that is about no request."""
        if said.code == CLIENT_ID_IN_USE:
            client_id = self._settings.client_id
            self._refusal = (
                f"TWS says that API client id {client_id} is in use: another process has it, or "
                "TWS has not yet noticed that we were gone"
            )
            self._gone.set()
        elif said.code in CONNECTION_LOST:
            logger.warning("TWS has lost IB: %s %s", said.code, said.text)
            self._offline_since = self._offline_since or time.monotonic()
            self._refusal = "TWS has lost its connection to IB"
            self._down(self._refusal)
        elif said.code in (RESTORED_DATA_LOST, RESTORED_DATA_KEPT):
            logger.warning("TWS has IB again: %s", said.code)
            self._offline_since, self._refusal = None, ""
            if self._begun and self.tws.is_ready:
                self._rise()
                self._served.restored()
        elif said.code == SOCKET_PORT_RESET:
            self.tws.abort()
        elif said.code == TOO_FAST:
            logger.error("TWS dropped a message, we were too fast: %s", said.text)
        else:
            logger.info("TWS: %s %s", said.code, said.text)
            self._served.hear(said)
