"""A trading session of the real NautilusTrader Binance clients, in a process of its own.

Run with the spot port, the futures port, the admin URL (empty: no conditional orders), the API key
of spot and that of futures as arguments, and the secrets of both as JSON on standard input. Prints
one JSON line per order event, then ends.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import aiohttp
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
from nautilus_trader.model.enums import OrderSide, TimeInForce, TrailingOffsetType, TriggerType
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
    key: str
    secret: str


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


def node_of(products: list[Product]) -> tuple[TradingNode, Reporter]:
    data, execution = {}, {}
    for product in products:
        socket_url = f"ws://127.0.0.1:{product.port}"
        instruments = BinanceInstrumentProviderConfig(
            load_ids=frozenset([InstrumentId.from_str(product.instrument_id)])
        )
        shared = {
            "venue": Venue(product.venue),
            "api_key": product.key,
            "api_secret": product.secret,
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


async def move(admin_url: str, mid: str) -> None:
    """Move the market, with a public trade on both products."""
    async with aiohttp.ClientSession(admin_url, raise_for_status=True) as admin:
        await admin.post("/market", json={"symbol": "BTCUSDT", "mid": mid})
        for venue in ("BINANCE_SPOT", "BINANCE_FUTURES"):
            trade = {"venue": venue, "symbol": "BTCUSDT", "side": "BUY", "quantity": "0.001"}
            await admin.post("/market/trade", json=trade)


async def trade_on_conditions(reporter: Reporter, admin_url: str, ids: dict[str, str]) -> None:
    """Stops that trigger; a trailing stop, an iceberg and a dated order that are canceled."""
    make = reporter.order_factory
    spot, perp = (
        reporter.cache.instrument(InstrumentId.from_str(ids[n])) for n in ("SPOT", "PERP")
    )
    size = {instrument: instrument.make_qty(0.01) for instrument in (spot, perp)}

    def named(tag: str) -> dict[str, Any]:
        return {"client_order_id": ClientOrderId(tag)}

    def at(instrument: Any, price: float) -> Any:
        return instrument.make_price(price)

    stop_limit = make.stop_limit(
        spot.id,
        OrderSide.BUY,
        size[spot],
        at(spot, 106_000),
        at(spot, 105_000),
        **named("SPOTstop"),
    )
    stop_market = make.stop_market(
        perp.id,
        OrderSide.BUY,
        size[perp],
        at(perp, 105_000),
        TriggerType.MARK_PRICE,
        **named("PERPstop"),
    )
    iceberg = make.limit(
        spot.id,
        OrderSide.BUY,
        size[spot],
        at(spot, 90_000),
        display_qty=spot.make_qty(0.002),
        **named("SPOTice"),
    )
    trailing = make.trailing_stop_market(
        perp.id,
        OrderSide.SELL,
        size[perp],
        trailing_offset=Decimal(500),
        trailing_offset_type=TrailingOffsetType.BASIS_POINTS,
        **named("PERPtrail"),
    )
    dated = make.limit(
        perp.id,
        OrderSide.BUY,
        size[perp],
        at(perp, 98_000),
        time_in_force=TimeInForce.GTD,
        expire_time=datetime.now(UTC) + timedelta(minutes=20),
        **named("PERPdate"),
    )
    for order in (stop_limit, stop_market, iceberg, trailing, dated):
        reporter.submit_order(order)
    await asyncio.sleep(SETTLE_S)
    reporter.modify_order(dated, price=at(perp, 97_000))
    await asyncio.sleep(SETTLE_S)
    for order in (iceberg, trailing, dated):
        reporter.cancel_order(order)
    await asyncio.sleep(SETTLE_S)
    await move(admin_url, "105100")
    await asyncio.sleep(SETTLE_S)


async def main(products: list[Product], admin_url: str) -> None:
    node, reporter = node_of(products)
    running = asyncio.create_task(node.run_async())
    deadline = time.monotonic() + START_TIMEOUT_S
    while not node.trader.is_running:
        assert time.monotonic() < deadline, "the node did not start"
        await asyncio.sleep(0.05)
    await asyncio.gather(*(trade(reporter, p.instrument_id, p.venue) for p in products))
    if admin_url:
        ids = {product.venue: product.instrument_id for product in products}
        await trade_on_conditions(reporter, admin_url, ids)
    await node.stop_async()
    await running
    node.kernel.dispose()


if __name__ == "__main__":
    spot_port, futures_port, admin, spot_key, futures_key = sys.argv[1:]
    secrets = json.load(sys.stdin)
    spot = Product(
        "SPOT",
        BinanceAccountType.SPOT,
        "BTCUSDT.SPOT",
        int(spot_port),
        "/ws-api/v3",
        spot_key,
        secrets["SPOT"],
    )
    futures = Product(
        "PERP",
        BinanceAccountType.USDT_FUTURES,
        "BTCUSDT-PERP.PERP",
        int(futures_port),
        "/ws-fapi/v1",
        futures_key,
        secrets["PERP"],
    )
    asyncio.run(main([spot, futures], admin))
