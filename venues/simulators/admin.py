"""The admin port: health, ground truth, faults and the market, for operators, tests and benches.

It is not part of any venue. It listens on loopback and trusts who reaches it.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from decimal import Decimal, InvalidOperation
from typing import Any

from aiohttp import web

from venues.simulators.fault_kinds import Fault, FaultKind, parse_fault
from venues.simulators.fault_plans import cut_of
from venues.simulators.faults import Faults
from venues.simulators.ledger import Record, read_ledger, summarise
from venues.simulators.market import Market
from venues.simulators.matching import Side
from venues.simulators.orders import Order
from venues.simulators.venue import ExpiresInstruments, SimulatedVenue
from venues.simulators.views import account_view, order_view, summary_view
from venues.simulators.wire import WireLog

type Handler = Callable[[web.Request], Awaitable[web.Response]]


FILTERS = ("client_order_id", "order_id", "event", "account", "symbol")


class Admin:
    """Routes of the admin port."""

    def __init__(
        self, venues: Mapping[str, SimulatedVenue], market: Market, faults: Faults, wire: WireLog
    ) -> None:
        self._venues = venues
        self._market = market
        self._faults = faults
        self._wire = wire

    def application(self) -> web.Application:
        """The web application; bad requests are answered 400 with the reason."""
        application = web.Application(middlewares=[_explain])
        application.add_routes(
            [
                web.get("/health", self.health),
                web.get("/ledger", self.ledger),
                web.get("/ledger/summary", self.summary),
                web.get("/state", self.state),
                web.get("/wire", self.wire),
                web.get("/faults", self.list_faults),
                web.post("/faults", self.add_fault),
                web.delete("/faults", self.clear_faults),
                web.delete("/faults/{fault_id}", self.clear_faults),
                web.post("/market", self.move),
                web.post("/market/trade", self.trade),
                web.post("/market/pause", self.pause),
                web.post("/market/resume", self.resume),
                web.post("/market/silence", self.silence),
                web.post("/orders/fill", self.fill_order),
                web.post("/orders/cancel", self.cancel_order),
                web.post("/instruments/expire", self.expire_instrument),
                web.post("/drop-user-streams", self.drop_user_streams),
                web.post("/expire-listen-keys", self.expire_listen_keys),
            ]
        )
        return application

    async def health(self, request: web.Request) -> web.Response:
        """200 while the venues are served."""
        return _json({"status": "ok", "venues": list(self._venues)})

    async def ledger(self, request: web.Request) -> web.Response:
        """Ledger records, filtered by ``venue``, ``client_order_id``, ``order_id``, ``event``."""
        wanted = {name: request.query[name] for name in FILTERS if name in request.query}
        venues = self._chosen(request.query)
        # A long ledger takes a while to read; orders must not wait for it.
        return _json(await asyncio.to_thread(_search, venues, wanted))

    async def summary(self, request: web.Request) -> web.Response:
        """Ledgers folded, for client ids that begin with ``prefix``: counts, doubled, positions."""
        venues, prefix = self._chosen(request.query), request.query.get("prefix", "")
        return _json(await asyncio.to_thread(_summaries, venues, prefix))

    async def state(self, request: web.Request) -> web.Response:
        """Accounts and orders of the venues; ``open=true`` leaves finished orders out."""
        only_open = request.query.get("open", "false") == "true"
        states: dict[str, Any] = {}
        for venue in self._chosen(request.query):
            state = venue.exchange.state
            orders = [o for o in state.orders if o.is_open or not only_open]
            states[venue.name] = {
                "accounts": {name: account_view(a) for name, a in state.accounts.items()},
                "marks": {symbol: str(mark) for symbol, mark in venue.exchange.marks.items()},
                "orders": [order_view(order) for order in orders],
            }
        return _json(states)

    async def wire(self, request: web.Request) -> web.Response:
        """Order commands received after ``since`` (a sequence number)."""
        return _json(self._wire.since(int(request.query.get("since", "0"))))

    async def list_faults(self, request: web.Request) -> web.Response:
        """All armed faults, with their strikes."""
        return _json([asdict(fault) for fault in self._faults.armed()])

    async def add_fault(self, request: web.Request) -> web.Response:
        """Arm a fault; the user streams drop at once when no request is named for it."""
        definition = await _body(request)
        targets = self._chosen({"venue": str(definition.get("venue", "all"))})
        triggers = ("action", "path", "client_order_id", "count", "probability")
        at_once = not any(name in definition for name in triggers)
        if definition.get("kind") == FaultKind.DROP_USER_STREAM and at_once:
            return _json({"dropped": _cut(targets, parse_fault(0, definition))})
        return _json(asdict(self._faults.add(definition)), 201)

    async def clear_faults(self, request: web.Request) -> web.Response:
        """Disarm one fault, or all."""
        fault_id = request.match_info.get("fault_id")
        cleared = self._faults.clear(None if fault_id is None else int(fault_id))
        return _json({"cleared": cleared})

    async def move(self, request: web.Request) -> web.Response:
        """Move a symbol's price on all venues: ``mid`` is the new price, ``move`` a difference."""
        body = await _body(request)
        symbol = str(body.get("symbol", ""))
        price = self._market.price(symbol)
        if price is None:
            raise ValueError(f"unknown symbol {symbol!r}")
        if ("mid" in body) == ("move" in body):
            raise ValueError('send either "mid" or "move"')
        target = Decimal(str(body["mid"])) if "mid" in body else price + Decimal(str(body["move"]))
        if not target.is_finite() or target <= 0:
            raise ValueError(f"the price must stay above zero, got {target}")
        self._market.jump(symbol, target, time.time_ns())
        return _json({"symbol": symbol, "mid": str(target)})

    async def trade(self, request: web.Request) -> web.Response:
        """Let somebody without an account take ``quantity`` of a symbol at one venue."""
        body = await _body(request)
        exchange, symbol = self._one(body).exchange, str(body.get("symbol", ""))
        if symbol not in exchange.instruments:
            raise ValueError(f"unknown symbol {symbol!r}; there are {sorted(exchange.instruments)}")
        side, quantity = Side(str(body.get("side", ""))), _amount(body, "quantity")
        exchange.market_trade(symbol, side, quantity, time.time_ns())
        return _json({"symbol": symbol, "last": str(exchange.lasts.get(symbol, ""))})

    async def fill_order(self, request: web.Request) -> web.Response:
        """Fill ``quantity`` of the resting order that ``client_order_id`` names, at its price."""
        body = await _body(request)
        exchange, order = self._one(body).exchange, self._order(body)
        exchange.fill_resting(order, _amount(body, "quantity"), time.time_ns())
        return _json(order_view(order))

    async def cancel_order(self, request: web.Request) -> web.Response:
        """Cancel the order that ``client_order_id`` names: the venue does it, nobody asked."""
        body = await _body(request)
        exchange, order = self._one(body).exchange, self._order(body)
        if exchange.cancel(order, time.time_ns()) is not None:
            raise ValueError(f"order {order.client_order_id!r} is {order.status}")
        return _json(order_view(order))

    async def expire_instrument(self, request: web.Request) -> web.Response:
        """Let a dated instrument expire now, at ``price`` of its index or at that of now."""
        body = await _body(request)
        venue = self._one(body)
        if not isinstance(venue, ExpiresInstruments):
            raise TypeError(f"the simulated {venue.name} lets no instrument expire")
        price = _amount(body, "price") if "price" in body else None
        return _json(venue.expire_instrument(str(body.get("symbol", "")), price))

    async def pause(self, request: web.Request) -> web.Response:
        """Stop price moves and market trades; the maker's quotes go on."""
        symbol = (await _body(request)).get("symbol")
        if symbol is not None and self._market.price(symbol) is None:
            raise ValueError(f"unknown symbol {symbol!r}")
        self._market.freeze(symbol, frozen=True)
        return _json({"paused": symbol or "all"})

    async def resume(self, request: web.Request) -> web.Response:
        """Undo ``pause`` and ``silence``."""
        symbol = (await _body(request)).get("symbol")
        self._market.freeze(symbol, frozen=False)
        for venue in self._venues.values():
            venue.silence_market_data(silent=False)
        return _json({"resumed": symbol or "all"})

    async def silence(self, request: web.Request) -> web.Response:
        """Stop the market streams (the sockets stay open): quotes go stale at the clients."""
        body = await _body(request)
        chosen = self._chosen({"venue": str(body.get("venue", "all"))})
        for venue in chosen:
            venue.silence_market_data(silent=True)
        return _json({"silenced": [venue.name for venue in chosen]})

    async def drop_user_streams(self, request: web.Request) -> web.Response:
        """End user streams now: a fault of that name which strikes at once."""
        body = await _body(request)
        chosen = self._chosen({"venue": str(body.pop("venue", "all"))})
        fault = parse_fault(0, {"kind": FaultKind.DROP_USER_STREAM, "params": body})
        return _json({"dropped": _cut(chosen, fault)})

    async def expire_listen_keys(self, request: web.Request) -> web.Response:
        """End all listen keys, tokens and sessions of the venues, as if nobody had renewed them."""
        body = await _body(request)
        chosen = self._chosen({"venue": str(body.get("venue", "all"))})
        return _json({"expired": {venue.name: venue.expire_listen_keys() for venue in chosen}})

    def _one(self, body: Mapping[str, Any]) -> SimulatedVenue:
        name = str(body.get("venue", ""))
        if name not in self._venues:
            raise ValueError(f"unknown venue {name!r}; there are {sorted(self._venues)}")
        return self._venues[name]

    def _order(self, body: Mapping[str, Any]) -> Order:
        state, client_id = self._one(body).exchange.state, str(body.get("client_order_id", ""))
        for account in state.accounts:
            order = state.orders.by_client_id(account, client_id)
            if order is not None:
                return order
        raise ValueError(f"no order has the client id {client_id!r}")

    def _chosen(self, query: Mapping[str, str]) -> list[SimulatedVenue]:
        name = query.get("venue", "all")
        if name != "all" and name not in self._venues:
            raise ValueError(f"unknown venue {name!r}; there are {sorted(self._venues)}")
        return [venue for venue in self._venues.values() if name in ("all", venue.name)]


