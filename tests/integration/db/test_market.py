"""Instruments and quotes: as the venue's worker last said."""

from dataclasses import replace
from decimal import Decimal

from domain.instruments import InstrumentKind
from domain.orders import OrderType
from tests.support.books import INSTRUMENTS, SPOT, Books
from tests.support.instant_venue import InstantVenue
from tests.support.orders import NOW, a_quote


async def test_instruments_are_read_as_they_were_saved(books: Books) -> None:
    assert set(await books.market.instruments()) == set(INSTRUMENTS)


async def test_an_instrument_saved_again_is_replaced(books: Books) -> None:
    finer = replace(SPOT, tick=Decimal("0.001"))
    await books.market.save_instruments([finer])

    assert finer in await books.market.instruments()
    assert len(await books.market.instruments()) == len(INSTRUMENTS)


async def test_the_latest_quote_replaces_the_one_before(books: Books) -> None:
    quote = a_quote(bid=Decimal("99.123456789"), received_at=NOW)
    await books.market.save_quotes([quote])

    assert (await books.market.quotes())[SPOT.instrument_id] == quote


async def test_what_a_venue_can_do_is_read_as_it_was_said(books: Books) -> None:
    said = replace(
        InstantVenue.capabilities,
        kinds={InstrumentKind.SPOT: frozenset({OrderType.MARKET, OrderType.LIMIT})},
    )
    await books.market.save_capabilities("BINANCE_SPOT", InstantVenue.capabilities)
    await books.market.save_capabilities("BINANCE_SPOT", said)

    assert await books.market.capabilities() == {"BINANCE_SPOT": said}
