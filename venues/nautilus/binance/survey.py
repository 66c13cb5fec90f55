"""Proves, without a node, that a Binance account can be traded with."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import msgspec
from nautilus_trader.adapters.binance.common.urls import get_ws_api_base_url
from nautilus_trader.adapters.binance.http.error import BinanceError
from nautilus_trader.core.nautilus_pyo3 import HttpMethod

from venues.nautilus.binance.account import error_reply
from venues.nautilus.binance.factory import market_urls
from venues.nautilus.binance.paths import LISTEN_KEY
from venues.nautilus.binance.queries import BinanceQueries
from venues.nautilus.binance.settings import BinanceSettings, Product
from venues.nautilus.binance.sign_in import LOG_ON, SUBSCRIBE_SIGNED, signed
from venues.nautilus.survey import all_open, answer_of, refuse_hedge_mode
from venues.nautilus.venue_clock import VenueClock
from venues.port import VenueUnreachable

# Any stream will do: only the connection is tried.
_STREAM = "stream?streams=btcusdt@bookTicker"


class _ListenKey(msgspec.Struct):
    listenKey: str  # noqa: N815 - the venue's name


async def survey(
    settings: BinanceSettings, queries: BinanceQueries, clock: VenueClock
) -> frozenset[str]:
    """See `Exchange.survey`."""
    with suppress(TimeoutError):  # a slow answer: what was known of its clock holds
        await clock.read(queries.questions.time_ms)
    await queries.balances()
    await queries.working_orders()
    if await queries.is_in_hedge_mode():
        refuse_hedge_mode(settings.venue, "switch the account to one-way mode")
    offered = await queries.offered()
    urls = [*await _user_urls(settings, queries), *_market_urls(settings)]
    await asyncio.gather(_prove_sign_in(settings, queries, clock), all_open(urls))
    return offered


def _market_urls(settings: BinanceSettings) -> set[str]:
    return {f"{url.rstrip('/')}/{_STREAM}" for url in market_urls(settings)}


async def _prove_sign_in(
    settings: BinanceSettings, queries: BinanceQueries, clock: VenueClock
) -> None:
    """Ask what the user stream will ask on its socket, and leave it."""
    is_spot = settings.product is Product.SPOT
    if not (is_spot or settings.has_ed25519_key):
        return  # its listen key says it all
    method = SUBSCRIBE_SIGNED if is_spot else LOG_ON
    sign = queries.questions.http.signature_of
    params = signed(settings.api_key, clock.timestamp_ms(), sign)
    url = settings.url("ws_api") or get_ws_api_base_url(
        settings.account_type, settings.environment, False
    )
    reply = await answer_of(url, {"id": "survey", "method": method, "params": params})
    error = reply.get("error")
    if error is not None:
        raise VenueUnreachable(f"it refuses {method}: {error.get('code')} {error.get('msg')}")


async def _user_urls(settings: BinanceSettings, queries: BinanceQueries) -> list[str]:
    """Where futures tell their news; those of spot come on the socket of its sign-in."""
    stream = settings.url("ws_stream")
    if settings.product is Product.SPOT or stream is None:
        return []
    try:
        reply = await queries.questions.http.send_request(HttpMethod.POST, LISTEN_KEY)
    except BinanceError as error:
        raise VenueUnreachable(f"it gives no listen key: {error_reply(error)}") from error
    key = msgspec.json.decode(reply, type=_ListenKey).listenKey
    return [f"{stream.rstrip('/')}/ws?listenKey={key}"]
