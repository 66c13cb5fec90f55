"""The judge of the books sees what it is there for: each thing that may be wrong, one at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from domain.orders import OrderStatus
from tests.support.agreement import disagreements
from tests.support.agreement.books import Books, read_books
from tests.support.stack import PaperStack
from tests.support.trader import Trader, order_body

SPOT, FUTURES = "BTCUSDT.BINANCE_SPOT", "BTCUSDT-PERP.BINANCE_FUTURES"


@pytest.fixture
async def books(stack: PaperStack, trader: Trader) -> Books:
    """The books with a filled order at each venue, and one that was canceled; they agree."""
    for instrument_id in (SPOT, FUTURES):
        filled = await trader.placed(order_body(instrument_id, "BUY", "0.02"))
        await trader.ended(filled["order_id"])
    resting = await trader.placed(order_body(SPOT, "BUY", "0.02", price="97000"))
    await trader.cancel(resting["order_id"])
    await trader.ended(resting["order_id"])
    read = await read_books(stack)
    assert [*disagreements(read)] == []
    return read


def _row(books: Books, of: OrderStatus, **wrong: Any) -> Books:
    order = next(one for one in books.orders.values() if one.status is of)
    return replace(books, orders={**books.orders, order.order_id: replace(order, **wrong)})


def _canceled_is_accepted(books: Books) -> Books:
    return _row(books, OrderStatus.CANCELED, status=OrderStatus.ACCEPTED)


def _filled_is_canceled(books: Books) -> Books:
    return _row(books, OrderStatus.FILLED, status=OrderStatus.CANCELED)


def _filled_quantity_is_wrong(books: Books) -> Books:
    return _row(books, OrderStatus.FILLED, filled_qty=Decimal("0.01"))


def _row_is_lost(books: Books) -> Books:
    filled = next(o for o in books.orders.values() if o.status is OrderStatus.FILLED)
    left = {key: order for key, order in books.orders.items() if order is not filled}
    return replace(books, orders=left)


def _fill_is_lost(books: Books) -> Books:
    return replace(books, fills=books.fills[:-1])


def _fill_is_booked_twice(books: Books) -> Books:
    again = replace(books.fills[-1], trade_id="again")
    return replace(books, fills=[*books.fills, again])


def _position_is_lost(books: Books) -> Books:
    _, *others = books.positions.items()
    return replace(books, positions=dict(others))


def _position_is_wrong(books: Books) -> Books:
    (key, position), *others = books.positions.items()
    return replace(books, positions={key: replace(position, avg_px=Decimal(1)), **dict(others)})


def _venue_holds_more(books: Books) -> Books:
    venue = books.venues["BINANCE_FUTURES"]
    account = {**venue.account, "positions": {"BTCUSDT": {"amount": "77"}}}
    return replace(
        books, venues={**books.venues, "BINANCE_FUTURES": replace(venue, account=account)}
    )


def _venue_has_less_cash(books: Books) -> Books:
    venue = books.venues["BINANCE_SPOT"]
    balances = {**venue.account["balances"], "USDT": {"free": "1", "locked": "0"}}
    spot = replace(venue, account={**venue.account, "balances": balances})
    return replace(books, venues={**books.venues, "BINANCE_SPOT": spot})


def _event_is_lost(books: Books) -> Books:
    filled = next(o for o in books.orders.values() if o.status is OrderStatus.FILLED)
    kept = [e for e in books.events[filled.order_id] if e.name != "FillBooked"]
    return replace(books, events={**books.events, filled.order_id: kept})


def _sent_before_it_was_approved(books: Books) -> Books:
    venue = books.venues["BINANCE_SPOT"]
    (client_id, (order,)), *others = venue.ledger.orders.items()
    early = {client_id: [replace(order, accepted_ns=0)], **dict(others)}
    spot = replace(venue, ledger=replace(venue.ledger, orders=early))
    return replace(books, venues={**books.venues, "BINANCE_SPOT": spot})


def _row_was_changed_by_hand(books: Books) -> Books:
    return _row(books, OrderStatus.FILLED, anomaly="nobody knows why")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_canceled_is_accepted, "is ACCEPTED, canceled at"),
        (_filled_is_canceled, "is CANCELED, filled at"),
        (_filled_quantity_is_wrong, "has 0.01 filled, "),
        (_row_is_lost, "which is nobody's"),
        (_fill_is_lost, "is not booked"),
        (_fill_is_booked_twice, "is booked, and never happened"),
        (_position_is_lost, "is None, its fills make"),
        (_position_is_wrong, "its fills make"),
        (_venue_holds_more, "by our fills, 77 there"),
        (_venue_has_less_cash, "BINANCE_SPOT has 1 USDT"),
        (_event_is_lost, "status is FILLED, its events make it"),
        (_sent_before_it_was_approved, "which no approval from before covers"),
        (_row_was_changed_by_hand, "anomaly is nobody knows why, its events make it None"),
    ],
)
def test_what_is_wrong_is_said(books: Books, spoil: Callable[[Books], Books], said: str) -> None:
    found = [*disagreements(spoil(books))]
    assert any(said in one for one in found), found
