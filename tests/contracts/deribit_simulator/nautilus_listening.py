"""A listening session of NautilusTrader's own Deribit data client, in a process of its own.

Run with the port and the client id as arguments and the secret on standard input. Says "listening"
when it is, and ends with one JSON line of how many of each kind of data came, once all kinds have.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from typing import Any

from nautilus_trader.adapters.deribit.config import DeribitDataClientConfig
from nautilus_trader.adapters.deribit.factories import DeribitLiveDataClientFactory
from nautilus_trader.config import (
    InstrumentProviderConfig,
    LoggingConfig,
    StrategyConfig,
    TradingNodeConfig,
)
from nautilus_trader.core.nautilus_pyo3 import DeribitProductType
from nautilus_trader.live.node import TradingNode
from nautilus_trader.model.data import BarType
from nautilus_trader.model.identifiers import InstrumentId
from nautilus_trader.trading.strategy import Strategy

from venues.simulators.deribit import instruments as listed

LISTEN_S = 30.0
PERPETUAL = InstrumentId.from_str("BTC-PERPETUAL.DERIBIT")
OPTION = InstrumentId.from_str(f"{listed.OPTION}.DERIBIT")
BARS = BarType.from_str("BTC-PERPETUAL.DERIBIT-1-MINUTE-LAST-EXTERNAL")
KINDS = frozenset({"book", "quote", "trade", "mark", "index", "bar", "funding", "greeks"})
"""All but the states of instruments, for which this version knows other words than the venue's
documentation of today."""


class Listener(Strategy):  # type: ignore[misc]  # the base is compiled
    """Subscribes to what the client has, and counts."""

    def __init__(self, config: StrategyConfig) -> None:
        super().__init__(config)
        self.heard: Counter[str] = Counter()

    def on_start(self) -> None:
        self.subscribe_order_book_deltas(PERPETUAL)
        self.subscribe_quote_ticks(PERPETUAL)
        self.subscribe_trade_ticks(PERPETUAL)
        self.subscribe_mark_prices(PERPETUAL)
        self.subscribe_index_prices(PERPETUAL)
        self.subscribe_bars(BARS)
        self.subscribe_funding_rates(PERPETUAL)
        self.subscribe_option_greeks(OPTION)

    def on_order_book_deltas(self, deltas: Any) -> None:
        self.heard["book"] += 1

    def on_quote_tick(self, tick: Any) -> None:
        self.heard["quote"] += 1

    def on_trade_tick(self, tick: Any) -> None:
        self.heard["trade"] += 1

    def on_mark_price(self, price: Any) -> None:
        self.heard["mark"] += 1

    def on_index_price(self, price: Any) -> None:
        self.heard["index"] += 1

    def on_bar(self, bar: Any) -> None:
        self.heard["bar"] += 1

    def on_funding_rate(self, rate: Any) -> None:
        self.heard["funding"] += 1

    def on_option_greeks(self, greeks: Any) -> None:
        self.heard["greeks"] += 1


def node_of(port: int, key: str, secret: str) -> tuple[TradingNode, Listener]:
    data = DeribitDataClientConfig(
        api_key=key,
        api_secret=secret,
        product_types=(DeribitProductType.FUTURE, DeribitProductType.OPTION),
        base_url_http=f"http://127.0.0.1:{port}/api/v2",
        base_url_ws=f"ws://127.0.0.1:{port}/ws/api/v2",
        instrument_provider=InstrumentProviderConfig(load_all=True),
    )
    node = TradingNode(
        config=TradingNodeConfig(
            trader_id="TESTER-001",
            logging=LoggingConfig(log_level="OFF", log_colors=False),
            data_clients={"DERIBIT": data},
            timeout_post_stop=0.2,
            timeout_disconnection=3,
        )
    )
    listener = Listener(StrategyConfig(strategy_id="LISTENER", order_id_tag="000"))
    node.trader.add_strategy(listener)
    node.add_data_client_factory("DERIBIT", DeribitLiveDataClientFactory)
    node.build()
    return node, listener


async def main(port: int, key: str, secret: str) -> None:
    node, listener = node_of(port, key, secret)
    running = asyncio.create_task(node.run_async())
    deadline = time.monotonic() + LISTEN_S
    while not node.trader.is_running and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.5)
    sys.stdout.write("listening\n")
    sys.stdout.flush()
    while not listener.heard.keys() >= KINDS and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
    sys.stdout.write(json.dumps(listener.heard) + "\n")
    await node.stop_async()
    await running
    node.kernel.dispose()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.stdin.readline().strip()))
