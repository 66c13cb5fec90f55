"""Which venue gets the order."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.instruments import Instrument
from domain.market import Quote
from domain.routing import NoRoute, Route, SmartOrderRouter
from domain.sides import Side
from tests.support.orders import NOW, a_perpetual, a_quote, a_request, an_instrument

ROUTER = SmartOrderRouter(timedelta(seconds=5))


def spot_at(venue: str, fee: str = "0.001") -> Instrument:
    return an_instrument(instrument_id=f"BTCUSDT.{venue}", venue=venue, taker_fee=Decimal(fee))


def quoted(venue: str, bid: str, ask: str, size: str = "10", age_s: float = 0) -> Quote:
    return Quote(
        f"BTCUSDT.{venue}",
        Decimal(bid),
        Decimal(size),
        Decimal(ask),
        Decimal(size),
        NOW - timedelta(seconds=age_s),
    )


def venue_for(
    side: Side, instruments: Sequence[Instrument], *quotes: Quote, router: SmartOrderRouter = ROUTER
) -> str:
    """The venue that gets 4 BTC/USDT, or the code of the refusal."""
    request = a_request(side=side, instrument_id=None, pair="BTC/USDT", price=None)
    book: Mapping[str, Quote] = {quote.instrument_id: quote for quote in quotes}
    route = router.route(request, instruments, book, NOW)
    return route.code if isinstance(route, NoRoute) else route.instrument.venue


A_AND_B = [spot_at("A"), spot_at("B")]


def test_an_explicit_instrument_goes_where_it_says() -> None:
    quote = quoted("B", "99", "101")
    route = ROUTER.route(
        a_request(instrument_id="BTCUSDT.B"), A_AND_B, {quote.instrument_id: quote}, NOW
    )

    assert route == Route(A_AND_B[1], quote)


def test_an_unknown_instrument_has_no_route() -> None:
    route = ROUTER.route(a_request(instrument_id="BTCUSDT.C"), A_AND_B, {}, NOW)

    assert isinstance(route, NoRoute)
    assert route.code == "unknown_instrument"


def test_a_buy_goes_to_the_lowest_ask() -> None:
    quotes = quoted("A", "99", "101"), quoted("B", "98", "100.9")
    assert venue_for(Side.BUY, A_AND_B, *quotes) == "B"


def test_a_sell_goes_to_the_highest_bid() -> None:
    quotes = quoted("A", "99", "101"), quoted("B", "98", "100.9")
    assert venue_for(Side.SELL, A_AND_B, *quotes) == "A"


@pytest.mark.parametrize("side", Side)
def test_a_fee_can_outweigh_a_better_price(side: Side) -> None:
    dear, cheap = spot_at("A", fee="0.002"), spot_at("B", fee="0.0001")
    better, worse = quoted("A", "99.9", "100.1"), quoted("B", "99.8", "100.2")

    assert venue_for(side, [dear, cheap], better, worse) == "B"


def test_a_better_price_for_too_little_gives_way_to_enough_size() -> None:
    quotes = quoted("A", "99", "100", size="3.9"), quoted("B", "99", "101", size="4")
    assert venue_for(Side.BUY, A_AND_B, *quotes) == "B"


def test_the_best_price_wins_where_nobody_shows_enough() -> None:
    quotes = quoted("A", "99", "101", size="3"), quoted("B", "99", "100", size="1")
    assert venue_for(Side.BUY, A_AND_B, *quotes) == "B"


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("order", [A_AND_B, A_AND_B[::-1]])
def test_a_tie_goes_to_the_first_name(side: Side, order: list[Instrument]) -> None:
    assert venue_for(side, order, quoted("B", "99", "101"), quoted("A", "99", "101")) == "A"


@pytest.mark.parametrize(
    "unusable",
    [
        quoted("A", "99", "100", age_s=5.001),
        quoted("A", "99", "0"),
        quoted("A", "0", "100"),
    ],
)
def test_a_stale_or_one_sided_quote_is_no_candidate_however_good(unusable: Quote) -> None:
    assert venue_for(Side.BUY, A_AND_B, unusable, quoted("B", "99", "105")) == "B"


def test_a_quote_of_exactly_the_greatest_age_is_a_candidate() -> None:
    old, young = quoted("A", "99", "100", age_s=5), quoted("B", "99", "105")
    assert venue_for(Side.BUY, A_AND_B, old, young) == "A"


def test_without_any_fresh_quote_there_is_no_route() -> None:
    assert venue_for(Side.BUY, A_AND_B) == "no_fresh_quote"


EVERYWHERE = [spot_at(venue) for venue in ("BINANCE_SPOT", "BYBIT", "OKX", "KRAKEN", "COINBASE")]


@pytest.mark.parametrize("best", [one.venue for one in EVERYWHERE])
@pytest.mark.parametrize("side", Side)
def test_of_many_venues_the_best_gets_it_wherever_it_stands(side: Side, best: str) -> None:
    quotes = [
        quoted(one.venue, "99.5", "100.5") if one.venue == best else quoted(one.venue, "99", "101")
        for one in EVERYWHERE
    ]
    assert venue_for(side, EVERYWHERE, *quotes) == best


def test_of_many_venues_the_cheapest_after_fees_with_enough_size_gets_it() -> None:
    dear, thin, stale, second, best = (one.venue for one in EVERYWHERE)
    listed = [spot_at(dear, fee="0.01"), *EVERYWHERE[1:]]
    quotes = (
        quoted(dear, "99", "100"),
        quoted(thin, "99", "100", size="1"),
        quoted(stale, "99", "100", age_s=60),
        quoted(second, "99", "100.6"),
        quoted(best, "99", "100.5"),
    )
    assert venue_for(Side.BUY, listed, *quotes) == best


@pytest.mark.parametrize(
    "demand",
    [
        {"lot": Decimal(3)},
        {"min_qty": Decimal(5)},
        {"max_qty": Decimal(3)},
        {"min_notional": Decimal(1000)},
    ],
)
def test_a_better_price_where_the_quantity_does_not_fit_is_passed_over(
    demand: dict[str, Any],
) -> None:
    picky = replace(spot_at("A"), **demand)
    quotes = quoted("A", "99", "100"), quoted("B", "99", "101")
    assert venue_for(Side.BUY, [picky, spot_at("B")], *quotes) == "B"


def test_what_fits_nowhere_goes_to_the_best_price_for_risk_to_refuse() -> None:
    picky = [replace(spot_at(venue), lot=Decimal(3)) for venue in ("A", "B")]
    assert venue_for(Side.BUY, picky, quoted("A", "99", "101"), quoted("B", "99", "100")) == "B"


def test_a_pair_never_becomes_a_perpetual() -> None:
    perpetual = a_perpetual()
    quote = a_quote(instrument_id=perpetual.instrument_id)

    assert venue_for(Side.BUY, [perpetual], quote) == "unknown_instrument"


PREFER_A = SmartOrderRouter(timedelta(seconds=5), frozenset({"A", "A2"}))
ONLY_A = SmartOrderRouter(timedelta(seconds=5), frozenset({"A", "A2"}), fallback=False)
EITHER = pytest.mark.parametrize("router", [PREFER_A, ONLY_A])


@EITHER
@pytest.mark.parametrize("side", Side)
def test_a_preferred_venue_gets_it_though_another_has_the_better_price(
    side: Side, router: SmartOrderRouter
) -> None:
    quotes = quoted("A", "99", "101"), quoted("B", "99.9", "100.1")
    assert venue_for(side, A_AND_B, *quotes, router=router) == "A"


@EITHER
def test_among_the_preferred_the_price_decides(router: SmartOrderRouter) -> None:
    listed = [*A_AND_B, spot_at("A2")]
    quotes = quoted("A", "99", "101"), quoted("A2", "99", "100.5"), quoted("B", "99", "100")
    assert venue_for(Side.BUY, listed, *quotes, router=router) == "A2"


@pytest.mark.parametrize(
    ("listed", "quote_of_a"),
    [
        ([spot_at("B")], None),
        (A_AND_B, None),
        (A_AND_B, quoted("A", "99", "101", age_s=6)),
    ],
)
def test_where_no_preferred_venue_can_the_fallback_decides(
    listed: list[Instrument], quote_of_a: Quote | None
) -> None:
    quotes = [quote for quote in (quote_of_a, quoted("B", "99", "101")) if quote is not None]
    assert venue_for(Side.BUY, listed, *quotes, router=PREFER_A) == "B"
    assert venue_for(Side.BUY, listed, *quotes, router=ONLY_A) == "no_preferred_venue"


def test_a_preferred_venue_that_it_does_not_fit_is_passed_over_only_with_fallback() -> None:
    listed = [replace(spot_at("A"), lot=Decimal(3)), spot_at("B")]
    quotes = quoted("A", "99", "101"), quoted("B", "99", "102")
    assert venue_for(Side.BUY, listed, *quotes, router=PREFER_A) == "B"
    # Risk then says what is wrong with it there.
    assert venue_for(Side.BUY, listed, *quotes, router=ONLY_A) == "A"


@EITHER
def test_without_any_quote_it_is_market_data_that_lacks(router: SmartOrderRouter) -> None:
    assert venue_for(Side.BUY, A_AND_B, router=router) == "no_fresh_quote"


@EITHER
def test_an_explicit_instrument_is_never_preferred_away(router: SmartOrderRouter) -> None:
    route = router.route(a_request(instrument_id="BTCUSDT.B"), A_AND_B, {}, NOW)
    assert route == Route(A_AND_B[1], None)


def test_who_prefers_nobody_has_nothing_to_fall_back_from() -> None:
    router = SmartOrderRouter(timedelta(seconds=5), fallback=False)
    assert venue_for(Side.BUY, A_AND_B, quoted("B", "99", "101"), router=router) == "B"


def test_where_no_venue_is_one_of_the_preferred_only_the_fallback_routes() -> None:
    router = SmartOrderRouter(timedelta(seconds=5), frozenset(), fallback=False)
    quote = quoted("B", "99", "101")
    assert venue_for(Side.BUY, A_AND_B, quote, router=router) == "no_preferred_venue"
