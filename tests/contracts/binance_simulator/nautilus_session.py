"""A trading session of the real NautilusTrader Binance clients, in a process of its own.

Run with the spot port, the futures port and the API key as arguments and the secret on standard
input. Prints one JSON line per order event, then ends.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass
from typing import Any

from nautilus_trader.adapters.binance import (
    BinanceAccountType,
    BinanceDataClientConfig,
    BinanceExecClientConfig,
    BinanceInstrumentProviderConfig,
    BinanceLiveDataClientFactory,
    BinanceLiveExecClientFactory,
)
from nautilus_trader.config import LoggingConfig, StrategyConfig, TradingNodeConfig
from nautilus_trader.live.node import TradingNode
from nautilus_trader.model.enums import OrderSide
from nautilus_trader.model.identifiers import ClientOrderId, InstrumentId, Venue
from nautilus_trader.trading.strategy import Strategy

START_TIMEOUT_S = 20.0
SETTLE_S = 1.0


@dataclass(frozen=True)
class Product:
    """One product and where it is."""

    venue: str
    account_type: BinanceAccountType
    instrument_id: str
    port: int
    api_path: str


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


def node_of(products: list[Product], key: str, secret: str) -> tuple[TradingNode, Reporter]:
    data, execution = {}, {}
    for product in products:
        socket_url = f"ws://127.0.0.1:{product.port}"
        instruments = BinanceInstrumentProviderConfig(
            load_ids=frozenset([InstrumentId.from_str(product.instrument_id)])
        )
        shared = {
            "venue": Venue(product.venue),
            "api_key": key,
            "api_secret": secret,
            "account_type": product.account_type,
            "base_url_http": f"http://127.0.0.1:{product.port}",
            "instrument_provider": instruments,
        }
        data[product.venue] = BinanceDataClientConfig(base_url_ws=socket_url, **shared)
        execution[product.venue] = BinanceExecClientConfig(
            base_url_ws=socket_url + product.api_path, base_url_ws_stream=socket_url, **shared
        )
    node = TradingNode(
        config=TradingNodeConfig(
            trader_id="TESTER-001",
            logging=LoggingConfig(log_level="ERROR", log_colors=False),
            data_clients=data,
            exec_clients=execution,
            timeout_post_stop=0.2,
            timeout_disconnection=3,
        )
    )
    reporter = Reporter(StrategyConfig(strategy_id="REPORTER", order_id_tag="000"))
    node.trader.add_strategy(reporter)
    for product in products:
        node.add_data_client_factory(product.venue, BinanceLiveDataClientFactory)
        node.add_exec_client_factory(product.venue, BinanceLiveExecClientFactory)
    node.build()
    return node, reporter


async def trade(reporter: Reporter, instrument_id: str, tag: str) -> None:
    """One order of each kind: filled, canceled, refused."""
    instrument = reporter.cache.instrument(InstrumentId.from_str(instrument_id))
    make, quantity = reporter.order_factory, instrument.make_qty(0.01)

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
    reporter.cancel_order(resting)
    await asyncio.sleep(SETTLE_S)


async def main(spot_port: int, futures_port: int, key: str, secret: str) -> None:
    spot, futures = BinanceAccountType.SPOT, BinanceAccountType.USDT_FUTURES
    products = [
        Product("SPOT", spot, "BTCUSDT.SPOT", spot_port, "/ws-api/v3"),
        Product("PERP", futures, "BTCUSDT-PERP.PERP", futures_port, "/ws-fapi/v1"),
    ]
    node, reporter = node_of(products, key, secret)
    running = asyncio.create_task(node.run_async())
    deadline = time.monotonic() + START_TIMEOUT_S
    while not node.trader.is_running:
        assert time.monotonic() < deadline, "the node did not start"
        await asyncio.sleep(0.05)
    for product in products:
        await trade(reporter, product.instrument_id, product.venue)
    await node.stop_async()
    await running
    node.kernel.dispose()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.stdin.read()))
