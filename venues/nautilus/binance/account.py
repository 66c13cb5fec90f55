"""Binance's HTTP account API as the real adapter has it, with outcomes told instead of guessed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from nautilus_trader.adapters.binance.common.enums import BinanceOrderType
from nautilus_trader.adapters.binance.futures.http.account import BinanceFuturesAccountHttpAPI
from nautilus_trader.adapters.binance.http.account import BinanceAccountHttpAPI
from nautilus_trader.adapters.binance.http.error import BinanceError
from nautilus_trader.adapters.binance.spot.http.account import BinanceSpotAccountHttpAPI

from domain.outcomes import Accepted, Unknown
from venues.nautilus.binance.rejections import ErrorReply, submit_outcome
from venues.nautilus.listener import VenueListener

_TRIGGERED_MARKET = (BinanceOrderType.STOP_LOSS, BinanceOrderType.TAKE_PROFIT)

_Reply = TypeVar("_Reply")


class OutcomeUnknown(Exception):
    """The submit got no answer that decides.

    Not a BinanceError, so the library does not take it for a refusal.
    """


class OutcomeAccount(BinanceAccountHttpAPI):
    """Sends a new order once, waits a bounded time, and tells the listener what came of it.

    The bound also cancels a request that still waits here for a connection: once the order is
    called Unknown, nothing of ours may be on its way any more. Commands have a client of their own,
    without the library's rate limiter: that would hold an order back silently, behind queries too.
    """

    listener: VenueListener
    commands: BinanceAccountHttpAPI
    reply_timeout_s: float

    async def new_order(self, *args: Any, **kwargs: Any) -> Any:
        return await self.told(
            kwargs["new_client_order_id"],
            self.commands.new_order(*args, **kwargs),
            lambda reply: reply.orderId,
        )

    async def told(
        self, client_id: str, request: Awaitable[_Reply], number: Callable[[_Reply], int]
    ) -> _Reply:
        """The reply to a new order, whose outcome the listener has heard of before."""
        try:
            async with asyncio.timeout(self.reply_timeout_s):
                reply = await request
        except BinanceError as error:
            outcome = submit_outcome(error_reply(error))
            self.listener.on_answer(client_id, outcome)
            if isinstance(outcome, Unknown):
                raise OutcomeUnknown(outcome.reason) from error
            raise
        except TimeoutError as error:
            reason = f"no reply within {self.reply_timeout_s:g} s"
            self.listener.on_answer(client_id, Unknown(reason))
            raise OutcomeUnknown(reason) from error
        except Exception as error:
            # Whatever broke, the order may be at the venue.
            reason = f"no readable reply: {type(error).__name__}: {error}"
            self.listener.on_answer(client_id, Unknown(reason))
            raise OutcomeUnknown(reason) from error
        self.listener.on_answer(client_id, Accepted(str(number(reply))))
        return reply


class SpotOutcomeAccount(OutcomeAccount, BinanceSpotAccountHttpAPI):
    commands: BinanceSpotAccountHttpAPI

    async def new_order(self, *args: Any, **kwargs: Any) -> Any:
        if kwargs["order_type"] in _TRIGGERED_MARKET:
            # The venue refuses one where an order cannot rest; the library always sends it.
            kwargs["time_in_force"] = None
        return await super().new_order(*args, **kwargs)


class FuturesOutcomeAccount(OutcomeAccount, BinanceFuturesAccountHttpAPI):
    """Conditional orders have an endpoint of their own."""

    commands: BinanceFuturesAccountHttpAPI

    async def new_algo_order(self, *args: Any, **kwargs: Any) -> Any:
        return await self.told(
            kwargs["client_algo_id"],
            self.commands.new_algo_order(*args, **kwargs),
            lambda reply: reply.algoId,
        )


def error_reply(error: BinanceError) -> ErrorReply:
    """The error as Binance sent it; proxies in between answer with text or HTML."""
    body = error.message
    if isinstance(body, dict) and isinstance(body.get("code"), int):
        return ErrorReply(error.status, body["code"], str(body.get("msg", "")))
    return ErrorReply(error.status, None, str(body)[:200])
