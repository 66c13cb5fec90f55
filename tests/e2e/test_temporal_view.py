"""Temporal UI alone tells an operator what an order is doing."""

from __future__ import annotations

from temporalio.client import WorkflowExecutionStatus

from domain.identifiers import workflow_id_for
from tests.support.temporal_view import TemporalView
from tests.support.trader import Trader, order_body

SPOT = "BTCUSDT.BINANCE_SPOT"


async def test_a_filled_order_is_a_completed_workflow(
    trader: Trader, temporal: TemporalView
) -> None:
    body = order_body(SPOT, "BUY", "0.02")
    order = await trader.ended((await trader.placed(body))["order_id"])

    result = await temporal.result(body)

    found = await temporal.described(body)
    assert found.status is WorkflowExecutionStatus.COMPLETED
    assert await found.static_summary() == f"BUY 0.02 {SPOT} MARKET for demo"
    assert await temporal.attributes(body) == {
        "OrderId": order["order_id"],
        "ClientOrderId": body["client_order_id"],
        "StrategyId": "demo",
        "Instrument": SPOT,
        "Venue": "BINANCE_SPOT",
        "OrderStatus": "FILLED",
        "Stuck": False,
    }
    assert (result["status"], result["filled_qty"], result["avg_px"]) == (
        "FILLED", order["filled_qty"], order["avg_px"],
    )  # fmt: skip


async def test_a_working_order_says_what_it_waits_for(
    trader: Trader, temporal: TemporalView
) -> None:
    body = order_body(SPOT, "BUY", "0.02", price="99000")
    order_id = (await trader.placed(body))["order_id"]

    await temporal.until(body, OrderStatus="ACCEPTED")

    found = await temporal.described(body)
    assert found.status is WorkflowExecutionStatus.RUNNING
    assert await found.static_summary() == f"BUY 0.02 {SPOT} LIMIT at 99000 GTC for demo"
    details = await temporal.current_details(body)
    assert "**ACCEPTED**, filled 0 of 0.02" in details
    assert "Waiting for fills of the ACCEPTED order at BINANCE_SPOT." in details
    await trader.cancel(order_id)
    await temporal.until(body, OrderStatus="CANCELED")


async def test_a_refused_order_says_why(trader: Trader, temporal: TemporalView) -> None:
    body = order_body(SPOT, "BUY", "0.02", price="101000", post_only=True)

    await trader.placed(body)

    await temporal.until(body, OrderStatus="REJECTED")
    assert "-2010: Order would immediately match" in await temporal.current_details(body)


async def test_orders_are_found_by_what_they_are(trader: Trader, temporal: TemporalView) -> None:
    body = order_body("ETHUSDT-PERP.BINANCE_FUTURES", "SELL", "0.1")
    await trader.ended((await trader.placed(body))["order_id"])

    execution = await temporal.found_by(
        f"ClientOrderId = '{body['client_order_id']}' AND StrategyId = 'demo' "
        "AND Venue = 'BINANCE_FUTURES' AND OrderStatus = 'FILLED' AND Stuck = false"
    )

    assert execution.id == workflow_id_for("demo", body["client_order_id"])
