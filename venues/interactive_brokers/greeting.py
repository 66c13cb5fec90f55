"""The greeting of TWS, which is the one place where it tells the time on its own clock.

Executions and completed orders are those of its day, which begins at midnight of the time zone of
the login. So the clock says how far back its lists reach; the library drops it.
"""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta

_LENGTH = struct.Struct(">I")
_CLOCK = "%Y%m%d %H:%M:%S"  # the name of the zone follows, in words that no library knows
_CLOCK_CHARACTERS = 17


class Greeting:
    """Reads the first message of each session."""

    def __init__(self) -> None:
        self._read = b""
        self._complete = False
        self._ahead: timedelta | None = None

    def expect(self) -> None:
        """A new session begins."""
        self._read, self._complete, self._ahead = b"", False, None

    def hear(self, data: bytes) -> None:
        """What came over the socket, in pieces."""
        if self._complete:
            return
        self._read += data
        if len(self._read) < _LENGTH.size:
            return
        end = _LENGTH.size + _LENGTH.unpack_from(self._read)[0]
        if len(self._read) < end:
            return
        message = self._read[_LENGTH.size : end].decode(errors="replace")
        self._read, self._complete = b"", True
        _version, _, clock = message.partition("\0")
        try:
            told = datetime.strptime(clock.strip()[:_CLOCK_CHARACTERS], _CLOCK).replace(tzinfo=UTC)
        except ValueError:
            return
        self._ahead = told - datetime.now(UTC)

    def day_began(self, now: datetime) -> datetime:
        """When the day of TWS began. Where it told no time, the latest midnight of any zone: they
        are quarters of an hour apart."""
        if self._ahead is None:
            return now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
        there = now + self._ahead
        return there.replace(hour=0, minute=0, second=0, microsecond=0) - self._ahead
