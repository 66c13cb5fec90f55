"""Cancels and amendments, straight to the venue: past the node's queues and its opinion of an
order's state."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable
from decimal import Decimal

from nautilus_trader.adapters.binance.common.enums import BinanceOrderSide
from nautilus_trader.adapters.binance.http.client import BinanceHttpClient
from nautilus_trader.adapters.binance.http.error import BinanceError
from nautilus_trader.core.nautilus_pyo3 import HttpMethod

from domain.orders import UnifiedOrder
from domain.outcomes import (
    AmendOutcome,
    AmendRefused,
    AmendTaken,
    CancelOutcome,
    CancelRefused,
    CancelTaken,
    Unknown,
)
from venues.nautilus.binance.account import FuturesOutcomeAccount, OutcomeAccount, error_reply
from venues.nautilus.binance.paths import KEEP_PRIORITY
from venues.nautilus.binance.rejections import (
    NO_OPEN_ORDER,
    amend_outcome,
    cancel_outcome,
)
from venues.nautilus.binance.settings import BinanceSettings
from venues.nautilus.binance.symbols import symbol_of
from venues.nautilus.budgets import OutOfBudget
from venues.nautilus.terms import number_text
from venues.port import Amendment


class BinanceCommands:
    """One account of one product. Whatever breaks, there is an outcome."""

    def __init__(self, account: OutcomeAccount, settings: BinanceSettings) -> None:
        self._account = account
        self._reply_timeout_s = settings.timeouts.answer.total_seconds()
        self._recv_window = str(settings.recv_window_ms)

    async def cancel(self, order: UnifiedOrder) -> CancelOutcome:
        regular = self._account.commands.cancel_order
        symbol, client_id = symbol_of(order.instrument_id), order.venue_client_id
        account = self._account
        if isinstance(account, FuturesOutcomeAccount) and order.order_type.is_conditional:
            outcome = await self._cancelled(
                account.commands.cancel_algo_order(client_algo_id=client_id)
            )
            if not isinstance(outcome, CancelRefused):
                return outcome
            # It may have triggered: then it is an order like any other.
        return await self._cancelled(regular(symbol=symbol, orig_client_order_id=client_id))

    async def cancel_all(self, symbols: Iterable[str]) -> CancelOutcome:
        """All orders of these symbols, whoever sent them."""
        outcomes = await asyncio.gather(
            *(self._none_open(request) for symbol in symbols for request in self._all_of(symbol))
        )
        for kind in (Unknown, CancelRefused):
            for outcome in outcomes:
                if isinstance(outcome, kind):
                    return outcome
        return CancelTaken()

    async def amend(self, order: UnifiedOrder, amendment: Amendment) -> AmendOutcome:
        quantity = amendment.quantity if amendment.quantity is not None else order.quantity
        price = amendment.price if amendment.price is not None else order.price
        if price is None or amendment.trigger_price is not None:
            return AmendRefused("only the price and the quantity of a LIMIT order can be amended.")
        if isinstance(self._account, FuturesOutcomeAccount):
            return await self._amended(self._modified(order, quantity, price))
        return await self._amended(self._reduced(order, quantity))

    def _modified(
        self, order: UnifiedOrder, quantity: Decimal, price: Decimal
    ) -> Awaitable[object]:
        """Futures take price and quantity together only, so what stays is said again."""
        return self._account.commands.modify_order(
            symbol=symbol_of(order.instrument_id),
            side=BinanceOrderSide[order.side],
            quantity=number_text(quantity),
            price=number_text(price),
            orig_client_order_id=order.venue_client_id,
            recv_window=self._recv_window,
        )

    def _reduced(self, order: UnifiedOrder, quantity: Decimal) -> Awaitable[object]:
        """Spot gives the order another client id unless the old one is said again; the library
        does not know the request."""
        http: BinanceHttpClient = self._account.commands.client
        body = {
            "symbol": symbol_of(order.instrument_id),
            "origClientOrderId": order.venue_client_id,
            "newClientOrderId": order.venue_client_id,
            "newQty": number_text(quantity),
            "recvWindow": self._recv_window,
            "timestamp": "",  # stamped when it is signed
        }
        return http.sign_request(HttpMethod.PUT, KEEP_PRIORITY, body)

    async def _amended(self, request: Awaitable[object]) -> AmendOutcome:
        try:
            async with asyncio.timeout(self._reply_timeout_s):
                await request
        except BinanceError as error:
            return amend_outcome(error_reply(error))
        except Exception as error:  # noqa: BLE001 - whatever broke, it may have been taken
            return Unknown(f"no readable reply to the amendment: {type(error).__name__}: {error}")
        return AmendTaken()

    def _all_of(self, symbol: str) -> list[Awaitable[object]]:
        account = self._account
        if isinstance(account, FuturesOutcomeAccount):
            return [
                account.commands.cancel_all_open_orders(symbol=symbol),
                account.commands.cancel_all_open_algo_orders(symbol=symbol),
            ]
        return [account.commands.cancel_all_open_orders(symbol=symbol)]

    async def _none_open(self, request: Awaitable[object]) -> CancelOutcome:
        outcome = await self._cancelled(request)
        if isinstance(outcome, CancelRefused) and outcome.reason.startswith(f"{NO_OPEN_ORDER}:"):
            return CancelTaken()  # there was nothing to cancel
        return outcome

    async def _cancelled(self, request: Awaitable[object]) -> CancelOutcome:
        try:
            async with asyncio.timeout(self._reply_timeout_s):
                await request
        except BinanceError as error:
            return cancel_outcome(error_reply(error))
        except OutOfBudget as error:
            return Unknown(f"the cancel was not sent: {error}.")
        except Exception as error:  # noqa: BLE001 - whatever broke, the cancel may have been taken
            return Unknown(f"no readable reply to the cancel: {type(error).__name__}: {error}")
        return CancelTaken()