def _cut(venues: list[SimulatedVenue], fault: Fault) -> int:
    cut = cut_of(fault.param)
    return sum(venue.cut_streams(cut) for venue in venues)


def _search(venues: list[SimulatedVenue], wanted: Mapping[str, str]) -> list[Record]:
    needle = max(wanted.values(), key=len, default="")
    return [
        {"venue": venue.name, **record}
        for venue in venues
        for record in read_ledger(venue.ledger_path, needle)
        if all(str(record.get(name)) == value for name, value in wanted.items())
    ]


def _summaries(venues: list[SimulatedVenue], prefix: str) -> dict[str, Any]:
    return {
        venue.name: summary_view(
            summarise(
                record
                for record in read_ledger(venue.ledger_path, prefix)
                if record.get("client_order_id", "").startswith(prefix)
            )
        )
        for venue in venues
    }


@web.middleware
async def _explain(request: web.Request, handler: Any) -> web.StreamResponse:
    try:
        response: web.StreamResponse = await handler(request)
    except (ValueError, TypeError, InvalidOperation) as error:
        return _json({"error": str(error)}, 400)
    return response


async def _body(request: web.Request) -> dict[str, Any]:
    text = await request.text()
    body = json.loads(text) if text else {}
    if not isinstance(body, dict):
        raise TypeError("the body must be a JSON object")
    return body


def _amount(body: Mapping[str, Any], name: str) -> Decimal:
    amount = Decimal(str(body.get(name)))
    if not amount.is_finite() or amount <= 0:
        raise ValueError(f"{name} must be above zero, got {amount}")
    return amount


def _json(body: Any, status: int = 200) -> web.Response:
    return web.json_response(body, status=status)
