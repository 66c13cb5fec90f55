"""A trading session of NautilusTrader's own Deribit client, in a process of its own.

Run with the port and the client id as arguments and the secret on standard input. Prints one JSON
line per order event, then ends.
"""

import asyncio
import json
import sys
import time
from typing import Any

from nautilus_trader.adapters.deribit.config import (
    DeribitDataClientConfig,
    DeribitExecClientConfig,
)
from nautilus_trader.adapters.deribit.factories import (
    DeribitLiveDataClientFactory,
    DeribitLiveExecClientFactory,
)
from nautilus_trader.config import (
    InstrumentProviderConfig,
    LoggingConfig,
    StrategyConfig,
    TradingNodeConfig,
)
from nautilus_trader.core.nautilus_pyo3 import DeribitProductType, DeribitWebSocketClient
from nautilus_trader.live.node import TradingNode
from nautilus_trader.model.enums import OrderSide, TriggerType
from nautilus_trader.model.identifiers import ClientOrderId, InstrumentId
from nautilus_trader.trading.strategy import Strategy

START_TIMEOUT_S = 30.0
SETTLE_S = 1.0
INSTRUMENT_ID = "BTC-PERPETUAL.DERIBIT"


class ExecutionFactory(DeribitLiveExecClientFactory):
    """The execution client of this version takes no URL for its socket, only an environment; the
    same socket client with a URL is put in its place. It also drops the fills that its socket
    client has understood ("unhandled message type"), so those are printed from here."""

    @staticmethod
    def create(*args: Any, **kwargs: Any) -> Any:
        client: Any = DeribitLiveExecClientFactory.create(*args, **kwargs)
        handle = client._handle_ws_message

        def heard(message: Any) -> None:
            if type(message).__name__ == "OrderFilled":
                told = {name: str(getattr(message, name)) for name in ("last_qty", "commission")}
                line = {"event": "heard fill", "order": str(message.client_order_id), **told}
                sys.stdout.write(json.dumps(line) + "\n")
            handle(message)

        client._handle_ws_message = heard
        config = kwargs["config"]
        client._ws_client = DeribitWebSocketClient(
            url=config.base_url_ws, api_key=config.api_key, api_secret=config.api_secret
        )
        client._ws_client.set_account_id(client.pyo3_account_id)
        return client


class Reporter(Strategy):  # type: ignore[misc]  # the base is compiled
    """Prints what happens to orders, and counts quotes."""

    quotes = 0

    def on_start(self) -> None:
        self.subscribe_quote_ticks(InstrumentId.from_str(INSTRUMENT_ID))

    def on_quote_tick(self, tick: Any) -> None:
        self.quotes += 1

    def on_event(self, event: Any) -> None:
        if hasattr(event, "client_order_id"):
            line = {
                "event": type(event).__name__,
                "order": str(event.client_order_id),
                "reason": getattr(event, "reason", None),
            }
            sys.stdout.write(json.dumps(line) + "\n")


def node_of(port: int, key: str, secret: str) -> tuple[TradingNode, Reporter]:
    shared: dict[str, Any] = {
        "api_key": key,
        "api_secret": secret,
        "product_types": (DeribitProductType.FUTURE,),
        "base_url_http": f"http://127.0.0.1:{port}/api/v2",
        "base_url_ws": f"ws://127.0.0.1:{port}/ws/api/v2",
        "instrument_provider": InstrumentProviderConfig(load_all=True),
    }
    node = TradingNode(
        config=TradingNodeConfig(
            trader_id="TESTER-001",
            logging=LoggingConfig(log_level="OFF", log_colors=False),
            data_clients={"DERIBIT": DeribitDataClientConfig(**shared)},
            exec_clients={"DERIBIT": DeribitExecClientConfig(**shared)},
            timeout_post_stop=0.2,
            timeout_disconnection=3,
        )
    )
    reporter = Reporter(StrategyConfig(strategy_id="REPORTER", order_id_tag="000"))
    node.trader.add_strategy(reporter)
    node.add_data_client_factory("DERIBIT", DeribitLiveDataClientFactory)
    node.add_exec_client_factory("DERIBIT", ExecutionFactory)
    node.build()
    return node, reporter


async def trade(reporter: Reporter) -> None:
    """One order of each kind: filled, amended and canceled, refused, waiting for its trigger."""
    instrument = reporter.cache.instrument(InstrumentId.from_str(INSTRUMENT_ID))
    make, quantity = reporter.order_factory, instrument.make_qty(100)

    def limit(name: str, price: float, *, post_only: bool = False) -> Any:
        return make.limit(
            instrument.id,
            OrderSide.BUY,
            quantity,
            instrument.make_price(price),
            post_only=post_only,
            client_order_id=ClientOrderId(name),
        )

    resting = limit("rest", 98_000)
    stop = make.stop_market(
        instrument.id,
        OrderSide.SELL,
        quantity,
        instrument.make_price(95_000),
        trigger_type=TriggerType.LAST_PRICE,
        client_order_id=ClientOrderId("stop"),
    )
    reporter.submit_order(limit("fill", 102_000))
    reporter.submit_order(resting)
    reporter.submit_order(stop)
    reporter.submit_order(limit("post", 110_000))
    await asyncio.sleep(SETTLE_S)
    reporter.modify_order(resting, instrument.make_qty(200), instrument.make_price(97_000))
    await asyncio.sleep(SETTLE_S)
    reporter.cancel_order(resting)
    reporter.cancel_order(stop)
    await asyncio.sleep(SETTLE_S)


async def main(port: int, key: str, secret: str) -> None:
    node, reporter = node_of(port, key, secret)
    running = asyncio.create_task(node.run_async())
    deadline = time.monotonic() + START_TIMEOUT_S
    while not node.trader.is_running:
        assert time.monotonic() < deadline, "the node did not start"
        await asyncio.sleep(0.05)
    await trade(reporter)
    sys.stdout.write(json.dumps({"event": "quotes", "order": "", "count": reporter.quotes}) + "\n")
    await node.stop_async()
    await running
    node.kernel.dispose()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.stdin.read()))
