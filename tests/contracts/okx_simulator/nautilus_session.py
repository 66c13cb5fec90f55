"""A trading session of the real NautilusTrader OKX clients, in a process of its own.

Run with the port as argument and the credentials on standard input. The library's own clients are
used as they are: orders go by WebSocket. Prints one JSON line per order event, then ends.
"""

import asyncio
import json
import sys
import time
from typing import Any

from nautilus_trader.adapters.okx import (
    OKXDataClientConfig,
    OKXExecClientConfig,
    OKXLiveDataClientFactory,
    OKXLiveExecClientFactory,
)
from nautilus_trader.config import (
    InstrumentProviderConfig,
    LoggingConfig,
    StrategyConfig,
    TradingNodeConfig,
)
from nautilus_trader.core.nautilus_pyo3 import OKXInstrumentType, OKXMarginMode
from nautilus_trader.live.node import TradingNode
from nautilus_trader.model.enums import OrderSide
from nautilus_trader.model.identifiers import ClientOrderId, InstrumentId
from nautilus_trader.model.objects import Price, Quantity
from nautilus_trader.trading.strategy import Strategy

START_TIMEOUT_S = 20.0
SETTLE_S = 0.7
END_TIMEOUT_S = 5.0
PRODUCTS = {"SPOT": "BTC-USDT.OKX", "SWAP": "BTC-USDT-SWAP.OKX"}


class Reporter(Strategy):  # type: ignore[misc]  # the base is compiled
    """Prints what happens to orders."""

    def on_event(self, event: Any) -> None:
        if hasattr(event, "client_order_id"):
            line = {
                "event": type(event).__name__,
                "order": str(event.client_order_id),
                "commission": str(getattr(event, "commission", "")),
                "price": str(getattr(event, "price", "")),
            }
            sys.stdout.write(json.dumps(line) + "\n")


def node_of(port: int, key: str, secret: str, passphrase: str) -> tuple[TradingNode, Reporter]:
    shared: dict[str, Any] = {
        "api_key": key,
        "api_secret": secret,
        "api_passphrase": passphrase,
        "instrument_types": (OKXInstrumentType.SPOT, OKXInstrumentType.SWAP),
        "base_url_http": f"http://127.0.0.1:{port}",
        "instrument_provider": InstrumentProviderConfig(load_all=True),
    }
    socket_url = f"ws://127.0.0.1:{port}/ws/v5"
    node = TradingNode(
        config=TradingNodeConfig(
            trader_id="TESTER-001",
            logging=LoggingConfig(log_level="ERROR", log_colors=False),
            data_clients={"OKX": OKXDataClientConfig(base_url_ws=f"{socket_url}/public", **shared)},
            exec_clients={
                "OKX": OKXExecClientConfig(
                    base_url_ws=f"{socket_url}/private", margin_mode=OKXMarginMode.CROSS, **shared
                )
            },
            timeout_post_stop=0.2,
            timeout_disconnection=3,
        )
    )
    reporter = Reporter(StrategyConfig(strategy_id="REPORTER", order_id_tag="000"))
    node.trader.add_strategy(reporter)
    node.add_data_client_factory("OKX", OKXLiveDataClientFactory)
    node.add_exec_client_factory("OKX", OKXLiveExecClientFactory)
    node.build()
    return node, reporter


async def trade(reporter: Reporter, tag: str, instrument_id: str) -> None:
    """One order of each kind: filled, amended and canceled, post-only that would take, a stop."""
    instrument = reporter.cache.instrument(InstrumentId.from_str(instrument_id))
    make, quantity = reporter.order_factory, Quantity.from_str("0.01")

    def limit(name: str, price: str, *, post_only: bool = False) -> Any:
        return make.limit(
            instrument.id,
            OrderSide.BUY,
            quantity,
            Price.from_str(price),
            post_only=post_only,
            client_order_id=ClientOrderId(f"{tag}{name}"),
        )

    resting = limit("rest", "98000.0")
    stop = make.stop_market(
        instrument.id,
        OrderSide.SELL,
        quantity,
        Price.from_str("97000.0"),
        client_order_id=ClientOrderId(f"{tag}stop"),
    )
    for order in (
        limit("fill", "102000.0"),
        resting,
        limit("post", "102000.0", post_only=True),
        stop,
    ):
        reporter.submit_order(order)
    await asyncio.sleep(SETTLE_S)
    reporter.modify_order(resting, price=Price.from_str("97500.0"))
    await asyncio.sleep(SETTLE_S)
    reporter.cancel_order(resting)
    reporter.cancel_order(stop)
    deadline = time.monotonic() + END_TIMEOUT_S
    while not (resting.is_closed and stop.is_closed) and time.monotonic() < deadline:
        await asyncio.sleep(0.05)


async def main(port: int, credentials: list[str]) -> None:
    node, reporter = node_of(port, *credentials)
    running = asyncio.create_task(node.run_async())
    deadline = time.monotonic() + START_TIMEOUT_S
    while not node.trader.is_running:
        assert time.monotonic() < deadline, "the node did not start"
        await asyncio.sleep(0.05)
    await asyncio.gather(*(trade(reporter, *product) for product in PRODUCTS.items()))
    await node.stop_async()
    await running
    node.kernel.dispose()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.stdin.read().split()))
