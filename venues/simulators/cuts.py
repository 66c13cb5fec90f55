"""How a venue ends streams that are open."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Streams(StrEnum):
    """Which streams are meant: those that proved who they are, the others, or all."""

    PRIVATE = "private"
    PUBLIC = "public"
    ALL = "all"


class Cuttable(Protocol):
    """One connection."""

    def abort(self) -> None:
        """End it without a word."""

    def close(self) -> None:
        """End it with a close frame, after what was sent before."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Ends streams, by a close frame or without one; new private ones are refused for a while."""

    streams: Streams = Streams.PRIVATE
    close: bool = False
    refuse_s: float = 0.0

    def of(self, connections: Iterable[Cuttable], *, private: bool) -> int:
        """End connections of one sort, if they are meant; returns how many."""
        meant = self.streams is Streams.ALL or (self.streams is Streams.PRIVATE) is private
        ended = list(connections) if meant else []
        for connection in ended:
            if self.close:
                connection.close()
            else:
                connection.abort()
        return len(ended)
