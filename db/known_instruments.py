"""What the venues offer, held in memory: every order is checked against it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from db.market import MarketData
from domain.capabilities import Capabilities
from domain.instruments import Instrument, InstrumentKind
from domain.orders import OrderRequest

# Venues change ticks and lots a few times a year. An id that we do not know may just have been
# listed, or may be a typing error repeated at full speed; hence the second bound.
RELOAD_AFTER_S = 60.0
RELOAD_ON_MISS_AFTER_S = 2.0


@dataclass(frozen=True, slots=True)
class InstrumentFilter:
    """What to list; None does not filter. `listed_at`: what had expired by then is left out;
    `venues` are those that are traded."""

    listed_at: datetime
    venues: frozenset[str]
    venue: str | None = None
    kind: InstrumentKind | None = None
    base: str | None = None
    quote: str | None = None
    pair: str | None = None

    def takes(self, instrument: Instrument) -> bool:
        wanted = (
            (self.venue, instrument.venue),
            (self.kind, instrument.kind),
            (self.base, instrument.base),
            (self.quote, instrument.quote),
            (self.pair, instrument.pair),
        )
        expired = instrument.expires_at is not None and instrument.expires_at <= self.listed_at
        traded = instrument.venue in self.venues and not expired
        return traded and all(want in (None, has) for want, has in wanted)


class KnownInstruments:
    """A copy of the instruments, reloaded when it is old or lacks what is asked for, and with it
    what each venue can do."""

    def __init__(self, market: MarketData, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._market = market
        self._monotonic = monotonic
        self._by_id: dict[str, Instrument] = {}
        self._offered: dict[str, Instrument] = {}
        self._capabilities: dict[str, Capabilities] = {}
        self._loaded_at = -RELOAD_AFTER_S
        self._loading = asyncio.Lock()

    async def for_request(self, request: OrderRequest) -> Sequence[Instrument]:
        """Those that the request may mean: the one that it names, or all spots of its pair."""
        if request.instrument_id is not None:
            offered = await self.offered(request.instrument_id)
            return [] if offered is None else [offered]
        return await self.spot_of(request.pair or "")

    async def offered(self, instrument_id: str) -> Instrument | None:
        """The instrument, if it can be traded."""
        await self.named(instrument_id)
        return self._offered.get(instrument_id)

    async def named(self, instrument_id: str) -> Instrument | None:
        """The instrument, also one that its venue does not offer any more."""
        await self._load_after(RELOAD_AFTER_S)
        if instrument_id not in self._by_id:
            await self._load_after(RELOAD_ON_MISS_AFTER_S)
        return self._by_id.get(instrument_id)

    async def spot_of(self, pair: str) -> Sequence[Instrument]:
        """The spot instruments of a pair, one a venue: the candidates of best-venue routing."""
        await self._load_after(RELOAD_AFTER_S)
        if not (found := self._spot(pair)):
            await self._load_after(RELOAD_ON_MISS_AFTER_S)
            found = self._spot(pair)
        return found

    async def listed(
        self, where: InstrumentFilter, limit: int, after: str | None = None
    ) -> list[Instrument]:
        """A page of what the filter takes, by instrument id, behind the id `after`."""
        await self._load_after(RELOAD_ON_MISS_AFTER_S)
        behind = sorted(name for name in self._offered if after is None or name > after)
        found = (self._offered[name] for name in behind if where.takes(self._offered[name]))
        return list(islice(found, limit))

    @property
    def capabilities(self) -> Mapping[str, Capabilities]:
        """By venue, of those that have said so: as of the last look at an instrument."""
        return self._capabilities

    @property
    def is_empty(self) -> bool:
        return not self._by_id

    def _spot(self, pair: str) -> list[Instrument]:
        return [
            instrument
            for instrument in self._offered.values()
            if instrument.pair == pair and instrument.kind is InstrumentKind.SPOT
        ]

    async def _load_after(self, age_s: float) -> None:
        if self._monotonic() - self._loaded_at < age_s:
            return
        async with self._loading:
            # Whoever waited for the lock finds the copy fresh.
            if self._monotonic() - self._loaded_at < age_s:
                return
            instruments, offered = await self._market.instruments(), await self._market.offered()
            self._capabilities = await self._market.capabilities()
            self._by_id = {one.instrument_id: one for one in instruments}
            self._offered = {name: one for name, one in self._by_id.items() if name in offered}
            self._loaded_at = self._monotonic()
