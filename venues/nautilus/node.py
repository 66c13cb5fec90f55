"""One NautilusTrader node for all our venues: configuration and construction."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from nautilus_trader.common.config import LoggingConfig
from nautilus_trader.live.config import (
    LiveDataEngineConfig,
    LiveExecEngineConfig,
    LiveRiskEngineConfig,
    TradingNodeConfig,
)
from nautilus_trader.live.node import TradingNode
from nautilus_trader.live.node_builder import TradingNodeBuilder
from nautilus_trader.model.identifiers import TraderId
from nautilus_trader.system.kernel import NautilusKernel

from venues.nautilus.currencies import keep_fees_exact
from venues.nautilus.exchange import NodeClients


class _GuestKernel(NautilusKernel):
    """A kernel that lives in somebody else's process."""

    def _setup_loop(self) -> None:
        """Install no signal handlers: they belong to the process, which stops us in good order."""


def _record_no_trade(*_: object) -> None:
    """In the place of `PortfolioAnalyzer.record_trade`."""


class GuestNode(TradingNode):
    """A trading node that leaves the signal handlers of its process alone."""

    def __init__(self, config: TradingNodeConfig) -> None:
        # The parent's constructor names its kernel class, so this says the same with ours.
        loop = asyncio.get_running_loop()
        self._config = config
        self.kernel = _GuestKernel(name="TradingNode", config=config, loop=loop)
        # Its statistics copy every closed trade of the session at each new one; P&L is ours anyway.
        self.kernel.portfolio.analyzer.record_trade = _record_no_trade
        self._builder = TradingNodeBuilder(
            loop=loop,
            data_engine=self.kernel.data_engine,
            exec_engine=self.kernel.exec_engine,
            portfolio=self.kernel.portfolio,
            msgbus=self.kernel.msgbus,
            cache=self.kernel.cache,
            clock=self.kernel.clock,
            logger=self.kernel.logger,
        )
        self._stream_processors = []
        self._task_streaming = None
        self._is_built = False


def build_node(
    trader_id: str, clients: Mapping[str, NodeClients], start_timeout_s: float
) -> GuestNode:
    """The node with a data and an execution client per venue; call it inside the running loop."""
    keep_fees_exact()
    node = GuestNode(
        TradingNodeConfig(
            trader_id=TraderId(trader_id),
            logging=LoggingConfig(log_level="WARNING", log_colors=False, print_config=False),
            # Our RiskEngine has decided; a second one would deny what the first approved.
            risk_engine=LiveRiskEngineConfig(bypass=True, graceful_shutdown_on_exception=True),
            data_engine=LiveDataEngineConfig(graceful_shutdown_on_exception=True),
            exec_engine=_execution_engine(),
            data_clients={venue: parts.data_config for venue, parts in clients.items()},
            exec_clients={venue: parts.exec_config for venue, parts in clients.items()},
            timeout_connection=start_timeout_s,
            timeout_reconciliation=start_timeout_s,
            timeout_portfolio=start_timeout_s,
            timeout_disconnection=2.0,
            timeout_post_stop=0.1,
        )
    )
    for venue, parts in clients.items():
        node.add_data_client_factory(venue, parts.data_factory)
        node.add_exec_client_factory(venue, parts.exec_factory)
    return node


def _execution_engine() -> LiveExecEngineConfig:
    return LiveExecEngineConfig(
        # Loads the working orders of earlier sessions, so that their news reach us.
        reconciliation=True,
        # The three checks that turn silence into events. Silence is Unknown, and we ask ourselves.
        inflight_check_interval_ms=0,
        open_check_interval_secs=None,
        position_check_interval_secs=None,
        # No invented orders to make positions agree: ours are the fold of real fills.
        generate_missing_orders=False,
        filter_position_reports=True,
        # Otherwise an exception inside the engine ends this process on the spot, by os._exit. This
        # way the node stops, and a new one is built.
        graceful_shutdown_on_exception=True,
        # The venue is right about what was traded, also beyond the quantity.
        allow_overfills=True,
        purge_closed_orders_interval_mins=10,
        purge_closed_orders_buffer_mins=60,
        purge_closed_positions_interval_mins=10,
        purge_closed_positions_buffer_mins=60,
        purge_account_events_interval_mins=10,
        purge_account_events_lookback_mins=60,
    )
