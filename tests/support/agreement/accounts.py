"""Positions: the fold of all fills, the table, and what the venue's account holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from domain.fills import Fill
from domain.instruments import InstrumentKind
from domain.positions import Position, fold
from tests.support.agreement.books import Books, Key

ZERO = Decimal(0)


def differing_positions(books: Books) -> Iterator[str]:
    """No position is missing, none is left over, and each is what the venue has."""
    folded = _folded(books)
    for key in sorted({*folded, *books.positions}):
        if folded.get(key) != books.positions.get(key):
            yield f"{key} is {books.positions.get(key)}, its fills make {folded.get(key)}"
    yield from _differing_contracts(books, folded)
    yield from _differing_balances(books)


def _folded(books: Books) -> dict[Key, Position]:
    fills: dict[Key, list[Fill]] = defaultdict(list)
    for fill in books.fills:
        fills[fill.account_id, fill.instrument_id].append(fill)
    return {
        (account, instrument): fold(books.instruments[instrument], account, of_key)
        for (account, instrument), of_key in fills.items()
    }


def _differing_contracts(books: Books, folded: dict[Key, Position]) -> Iterator[str]:
    """Whatever is not spot is a position at the venue as well."""
    ours = {
        (books.instruments[instrument].venue, books.symbol_at_venue(instrument)): one.quantity
        for (_, instrument), one in folded.items()
        if books.instruments[instrument].kind is not InstrumentKind.SPOT
    }
    theirs = {
        (venue, symbol): Decimal(position["amount"])
        for venue, of_venue in books.venues.items()
        for symbol, position in of_venue.account.get("positions", {}).items()
    }
    for key in sorted({*ours, *theirs}):
        if ours.get(key, ZERO) != theirs.get(key, ZERO):
            yield f"{key} is {ours.get(key, ZERO)} by our fills, {theirs.get(key, ZERO)} there"


def _differing_balances(books: Books) -> Iterator[str]:
    """Cash that spot trades alone have moved is, to the last digit, what they leave of it."""
    moved: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    margined: set[tuple[str, str]] = set()
    for fill in books.standing_fills():
        instrument = books.instruments[fill.instrument_id]
        if instrument.kind is not InstrumentKind.SPOT:
            currencies = (instrument.quote, instrument.settlement, fill.fee_currency)
            margined |= {(instrument.venue, currency) for currency in currencies}
            continue
        bought = fill.side.sign * fill.quantity
        moved[instrument.venue, instrument.base] += bought
        moved[instrument.venue, instrument.quote] -= bought * fill.price
        moved[instrument.venue, fill.fee_currency] -= fill.fee
    for (venue, asset), change in sorted(moved.items()):
        if (venue, asset) in margined:
            continue
        of_venue = books.venues[venue]
        balance = of_venue.account["balances"][asset]
        there = Decimal(balance["free"]) + Decimal(balance["locked"])
        ours = of_venue.began_with.get(asset, ZERO) + change
        if ours != there:
            yield f"{venue} has {there} {asset}, by our fills it must be {ours}"
