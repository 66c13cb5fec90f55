"""Keeps the market streams of a node alive, judged by whether they answer and by their quotes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from venues.nautilus.market_board import MarketBoard
from venues.nautilus.pulse import Pulse
from venues.nautilus.streams import Stream, renewed

_CHECK_S = 0.5

# A stream without a single change of a best price is rare, one instrument without any is not: and
# to connect anew for it interrupts the others.
_STREAM_S, _STREAM_MAX_S = 5.0, 60.0
_INSTRUMENT_S, _INSTRUMENT_MAX_S = 20.0, 600.0


@dataclass(slots=True)
class _Quiet:
    """How long nothing has come. Patience grows with each renewal that did not help; the first
    quote after one may be what every subscription begins with, and helps nothing."""

    first_s: float
    longest_s: float
    since: float
    patience_s: float = 0.0
    heard: int = 0

    def __post_init__(self) -> None:
        self.patience_s = self.first_s

    def hear(self, now: float) -> None:
        self.since = now
        self.heard += 1
        if self.heard > 1:
            self.patience_s = self.first_s

    def renewed(self, now: float, *, connected: bool) -> None:
        if connected and self.is_too_long(now):
            self.patience_s = min(self.patience_s * 2, self.longest_s)
        self.since, self.heard = now, 0

    def is_too_long(self, now: float) -> bool:
        return now - self.since > self.patience_s


class Silence:
    """Whether the quotes of a stream stay away: all of them, or those of one of its instruments.

    A subscription can be lost while its socket lives, and a socket while another one talks.
    """

    def __init__(self, board: MarketBoard, carries: Callable[[str], bool], now: float) -> None:
        """`carries` says whether an instrument's quotes come by this stream."""
        self._board = board
        self._carries = carries
        self._stream = _Quiet(_STREAM_S, _STREAM_MAX_S, now)
        self._instruments: dict[str, _Quiet] = {}
        self._last_ns: dict[str, int] = {}

    def look(self, now: float) -> str | None:
        """Whose quotes have stayed away for too long; None if nobody's have."""
        expected = [name for name in self._board.expected if self._carries(name)]
        for name in expected:
            quiet = self._instruments.setdefault(
                name, _Quiet(_INSTRUMENT_S, _INSTRUMENT_MAX_S, now)
            )
            last_ns = self._board.last_ns(name)
            if self._last_ns.setdefault(name, last_ns) != last_ns:
                self._last_ns[name] = last_ns
                self._stream.hear(now)
                quiet.hear(now)
        if expected and self._stream.is_too_long(now):
            return "all of them"
        return next((name for name in expected if self._instruments[name].is_too_long(now)), None)

    def renewed(self, now: float, *, connected: bool) -> None:
        """The stream was connected anew, or could not be: then it is tried again as soon."""
        for quiet in (self._stream, *self._instruments.values()):
            quiet.renewed(now, connected=connected)


class MarketStreamKeeper:
    """Renews a market stream that is dead, or whose quotes stay away."""

    def __init__(
        self,
        name: str,
        stream: Stream,
        board: MarketBoard | None = None,
        carries: Callable[[str], bool] = lambda _: True,
    ) -> None:
        """`board` where quotes come from this stream, those of the instruments that it `carries`.
        Without one it is judged by its pulse alone."""
        self._name = name
        self._stream = stream
        self._board = board
        self._carries = carries

    async def watch(self) -> None:
        pulse = Pulse(self._stream)
        silence = None
        if self._board is not None:
            silence = Silence(self._board, self._carries, time.monotonic())
        while True:
            await asyncio.sleep(_CHECK_S)
            now = time.monotonic()
            missing = silence.look(now) if silence is not None else None
            if not await pulse.is_dead(now) and missing is None:
                continue
            name = f"{self._name} (silent: {missing})" if missing else self._name
            connected = await renewed(self._stream.renew, name)
            pulse.reset()
            if silence is not None:
                silence.renewed(time.monotonic(), connected=connected)
