"""What the adapter is told, and how long it waits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from venues.deribit.names import instrument_name
from venues.registry import VenueAccountConfig


@dataclass(frozen=True, slots=True)
class Timeouts:
    """`valid_for` bounds how late the venue may begin with a command (its `valid_until`), counted
    from when the database says that it is sent: what has not begun by then is refused there.
    `answer` is how long we wait for the reply.

    `ping` and `pong` together bound how long a half-open connection goes unnoticed.
    """

    valid_for: timedelta = timedelta(seconds=3)
    answer: timedelta = timedelta(seconds=3)
    question: timedelta = timedelta(seconds=5)
    connect: timedelta = timedelta(seconds=5)
    ping: timedelta = timedelta(seconds=1)
    pong: timedelta = timedelta(seconds=2)
    back_off_max: timedelta = timedelta(seconds=2)

    @property
    def visibility_horizon(self) -> timedelta:
        """From then on a "no such order" is final. The second is for what two clocks drift apart
        between two looks, and processes; how well the venue's is known is in `valid_until`."""
        return self.valid_for + timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Settings:
    account_id: str
    instrument_ids: tuple[str, ...]
    client_id: str
    client_secret: str = field(repr=False)
    http_url: str = ""
    ws_url: str = ""
    timeouts: Timeouts = Timeouts()

    @classmethod
    def of(cls, config: VenueAccountConfig) -> Settings:
        """`urls.http` is e.g. https://www.deribit.com, `urls.ws` wss://www.deribit.com/ws/api/v2;
        of the test venue https://test.deribit.com and wss://test.deribit.com/ws/api/v2."""
        return cls(
            account_id=config.account_id,
            instrument_ids=config.instrument_ids,
            client_id=config.credentials["client_id"],
            client_secret=config.credentials["client_secret"],
            http_url=config.urls["http"].rstrip("/"),
            ws_url=config.urls["ws"].rstrip("/"),
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The venue's names of the instruments that are traded."""
        return tuple(instrument_name(text) for text in self.instrument_ids)
