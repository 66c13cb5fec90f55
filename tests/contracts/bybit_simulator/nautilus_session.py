"""A trading session of NautilusTrader's own Bybit clients, trade socket included, in a process of
its own.

Run with the port and the API key as arguments and the secret on standard input. Prints one JSON
line per order event, then ends. Only the public sockets need help: the library has no setting for
their address (nautilus_trader issue 4990).
"""

import asyncio
import json
import sys
import time
from typing import Any

from nautilus_trader.adapters.bybit import (
    BYBIT,
    BybitDataClientConfig,
    BybitExecClientConfig,
    BybitLiveDataClientFactory,
    BybitLiveExecClientFactory,
    factories,
)
from nautilus_trader.adapters.bybit.data import BybitDataClient
from nautilus_trader.config import (
    InstrumentProviderConfig,
    LoggingConfig,
    StrategyConfig,
    TradingNodeConfig,
)
from nautilus_trader.core import nautilus_pyo3
from nautilus_trader.live.node import TradingNode
from nautilus_trader.model.enums import OrderSide
from nautilus_trader.model.identifiers import ClientOrderId, InstrumentId
from nautilus_trader.trading.strategy import Strategy

START_TIMEOUT_S = 20.0
SETTLE_S = 0.7
INSTRUMENTS = {
    "spot": ("BTCUSDT-SPOT.BYBIT", "0.01"),
    "linear": ("BTCUSDT-LINEAR.BYBIT", "0.01"),
    "inverse": ("BTCUSD-INVERSE.BYBIT", "100"),
}
PRODUCTS = tuple(getattr(nautilus_pyo3.BybitProductType, name.upper()) for name in INSTRUMENTS)


class DataClient(BybitDataClient):
    """The library's client, pointed at the simulator's public sockets."""

    port = 0

    def __init__(self, **parts: Any) -> None:
        super().__init__(**parts)
        for product in list(self._ws_clients):
            self._ws_clients[product] = nautilus_pyo3.BybitWebSocketClient.new_public(
                product_type=product,
                environment=nautilus_pyo3.BybitEnvironment.MAINNET,
                url=f"ws://127.0.0.1:{self.port}/v5/public/{product.name.lower()}",
                proxy_url=None,
            )


class Reporter(Strategy):  # type: ignore[misc]  # the base is compiled
    """Prints what happens to orders."""

    def on_event(self, event: Any) -> None:
        if hasattr(event, "client_order_id"):
            line = {
                "event": type(event).__name__,
                "order": str(event.client_order_id),
                "reason": getattr(event, "reason", None),
                "commission": str(getattr(event, "commission", "")),
            }
            sys.stdout.write(json.dumps(line) + "\n")


def node_of(port: int, key: str, secret: str) -> tuple[TradingNode, Reporter]:
    ids = frozenset(InstrumentId.from_str(name) for name, _ in INSTRUMENTS.values())
    shared: dict[str, Any] = {
        "api_key": key,
        "api_secret": secret,
        "product_types": PRODUCTS,
        "base_url_http": f"http://127.0.0.1:{port}",
        "instrument_provider": InstrumentProviderConfig(load_ids=ids),
    }
    socket_url = f"ws://127.0.0.1:{port}/v5"
    node = TradingNode(
        config=TradingNodeConfig(
            trader_id="TESTER-001",
            logging=LoggingConfig(log_level="ERROR", log_colors=False),
            data_clients={BYBIT: BybitDataClientConfig(**shared)},
            exec_clients={
                BYBIT: BybitExecClientConfig(
                    base_url_ws_private=f"{socket_url}/private",
                    base_url_ws_trade=f"{socket_url}/trade",
                    **shared,
                )
            },
            timeout_post_stop=0.2,
            timeout_disconnection=3,
        )
    )
    reporter = Reporter(StrategyConfig(strategy_id="REPORTER", order_id_tag="000"))
    node.trader.add_strategy(reporter)
    DataClient.port = port
    vars(factories)["BybitDataClient"] = DataClient  # what the library's factory builds
    node.add_data_client_factory(BYBIT, BybitLiveDataClientFactory)
    node.add_exec_client_factory(BYBIT, BybitLiveExecClientFactory)
    node.build()
    return node, reporter


async def trade(reporter: Reporter, tag: str, instrument_id: str, size: str) -> None:
    """One order of each kind: filled, amended and cancelled, refused."""
    instrument = reporter.cache.instrument(InstrumentId.from_str(instrument_id))
    make, quantity = reporter.order_factory, instrument.make_qty(size)

    def limit(name: str, price: float, *, post_only: bool = False) -> Any:
        return make.limit(
            instrument.id,
            OrderSide.BUY,
            quantity,
            instrument.make_price(price),
            post_only=post_only,
            client_order_id=ClientOrderId(f"{tag}{name}"),
        )

    resting = limit("rest", 98_000)
    reporter.submit_order(limit("fill", 102_000))
    reporter.submit_order(resting)
    reporter.submit_order(limit("post", 102_000, post_only=True))
    await asyncio.sleep(SETTLE_S)
    reporter.modify_order(resting, price=instrument.make_price(98_500))
    await asyncio.sleep(SETTLE_S)
    reporter.cancel_order(resting)
    await asyncio.sleep(SETTLE_S)


async def main(port: int, key: str, secret: str) -> None:
    node, reporter = node_of(port, key, secret)
    running = asyncio.create_task(node.run_async())
    deadline = time.monotonic() + START_TIMEOUT_S
    while not node.trader.is_running:
        assert time.monotonic() < deadline, "the node did not start"
        await asyncio.sleep(0.05)
    trades = [trade(reporter, tag, name, size) for tag, (name, size) in INSTRUMENTS.items()]
    await asyncio.gather(*trades)
    await node.stop_async()
    await running
    node.kernel.dispose()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.stdin.read()))
