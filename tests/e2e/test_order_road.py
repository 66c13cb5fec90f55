"""An order from POST to position: API, simulator's ledger and position tell the same story."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from domain.orders import OrderStatus
from tests.support.faults import SimulatorAdmin
from tests.support.stack import PaperStack
from tests.support.trader import Trader, order_body

SPOT, FUTURES = "BTCUSDT.BINANCE_SPOT", "BTCUSDT-PERP.BINANCE_FUTURES"
BOTH = pytest.mark.parametrize("instrument_id", [SPOT, FUTURES])

BELOW, ABOVE = "99000", "101000"  # the market stands at 100,000
BASIS = {SPOT: 0, FUTURES: 20}
TOO_MUCH = "15"  # more than the maker offers at its two best prices


def two_best_asks(instrument_id: str) -> str:
    """A price that reaches the two best offers of the maker, who quotes 5 apart."""
    return str(100_010 + BASIS[instrument_id])


def at_venue(stack: PaperStack, order: dict[str, Any]) -> Any:
    """The one order that the venue's ledger has for ours."""
    (found,) = stack.ledger(order["venue"]).orders[order["venue_client_id"]]
    return found


def executions(fills: list[dict[str, Any]]) -> list[tuple[str, Decimal, Decimal, Decimal]]:
    return [
        (str(f["trade_id"]), Decimal(f["quantity"]), Decimal(f["price"]), Decimal(f["fee"]))
        for f in fills
    ]


@BOTH
@pytest.mark.parametrize("side", ["BUY", "SELL"])
async def test_a_market_order_fills_and_moves_the_position(
    stack: PaperStack, trader: Trader, venues: SimulatorAdmin, instrument_id: str, side: str
) -> None:
    before, held = await trader.position(instrument_id), await venues.held(instrument_id)

    answer = await trader.place(order_body(instrument_id, side, "0.02"))
    order = await trader.ended(answer.json()["order_id"])

    assert answer.status_code == 201
    assert (order["status"], order["filled_qty"], order["leaves_qty"]) == ("FILLED", "0.02", "0")
    ledger = at_venue(stack, order)
    assert str(ledger.order_id) == order["venue_order_id"]
    assert (ledger.state, ledger.side) == ("filled", side)
    assert executions(order["fills"]) == executions(ledger.fills)
    # Spot takes the fee of a purchase out of what was bought.
    moved = await trader.position(instrument_id) - before
    assert moved == await venues.held(instrument_id) - held
    assert Decimal("0.0199") < abs(moved) <= Decimal("0.02")


@BOTH
async def test_a_resting_limit_order_fills_when_the_market_comes_to_it(
    stack: PaperStack, trader: Trader, venues: SimulatorAdmin, instrument_id: str
) -> None:
    order = await trader.placed(order_body(instrument_id, "BUY", "0.02", price=BELOW))
    assert (order["status"], order["filled_qty"]) == ("ACCEPTED", "0")

    await venues.move("BTCUSDT", "98500")
    filled = await trader.ended(order["order_id"])

    assert (filled["status"], filled["avg_px"]) == ("FILLED", BELOW)
    assert all(fill["is_maker"] for fill in filled["fills"])
    assert executions(filled["fills"]) == executions(at_venue(stack, filled).fills)


@BOTH
async def test_a_partly_filled_order_keeps_its_fills_when_it_is_canceled(
    stack: PaperStack, trader: Trader, venues: SimulatorAdmin, instrument_id: str
) -> None:
    before, held = await trader.position(instrument_id), await venues.held(instrument_id)
    price = str(101_000 + BASIS[instrument_id])
    order = await trader.placed(order_body(instrument_id, "SELL", TOO_MUCH, price=price))

    await venues.move("BTCUSDT", "101010")  # only the maker's best bid reaches the order
    await venues.move("BTCUSDT", "100000")
    partly = await trader.until_status(order["order_id"], OrderStatus.PARTIALLY_FILLED)
    answer = await trader.cancel(order["order_id"])
    ended = await trader.ended(order["order_id"])

    assert answer.status_code == 202
    filled = Decimal(ended["filled_qty"])
    assert 0 < Decimal(partly["filled_qty"]) <= filled < Decimal(TOO_MUCH)
    assert (ended["status"], ended["leaves_qty"]) == ("CANCELED", "0")
    assert (at_venue(stack, ended).state, at_venue(stack, ended).executed) == ("canceled", filled)
    moved = await trader.position(instrument_id) - before
    assert moved == await venues.held(instrument_id) - held == -filled


