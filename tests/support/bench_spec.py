"""What the bench must know of a venue: one `BenchSpec` per venue, in `tests/contracts/venues/`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from domain.order_events import VenueCanceled, VenueExpired, VenueRejected
from domain.outcomes import Rejected
from venues.registry import VenueAccountConfig, known_venues
from venues.simulators.cuts import Streams


class How(StrEnum):
    """In which way a venue ends an order that does not trade."""

    EXPIRED = "expired"
    CANCELED = "canceled"
    REFUSED = "refused"


_HOW = {
    VenueExpired: How.EXPIRED,
    VenueCanceled: How.CANCELED,
    VenueRejected: How.REFUSED,
    Rejected: How.REFUSED,
}


@dataclass(frozen=True, slots=True)
class End:
    """How the venue ends an order, and a regular expression for why, as it is told to us."""

    how: How
    words: str = ""

    def __str__(self) -> str:
        return f"{self.how}: `{self.words}`" if self.words else self.how

    def is_told_by(self, told: object) -> bool:
        """`told` is the refusal, or the event that ended the order."""
        said = f"{getattr(told, 'code', '')}: {getattr(told, 'reason', '')}"
        return _HOW.get(type(told)) is self.how and re.search(self.words, said) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """How the venue ends what cannot trade; None where it has no such order.

    `ioc` and `fok` find nothing; `gtd` has had its time; `post_only` would take; `reduce_only` has
    nothing to reduce.
    """

    ioc: End = End(How.EXPIRED)
    fok: End = End(How.EXPIRED)
    gtd: End | None = None
    post_only: End | None = None
    reduce_only: End | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchSpec:
    """Most cards trade the first instrument.

    `urls` makes the adapter's urls from the simulator's port. `symbols` is what the simulator
    calls an instrument, where that is not the symbol that the adapter reports. `not_offered` says
    of features that the venue has why we do not serve them, by the name of the cards' need.
    `market_fok` says whether a market order can be fill-or-kill. `display_least` is the least that
    the venue lets an iceberg show, `gtd_life` how long an order that expires has to live at least.
    `market_streams` are the connections that its market comes by.
    A request that is held up for longer than `held_up_most` takes more than itself with it.
    """

    venue: str
    instruments: tuple[str, ...]
    credentials: Mapping[str, str]
    urls: Callable[[int], Mapping[str, str]]
    ends: Ends
    options: Mapping[str, str] = field(default_factory=dict)
    environment: str = "LIVE"
    symbols: Mapping[str, str] = field(default_factory=dict)
    not_offered: Mapping[str, str] = field(default_factory=dict)
    market_fok: bool = False
    display_least: Decimal = Decimal(0)
    gtd_life: timedelta = timedelta(seconds=3)
    market_streams: Streams = Streams.PUBLIC
    held_up_most: timedelta = timedelta(seconds=4)

    def config(self, port: int) -> VenueAccountConfig:
        config = VenueAccountConfig(
            venue=self.venue,
            account_id=f"{self.venue}-main",
            instrument_ids=self.instruments,
            credentials=self.credentials,
            urls=self.urls(port),
            options=self.options,
            environment=self.environment,
        )
        problems = list(known_venues()[self.venue].problems(config))
        assert not problems, f"the bench of {self.venue} is not what its VENUE asks for: {problems}"
        return config
