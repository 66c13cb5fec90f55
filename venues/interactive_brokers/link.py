"""Keeping the connection to TWS: dialling, noticing that it is dead, dialling again.

TWS can lose IB while our socket stays open (1100): then we are connected to nothing. What IB tells
meanwhile is not repeated when it is back (1101, 1102), so both count as a gap in the stream.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

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
from venues.interactive_brokers.questions import Questions, Refused
from venues.interactive_brokers.settings import Settings
from venues.interactive_brokers.tws import Tws
from venues.port import VenueUnreachable

logger = logging.getLogger(__name__)


class Link:
    """One client id's connection. `hear` gets the messages about orders and markets; `ready` is
    awaited on each new connection before it counts as up; `lost` is told why it went down."""

    def __init__(
        self,
        settings: Settings,
        hear: Callable[[Said], None],
        ready: Callable[[], Awaitable[None]],
        lost: Callable[[str], None],
        restored: Callable[[bool], None],
    ) -> None:
        self._settings = settings
        self._hear = hear
        self._ready = ready
        self._lost = lost
        self._restored = restored
        self.questions = Questions()
        self.pacing = Pacing()
        self.tws = Tws(self._on_message, self.questions.answered, self.questions.ended)
        self.up = asyncio.Event()
        self.clock_offset_ms: float | None = None
        self._offline = False
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
        self._keeping.add_done_callback(_report_end)

    async def stop(self) -> None:
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        self._down("the connection to TWS is being closed")
        self.tws.disconnect()

    async def ask(self, key: int | str, send: Callable[[], None]) -> list[Any]:
        """A bounded question. Raises VenueUnreachable, and Refused where TWS says so."""
        try:
            async with asyncio.timeout(self._settings.question_s):
                await self.pacing.turn(Turn.QUESTION)
                if not self.tws.is_ready or self._offline:
                    raise VenueUnreachable(f"{self.why_down}; ask again.")
                return await self.questions.ask(key, send)
        except TimeoutError as error:
            raise VenueUnreachable(f"TWS did not answer {key!r} in time; ask again.") from error

    # --- the life of the connection ---

    async def _keep(self) -> None:
        """Dial, serve, dial again, without end."""
        delay = self._settings.retry_from_s
        while True:
            self._gone.clear()
            try:
                await self._dial()
                await self._ready()
            except (OSError, TimeoutError, VenueUnreachable, Refused) as error:
                self._refusal = self._refusal or f"{self.why_down}: {str(error) or 'no answer'}"
                logger.warning("%s; trying again", self._refusal)
                self.tws.abort()
                await asyncio.sleep(delay)
                delay = min(delay * 2, self._settings.retry_up_to_s)
                continue
            delay, self._refusal = self._settings.retry_from_s, ""
            if not self._offline:
                self.up.set()
            await self._serve()

    async def _dial(self) -> None:
        """Raises OSError or TimeoutError; at once where the client id is taken: after a drop TWS
        needs some seconds to notice that it is free again."""
        settings = self._settings
        self._refusal, self._offline = "", False
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
        """Return when the connection is gone, or silent for too long."""
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
                continue
            # Counted, not timed: while this process itself stood still nobody could answer.
            unanswered += 1
            pinging.cancel()
            if unanswered >= self._settings.unanswered_pings:
                logger.warning("TWS has left %s pings unanswered", unanswered)
                self.tws.abort()
                break
        self._down("the connection to TWS was lost")

    async def _ping(self) -> bool:
        """Ask for the time: it proves that the line lives, and says how far the clocks differ."""
        before = time.time()
        try:
            await self.pacing.turn(Turn.CANCEL)
            if not self.tws.is_ready:
                return False
            answer = await self.questions.ask("time", self.tws.ask_time)
        except VenueUnreachable:
            return False
        # IB tells whole seconds: on average it is half a second later than it says.
        self.clock_offset_ms = (answer[-1] + 0.5 - (before + time.time()) / 2) * 1000
        return True

    def _down(self, reason: str) -> None:
        self.up.clear()
        self.questions.give_up(f"{reason}; ask again.")
        self._lost(reason)

    def _on_message(self, said: Said) -> None:
        match said:
            case Gone():
                self._gone.set()
                self.questions.give_up("the connection to TWS was lost; ask again.")
            case ErrorSaid(request_id=-1):
                self._on_connection(said)
            case ErrorSaid() if self.questions.refused(said):
                pass
            case _:
                self._hear(said)

    def _on_connection(self, said: ErrorSaid) -> None:
        """An error that is about the connection itself."""
        if said.code == CLIENT_ID_IN_USE:
            client_id = self._settings.client_id
            self._refusal = (
                f"TWS says that API client id {client_id} is in use: another process has it, or "
                "TWS has not yet noticed that we were gone"
            )
            self._gone.set()
        elif said.code in CONNECTION_LOST:
            logger.warning("TWS has lost IB: %s %s", said.code, said.text)
            self._offline, self._refusal = True, "TWS has lost its connection to IB"
            self._down(self._refusal)
        elif said.code in (RESTORED_DATA_LOST, RESTORED_DATA_KEPT):
            logger.warning("TWS has IB again: %s", said.code)
            self._offline, self._refusal = False, ""
            if self.tws.is_ready:
                self.up.set()
                self._restored(said.code == RESTORED_DATA_LOST)
        elif said.code == SOCKET_PORT_RESET:
            self.tws.abort()
        elif said.code == TOO_FAST:
            logger.error("TWS dropped a message, we were too fast: %s", said.text)
        else:
            logger.info("TWS: %s %s", said.code, said.text)


def _report_end(keeping: asyncio.Task[None]) -> None:
    """It runs until it is stopped; whatever else ends it is our mistake, and must be seen."""
    if not keeping.cancelled() and (error := keeping.exception()) is not None:
        logger.critical("the link to TWS ended, restart the process", exc_info=error)
