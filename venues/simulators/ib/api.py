"""The API of the simulated TWS: each connection's messages, in their order, with armed faults."""

import asyncio
import time

from venues.simulators.fault_kinds import COMMANDS, Action
from venues.simulators.fault_plans import Ending, Plan
from venues.simulators.faults import Faults
from venues.simulators.ib import errors
from venues.simulators.ib.account_messages import AccountBook
from venues.simulators.ib.clients import Clients
from venues.simulators.ib.connection import Connection
from venues.simulators.ib.desk import Desk
from venues.simulators.ib.errors import FARMS_OK, ApiError
from venues.simulators.ib.market_feed import MarketFeed
from venues.simulators.ib.requests import Requests, one_listed
from venues.simulators.ib.ticket_book import TicketBook
from venues.simulators.ib.tickets import read_contract, read_ticket
from venues.simulators.ib.wire_format import Fields, Malformed
from venues.simulators.wire import WireLog

START_API, PLACE_ORDER, CANCEL_ORDER, GLOBAL_CANCEL = 71, 3, 4, 58
CURRENT_TIME = 49
PER_SECOND = 50
VIOLATIONS_TO_CUT = 3
_ORDER_REF = 26
"""Where orderRef stands in placeOrder, counted from the message id."""


class Api:
    """Serves connections. ``roomy`` lifts the limit of messages a second."""

    def __init__(
        self,
        name: str,
        clients: Clients,
        tickets: TicketBook,
        accounts: AccountBook,
        desk: Desk,
        market: MarketFeed,
        requests: Requests,
        faults: Faults,
        wire: WireLog,
        *,
        roomy: bool,
    ) -> None:
        self._name = name
        self._clients = clients
        self._tickets = tickets
        self._accounts = accounts
        self._desk = desk
        self._market = market
        self._handlers = requests.handlers()
        self._faults = faults
        self._wire = wire
        self._roomy = roomy

    def now_ns(self) -> int:
        """The venue's clock: ours, plus an armed skew."""
        return time.time_ns() + self._faults.clock_skew_ms(self._name) * 1_000_000

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from its greeting to its end."""
        opened_ns = time.time_ns()
        client = Connection(reader, writer, lambda: self._faults.half_open(self._name, opened_ns))
        if not self._clients.accepting() or self._faults.in_maintenance(self._name):
            client.abort()
            return
        self._clients.everybody.add(client)
        try:
            await client.greet()
            while True:
                message = await client.read()
                if message and not client.is_dead() and self._paced(client):
                    await self._receive(client, message)
        except (asyncio.IncompleteReadError, ConnectionError, Malformed, _Leave):
            pass  # it is gone, it speaks something else, or it was told to leave
        finally:
            self._clients.leave(client)
            self._market.forget(client)
            await client.closed()

    def _paced(self, client: Connection) -> bool:
        """Whether the message is within the limit; who goes on beyond it is cut off."""
        received = client.rate()
        if self._roomy or received <= PER_SECOND:
            return True
        self._throttle(client, received)
        return False

    def _throttle(self, client: Connection, received: int) -> None:
        client.error(-1, errors.too_fast(PER_SECOND, received))
        client.violations += 1
        if client.violations >= VIOLATIONS_TO_CUT:
            raise _Leave

    async def _receive(self, client: Connection, message: list[str]) -> None:
        received_ns = time.time_ns()
        if not message[0].isdigit():
            client.error(-1, errors.unreadable(f"message id {message[0]!r}"))
            return
        kind, fields = int(message[0]), Fields(message[1:])
        if kind == START_API:
            self._start(client, fields)
            return
        if client.client_id < 0:
            raise _Leave
        action, client_order_id, order_id = self._meaning(client, kind, message)
        if action in COMMANDS:
            self._wire.add(received_ns, self._name, action, client_order_id, order_id)
        if self._clients.offline and kind != CURRENT_TIME:
            return
        plan = self._faults.plan(self._name, action, f"SOCKET /{kind}", client_order_id)
        if plan is None:
            self._handle(client, kind, fields, order_id)
        else:
            await self._with_faults(client, kind, fields, order_id, plan)

    async def _with_faults(
        self, client: Connection, kind: int, fields: Fields, order_id: str, plan: Plan
    ) -> None:
        await asyncio.sleep(plan.delay_before_ms / 1000)
        if plan.cut is not None:
            self._clients.cut(plan.cut)
        told = plan.ending is Ending.REPLY
        if not told:
            client.deaf = True
        if plan.delay_after_ms:
            client.hold(plan.delay_after_ms / 1000)
        if plan.execute:
            self._handle(client, kind, fields, order_id)
        client.deaf = False
        self._end(client, plan, int(order_id) if order_id else -1)
        if plan.lose_connection_s:
            self.lose_connectivity(plan.lose_connection_s, data_lost=plan.lose_data)

    def _end(self, client: Connection, plan: Plan, request_id: int) -> None:
        """What the plan answers instead of the true outcome."""
        match plan.ending:
            case Ending.REJECTED:
                _, code, text = plan.refusal
                client.error(
                    request_id, ApiError(code, text) if code > 0 else errors.rejected(text)
                )
            case Ending.THROTTLED:
                self._throttle(client, PER_SECOND + 1)
            case Ending.BANNED:
                raise _Leave
            case Ending.MAINTENANCE:
                raise _Leave
            case Ending.DROP if plan.fin:
                raise _Leave
            case Ending.DROP | Ending.GATEWAY_ERROR:
                client.abort()
            case Ending.REPLY | Ending.SILENCE | Ending.UNAVAILABLE | Ending.STATUS_UNKNOWN:
                pass  # the socket has no word for "unavailable" or "unknown": it stays silent

    def lose_connectivity(self, duration_s: float, *, data_lost: bool) -> None:
        """1100 now, 1102 (or 1101) after a while."""
        self._clients.lose_connectivity()
        if data_lost:
            self._market.forget()
        loop = asyncio.get_running_loop()
        loop.call_later(duration_s, lambda: self._clients.restore_connectivity(data_lost=data_lost))

    def _start(self, client: Connection, fields: Fields) -> None:
        fields.skip(1)
        client_id = fields.integer()
        if not self._clients.start(client, client_id):
            client.error(-1, errors.client_id_in_use())
            raise _Leave
        client.send((15, 1, self._accounts.number))
        client.send((9, 1, self._tickets.next_id(client_id)))
        for farm in FARMS_OK:
            client.error(-1, farm)

    def _meaning(
        self, client: Connection, kind: int, message: list[str]
    ) -> tuple[Action, str, str]:
        """What a message wants, the client order id it is about, and the order id."""
        if kind == PLACE_ORDER and len(message) > _ORDER_REF:
            order_id = message[1]
            known = order_id.isdigit() and self._tickets.get(client.client_id, int(order_id))
            return Action.AMEND if known else Action.SUBMIT, message[_ORDER_REF], order_id
        if kind == CANCEL_ORDER and len(message) > 2 and message[2].isdigit():
            booked = self._tickets.get(client.client_id, int(message[2]))
            return Action.CANCEL, booked.ticket.order_ref if booked else "", message[2]
        if kind == GLOBAL_CANCEL:
            return Action.CANCEL, "*", ""
        return Action.QUERY if kind in (5, 7, 16, 99) else Action.OTHER, "", ""

    def _handle(self, client: Connection, kind: int, fields: Fields, order_id: str) -> None:
        request_id = int(order_id) if order_id.isdigit() else _request_id(kind, fields)
        try:
            match kind:
                case 3:
                    self._place(client, fields)
                case 4:
                    fields.skip(1)
                    self._desk.cancel(client, fields.integer(), self.now_ns())
                case 58:
                    self._desk.cancel_all(self.now_ns())
                case _ if kind in self._handlers:
                    self._handlers[kind](client, fields, self.now_ns())
                case _:
                    raise errors.unknown_message()
        except ApiError as error:
            client.error(request_id, error)
        except Malformed as error:
            client.error(request_id, errors.unreadable(str(error)))

    def _place(self, client: Connection, fields: Fields) -> None:
        order_id, wanted = fields.integer(), read_contract(fields)
        ticket = read_ticket(fields, client.version, wanted.sec_type)
        self._desk.place(client, order_id, one_listed(wanted), ticket, self.now_ns())


class _Leave(Exception):
    """The connection is to be closed."""


def _request_id(kind: int, fields: Fields) -> int:
    """The id that an error about a message names: some messages carry it behind a version."""
    place = {1: 1, 7: 1, 9: 1, 10: 1, 62: 1, 74: 1, 76: 1, 20: 0, 91: 0, 92: 0}.get(kind)
    return -1 if place is None else fields.peek_integer(place)
