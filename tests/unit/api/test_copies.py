"""The copies that the API keeps in memory go stale within their bounds and no later."""

from dataclasses import replace
from decimal import Decimal

import pytest

from api.trading_gate import BELIEVED_S, TradingGate
from db.known_instruments import RELOAD_AFTER_S, RELOAD_ON_MISS_AFTER_S, KnownInstruments
from db.market import MarketData
from db.trading_switch import TradingSwitch
from domain.errors import TradingStopped
from domain.instruments import InstrumentKind
from tests.support.live_api import INSTRUMENTS, LiveApi, instrument


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


async def test_a_new_listing_is_found_soon_after_it_was_missed(api: LiveApi) -> None:
    clock = Clock()
    known = KnownInstruments(MarketData(api.pool), clock)
    listed = instrument("SOLUSDT.BINANCE_SPOT", InstrumentKind.SPOT, "SOL")
    assert await known.named(listed.instrument_id) is None

    await MarketData(api.pool).save_instruments([listed])
    assert await known.named(listed.instrument_id) is None, "a miss does not hammer the database"
    clock.now += RELOAD_ON_MISS_AFTER_S

    assert await known.named(listed.instrument_id) == listed
    assert await known.spot_of("SOL/USDT") == [listed]


async def test_a_new_tick_is_noticed_within_the_minute(api: LiveApi) -> None:
    clock = Clock()
    market = MarketData(api.pool)
    known = KnownInstruments(market, clock)
    old = INSTRUMENTS[0]
    new = replace(old, tick=Decimal("0.1"))
    assert await known.named(old.instrument_id) == old

    await market.save_instruments([new])
    assert await known.named(old.instrument_id) == old
    clock.now += RELOAD_AFTER_S

    assert await known.named(old.instrument_id) == new
    await market.save_instruments([old])


async def test_a_stop_elsewhere_is_noticed_within_half_a_second(api: LiveApi) -> None:
    clock = Clock()
    gate = TradingGate(TradingSwitch(api.pool), clock)
    await gate.require_running()

    await TradingSwitch(api.pool).set(running=False, by="another gateway", reason="drill")
    clock.now += BELIEVED_S

    with pytest.raises(TradingStopped, match="drill"):
        await gate.require_running()


async def test_a_stop_through_this_gateway_is_noticed_at_once(api: LiveApi) -> None:
    gate = TradingGate(TradingSwitch(api.pool), Clock())
    await gate.require_running()
    await gate.set(running=False, by="boss", reason="drill")

    with pytest.raises(TradingStopped):
        await gate.require_running()
