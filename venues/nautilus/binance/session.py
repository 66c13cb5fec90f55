"""One Binance account while a node serves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from nautilus_trader.adapters.binance.data import BinanceCommonDataClient
from nautilus_trader.adapters.binance.http.error import BinanceError

from domain.fills import Fill
from domain.orders import UnifiedOrder
from domain.outcomes import (
    AmendOutcome,
    AmendRefused,
    CancelOutcome,
    CancelRefused,
    CancelTaken,
    Unknown,
)
from venues.nautilus.binance.account import error_reply
from venues.nautilus.binance.execution import BinanceListeningClient
from venues.nautilus.binance.fill_history import FillHistory
from venues.nautilus.binance.order_owners import OrderOwners
from venues.nautilus.binance.queries import BinanceQueries, symbol_of
from venues.nautilus.binance.rejections import cancel_outcome
from venues.nautilus.binance.settings import BinanceSettings
from venues.nautilus.market_board import MarketBoard
from venues.nautilus.streams import MarketStreamKeeper, StreamKeeper, UserStreamKeeper
from venues.port import Amendment, Balance, NotFound, OrderReport, PositionReport, RateBudget


class BinanceSession:
    """Implements `venues.nautilus.exchange.ExchangeSession`."""

    def __init__(
        self,
        settings: BinanceSettings,
        client: BinanceListeningClient,
        data: BinanceCommonDataClient,
        board: MarketBoard,
        owners: Mapping[str, OrderOwners],
    ) -> None:
        self._settings = settings
        self._client = client
        self._data = data
        self._board = board
        self._queries = BinanceQueries(client.account, settings)
        self._fills = FillHistory(self._queries, settings, owners)

    def keepers(self) -> Sequence[StreamKeeper]:
        venue = self._settings.venue
        return (
            UserStreamKeeper(venue, self._client),
            MarketStreamKeeper(venue, self._renew_market_streams, self._board),
        )

    async def admit(self, order: UnifiedOrder) -> str | None:
        return None

    async def cancel(self, order: UnifiedOrder) -> CancelOutcome:
        """Straight to the venue, past the node's queues and its opinion of the order's state."""
        try:
            await self._client.account.cancel_order(
                symbol=symbol_of(order.instrument_id), orig_client_order_id=order.venue_client_id
            )
        except BinanceError as error:
            return cancel_outcome(error_reply(error))
        except Exception as error:  # noqa: BLE001 - whatever broke, the cancel may have been taken
            return Unknown(f"no readable reply to the cancel: {type(error).__name__}: {error}")
        return CancelTaken()

    async def amend(self, order: UnifiedOrder, amendment: Amendment) -> AmendOutcome:
        return AmendRefused("amending is not served yet.")

    async def cancel_all(self, instrument_id: str | None) -> CancelOutcome:
        return CancelRefused("cancelling everything is not served yet.")

    async def find(self, order: UnifiedOrder) -> OrderReport | NotFound:
        return await self._queries.find(order.instrument_id, order.venue_client_id)

    async def open_orders(self) -> Sequence[OrderReport]:
        return await self._queries.open_orders()

    async def fills_since(self, since: datetime) -> Sequence[Fill]:
        return await self._fills.since(since)

    async def positions(self) -> Sequence[PositionReport]:
        return await self._queries.positions()

    async def balances(self) -> Sequence[Balance]:
        return await self._queries.balances()

    def clock_offset_ms(self) -> float | None:
        return None

    def budgets(self) -> tuple[RateBudget, ...]:
        return ()

    async def _renew_market_streams(self) -> None:
        for socket in {self._data._ws_client, self._data._ws_public_client}:  # noqa: SLF001
            await socket.disconnect()
            await socket.connect()