@BOTH
async def test_ioc_takes_what_is_there_and_the_rest_expires(
    stack: PaperStack, trader: Trader, instrument_id: str
) -> None:
    price = two_best_asks(instrument_id)
    body = order_body(instrument_id, "BUY", TOO_MUCH, price=price, time_in_force="IOC")

    order = await trader.ended((await trader.placed(body))["order_id"])

    assert order["status"] == "EXPIRED"
    assert 0 < Decimal(order["filled_qty"]) < Decimal(TOO_MUCH)
    assert executions(order["fills"]) == executions(at_venue(stack, order).fills)


@BOTH
async def test_fok_fills_whole_or_not_at_all(trader: Trader, instrument_id: str) -> None:
    async def fok(quantity: str) -> dict[str, Any]:
        price = two_best_asks(instrument_id)
        body = order_body(instrument_id, "BUY", quantity, price=price, time_in_force="FOK")
        return await trader.ended((await trader.placed(body))["order_id"])

    whole, too_much = await fok("0.02"), await fok(TOO_MUCH)

    assert (whole["status"], whole["filled_qty"]) == ("FILLED", "0.02")
    assert too_much["status"] in ("EXPIRED", "REJECTED")
    assert (too_much["filled_qty"], too_much["fills"]) == ("0", [])


@BOTH
async def test_post_only_rests(trader: Trader, instrument_id: str) -> None:
    order = await trader.placed(
        order_body(instrument_id, "BUY", "0.02", price=BELOW, post_only=True)
    )

    assert (order["status"], order["post_only"]) == ("ACCEPTED", True)
    await trader.cancel(order["order_id"])
    assert (await trader.ended(order["order_id"]))["status"] == "CANCELED"


@pytest.mark.parametrize(
    ("instrument_id", "code", "words"),
    [(SPOT, "-2010", "immediately match"), (FUTURES, "-5022", "Post Only")],
)
async def test_post_only_that_would_trade_is_refused_with_the_venues_reason(
    trader: Trader, instrument_id: str, code: str, words: str
) -> None:
    body = order_body(instrument_id, "BUY", "0.02", price=ABOVE, post_only=True)

    answer = await trader.place(body)

    order = answer.json()
    assert (answer.status_code, order["status"]) == (201, "REJECTED")
    assert order["reason_code"] == code
    assert words in order["reason"]
    assert (await trader.order(order["order_id"]))["fills"] == []


async def test_reduce_only_closes_and_never_opens(trader: Trader) -> None:
    await flatten(trader, FUTURES)
    opening = await trader.placed(order_body(FUTURES, "SELL", "0.02", reduce_only=True))
    assert opening["status"] == "REJECTED"
    assert "educe" in opening["reason"]

    await trader.ended((await trader.placed(order_body(FUTURES, "BUY", "0.02")))["order_id"])
    body = order_body(FUTURES, "SELL", "0.05", reduce_only=True)
    closing = await trader.ended((await trader.placed(body))["order_id"])

    assert closing["filled_qty"] == "0.02"
    assert await trader.position(FUTURES) == 0


async def flatten(trader: Trader, instrument_id: str) -> None:
    """Trade the position away."""
    held = await trader.position(instrument_id)
    while held:
        side = "SELL" if held > 0 else "BUY"
        body = order_body(instrument_id, side, str(min(abs(held), Decimal(10))))
        await trader.ended((await trader.placed(body))["order_id"])
        held = await trader.position(instrument_id)


async def test_a_pair_is_routed_to_the_venue_that_trades_it(
    stack: PaperStack, trader: Trader
) -> None:
    body = order_body(SPOT, "BUY", "0.02")
    del body["instrument_id"]

    order = await trader.ended((await trader.placed(body | {"pair": "BTC/USDT"}))["order_id"])

    assert (order["instrument_id"], order["venue"]) == (SPOT, "BINANCE_SPOT")
    assert order["status"] == "FILLED"
    (routed,) = (e["detail"] for e in order["events"] if e["name"] == "OrderRouted")
    assert Decimal(routed["bid"]) < Decimal(routed["ask"])
    assert at_venue(stack, order).state == "filled"
