"""Putting the simulated Deribit together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from aiohttp import web

from venues.simulators.accounts import Account
from venues.simulators.cuts import Cut
from venues.simulators.deribit.access import Access
from venues.simulators.deribit.access_log import AccessLog
from venues.simulators.deribit.account_api import AccountApi
from venues.simulators.deribit.cancelling import CancellingApi
from venues.simulators.deribit.desk import Desk
from venues.simulators.deribit.door import Door
from venues.simulators.deribit.expiry import Expiry
from venues.simulators.deribit.fees import DeribitFees
from venues.simulators.deribit.front import Front
from venues.simulators.deribit.funding_api import FundingApi
from venues.simulators.deribit.http import HttpFace
from venues.simulators.deribit.indices import Indices
from venues.simulators.deribit.instruments import TRADED
from venues.simulators.deribit.limits import Credits
from venues.simulators.deribit.market_api import MarketApi
from venues.simulators.deribit.market_streams import MarketStreams
from venues.simulators.deribit.memory import Memory
from venues.simulators.deribit.notices_api import NoticesApi
from venues.simulators.deribit.order_queries import OrderQueries
from venues.simulators.deribit.public_trades import PublicTrades
from venues.simulators.deribit.scopes import EVERYTHING
from venues.simulators.deribit.self_trading import SelfTradingApi
from venues.simulators.deribit.session_api import SessionApi
from venues.simulators.deribit.sessions import Line, Parts, Session
from venues.simulators.deribit.settlements_api import SettlementsApi
from venues.simulators.deribit.sockets import Sockets
from venues.simulators.deribit.statistics_api import StatisticsApi
from venues.simulators.deribit.trade_queries import TradeQueries
from venues.simulators.deribit.trading import TradingApi
from venues.simulators.deribit.transactions_api import TransactionsApi
from venues.simulators.deribit.trigger_history import TriggerHistory
from venues.simulators.deribit.user_streams import UserStreams
from venues.simulators.events import Print, Step
from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import FaultKind
from venues.simulators.opening import open_exchange
from venues.simulators.orders import Fill, Order
from venues.simulators.unified_account import UnifiedAccount
from venues.simulators.venue import ACCOUNT, Setup

NAME = "DERIBIT"
BALANCES = {"BTC": Decimal(1000), "ETH": Decimal(10_000), "USDC": Decimal(50_000_000)}
LEVERAGE = 25
SHUTDOWN_S = 1.0
INTERNAL_ERROR = 11094


class Feed:
    """Listens to the exchange for the streams."""

    def __init__(self, users: UserStreams, markets: MarketStreams) -> None:
        self._users = users
        self._markets = markets

    def on_step(self, step: Step, order: Order, fill: Fill | None, now_ns: int) -> None:
        """Stream a step of an order."""
        self._users.on_step(step, order, fill)

    def on_funds(self, account: str, symbols: Iterable[str], now_ns: int, *, traded: bool) -> None:
        """Stream what an action did to an account."""
        self._users.on_funds(account, symbols, traded=traded)

    def on_print(self, trade: Print) -> None:
        """Stream a public trade."""
        self._markets.on_print(trade)

    def on_book(self, symbol: str, now_ns: int) -> None:
        """Stream a changed book."""
        self._markets.on_book(symbol, now_ns)


@dataclass(frozen=True, slots=True)
class Clockwork:
    """What the venue does once a second without being asked."""

    markets: MarketStreams
    users: UserStreams
    expiry: Expiry

    def beat(self, now_ns: int) -> None:
        """Instruments whose date has come, figures, bars and portfolios."""
        self.expiry.beat(now_ns)
        self.markets.beat(now_ns)
        self.users.beat((ACCOUNT,))


class DeribitVenue:
    """The running venue: HTTP and WebSockets on one port."""

    def __init__(
        self,
        exchange: Exchange,
        ledger_path: Path,
        front: Front,
        parts: Parts,
        sockets: Sockets,
        clockwork: Clockwork,
    ) -> None:
        self.name = NAME
        self.exchange = exchange
        self.ledger_path = ledger_path
        self._front = front
        self._parts = parts
        self._sockets = sockets
        self._clockwork = clockwork
        self._runner: web.ServerRunner | None = None

    async def listen(self, host: str, port: int) -> int:
        """Serve on a port (0 for a free one); returns the port."""
        face = HttpFace(self._front, self._parts.access)
        server = Door(face.serve_with(self._sockets.serve))
        self._runner = web.ServerRunner(server, shutdown_timeout=SHUTDOWN_S)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        bound: int = self._runner.addresses[0][1]
        return bound

    async def close(self) -> None:
        """Stop serving and close the ledger."""
        await self._sockets.close()
        if self._runner is not None:
            await self._runner.cleanup()
        self.exchange.close()

    def beat(self, now_ns: int) -> None:
        """What the venue does by its own clock, and what befalls it as a whole."""
        self._clockwork.beat(self._front.now_ns())
        self._sockets.beat()
        faults = self._front.faults
        if faults.in_maintenance(NAME):
            self._sockets.drop_all()
        fault = faults.strike(FaultKind.ERROR_FRAME, NAME)
        if fault is not None:
            code = fault.param("code")
            for session in self._sockets.sessions():
                session.tell_error(
                    INTERNAL_ERROR if code is None else int(code), fault.param("msg")
                )

    def expire_instrument(self, symbol: str, price: Decimal | None) -> dict[str, Any]:
        """Let a dated instrument expire now, at an index price; raises ValueError."""
        made = self._clockwork.expiry.expire(symbol, price, self._front.now_ns())
        end = self.exchange.state.expired[symbol]
        delivered = {each.account: str(each.quantity) for each in made}
        return {"symbol": symbol, "price": str(end.price), "delivered": delivered}

    def cut_streams(self, cut: Cut) -> int:
        """End connections, those that are logged in or others; let none in for a while."""
        return self._sockets.cut(cut)

    def expire_listen_keys(self) -> int:
        """End every access token now: private channels go silent and requests are refused."""
        return self._parts.access.tokens.expire_all()

    def silence_market_data(self, *, silent: bool) -> None:
        """Stop or resume the public channels."""
        self._clockwork.markets.silent = silent


def build(setup: Setup) -> DeribitVenue:
    """The venue with its one account. Its key may do everything, unless the credentials hold a
    ``scope`` too."""

    def make(name: str, first: Mapping[str, Decimal], marks: Mapping[str, Decimal]) -> Account:
        return UnifiedAccount(name, first, DeribitFees(), marks, TRADED, LEVERAGE)

    exchange = open_exchange(setup.ledger_path, TRADED, {ACCOUNT: BALANCES}, make, setup.now_ns)
    exchange.unique_client_ids = False
    key, faults = setup.credentials, setup.faults
    scope = key.get("scope", EVERYTHING)
    access = Access(key["client_id"], key["client_secret"], ACCOUNT, scope)
    rates, desk = Credits.create(roomy=setup.roomy), Desk(exchange)
    indices, tapes = Indices(desk), exchange.tapes
    market, accounts = MarketApi(desk, indices, tapes), AccountApi(desk, rates)
    markets = MarketStreams(NAME, desk, market, indices, faults)
    users = UserStreams(NAME, desk, accounts, faults)
    log, cancelling = AccessLog(), CancellingApi(desk)
    log.hear = lambda entry: users.on_login(ACCOUNT, entry)

    def cut_streams(cut: Cut) -> int:
        return sockets.cut(cut)

    front = Front(NAME, desk, rates, faults, setup.wire, cut_streams)
    parts = Parts(front, access, markets, users)

    def make_session(line: Line, address: str) -> Session:
        return Session(parts, line, address)

    def cancel_disconnected(order_ids: set[int]) -> None:
        cancelling.cancel_disconnected(order_ids, front.now_ns())

    sockets = Sockets(make_session, cancel_disconnected)
    memory = Memory(NAME, desk, faults)
    for api in (
        market,
        accounts,
        cancelling,
        StatisticsApi(desk, market, indices, tapes),
        PublicTrades(desk, market, tapes),
        FundingApi(desk, indices),
        NoticesApi(),
        TradingApi(desk),
        OrderQueries(desk, memory),
        TradeQueries(desk, memory),
        TriggerHistory(desk),
        SettlementsApi(desk),
        TransactionsApi(desk),
        SelfTradingApi(exchange),
        SessionApi(access, log, exchange),
    ):
        front.methods |= api.methods()
    exchange.listener = Feed(users, markets)
    clockwork = Clockwork(markets, users, Expiry(desk, markets))
    return DeribitVenue(exchange, setup.ledger_path, front, parts, sockets, clockwork)
