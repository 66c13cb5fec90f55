"""The library's user stream, of which one can ask whether it is alive."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec
from nautilus_trader.adapters.binance.websocket.user import BinanceUserDataWebSocketClient
from nautilus_trader.core.nautilus_pyo3 import WebSocketClient

from venues.nautilus.binance.sign_in import LOG_ON, SUBSCRIBE, SUBSCRIBE_SIGNED, signed
from venues.nautilus.venue_clock import VenueClock

_SIGN_OF_LIFE = "alive"
_ANSWER_S = 1.0


class _Reply(msgspec.Struct):
    id: str | int | None = None


class PulsedUserStream(BinanceUserDataWebSocketClient):
    """Spot answers a ping of the WebSocket API, futures the list of what the stream carries."""

    heard_at = 0.0
    has_answered = False
    venue_clock: VenueClock
    on_heard: Callable[[], None]
    _is_leaving = False

    async def connect(self) -> None:
        self._is_leaving = False
        await super().connect()

    async def unsubscribe_user_data_stream(self) -> None:
        self._is_leaving = True
        await super().unsubscribe_user_data_stream()

    async def session_logon(self) -> dict[str, Any]:
        """Futures as the library does it, but stamped by the venue's clock. Spot needs no login,
        which the venue grants to some keys only: each subscription is signed."""
        if self._use_rest_listen_key:
            return await super().session_logon()
        response = await self._send_request(LOG_ON, self._signed()) if self._is_futures else {}
        self._is_authenticated = True
        return response

    async def _send_request(
        self,
        method: str,
        params: dict[str, Any] | None = None,
        timeout: float = 10.0,  # noqa: ASYNC109 - the library's
    ) -> dict[str, Any]:
        if method == SUBSCRIBE:
            method, params = SUBSCRIBE_SIGNED, self._signed()
        return await super()._send_request(method, params, timeout)

    def _signed(self) -> dict[str, Any]:
        return signed(self._api_key, self.venue_clock.timestamp_ms(), self._get_sign)

    async def probe(self) -> None:
        method = "LIST_SUBSCRIPTIONS" if self._is_futures else "ping"
        socket = self.socket
        if socket is not None and socket.is_active():
            await socket.send_text(msgspec.json.encode({"id": _SIGN_OF_LIFE, "method": method}))

    async def prove(self) -> None:
        """Let it answer once: from then on its silence is a sign that it is dead. A connection can
        die in its first second, too."""
        await self.probe()
        with suppress(TimeoutError):
            async with asyncio.timeout(_ANSWER_S):
                while not self.has_answered:
                    await asyncio.sleep(_ANSWER_S / 100)

    @property
    def socket(self) -> WebSocketClient | None:
        """The connection on which news of orders arrive."""
        socket: WebSocketClient | None
        socket = self._stream_client if self._is_futures else self._client
        return socket

    @property
    def is_live(self) -> bool:
        """Whether news of orders can arrive now."""
        socket = self.socket
        if self.subscription_id is None or socket is None:
            return False
        # A socket that is being connected anew calls itself active all the time.
        return not (socket.is_reconnecting() or socket.is_closed())

    @property
    def is_given_up(self) -> bool:
        """The library has given up: one failed recovery, and it never listens again."""
        return bool(self._is_recovery_failed)

    async def renew(self) -> None:
        """Leave the user stream and connect it anew. Raises whatever the library raises."""
        await self.disconnect()
        await self.connect()
        await self.session_logon()
        await self.subscribe_user_data_stream(pre_dispatch_hook=self._on_resubscribe)

    async def _resubscribe(self) -> None:
        # Spot says eventStreamTerminated also of a stream that is left on purpose.
        if not self._is_leaving:
            await super()._resubscribe()

    def _handle_message(self, raw: bytes) -> None:
        if not self._is_sign_of_life(raw):
            super()._handle_message(raw)

    def _handle_stream_message(self, raw: bytes) -> None:
        if not self._is_sign_of_life(raw):
            super()._handle_stream_message(raw)

    def _is_sign_of_life(self, raw: bytes) -> bool:
        """Every message is one; True if it says nothing else."""
        self.heard_at = time.monotonic()
        self.on_heard()
        if _SIGN_OF_LIFE.encode() not in raw:
            return False
        try:
            is_answer = bool(msgspec.json.decode(raw, type=_Reply).id == _SIGN_OF_LIFE)
        except msgspec.MsgspecError:
            return False  # the library says what is wrong with it
        self.has_answered = self.has_answered or is_answer
        return is_answer


def pulsed(
    plain: BinanceUserDataWebSocketClient,
    api_secret: str,
    venue_clock: VenueClock,
    on_heard: Callable[[], None],
    **hooks: Any,
) -> PulsedUserStream:
    """The same stream as the library built it, before it was connected; `on_heard` is called at
    each message, before what it says is handed on."""
    stream = PulsedUserStream(
        clock=plain._clock,  # noqa: SLF001
        base_url=plain._base_url,  # noqa: SLF001
        api_key=plain._api_key,  # noqa: SLF001
        api_secret=api_secret,
        loop=plain._loop,  # noqa: SLF001
        is_futures=plain._is_futures,  # noqa: SLF001
        stream_base_url=plain._stream_base_url,  # noqa: SLF001
        is_ed25519=plain._ed25519_key is not None,  # noqa: SLF001
        account_type=plain._account_type,  # noqa: SLF001
        **hooks,
    )
    stream.venue_clock = venue_clock
    stream.on_heard = on_heard
    return stream
