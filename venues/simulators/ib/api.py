"""The API of the simulated TWS: each connection's messages, in their order, with armed faults."""

import asyncio
import logging
import time
from collections.abc import Callable

from venues.simulators.fault_kinds import COMMANDS, Action
from venues.simulators.fault_plans import Ending, Plan
from venues.simulators.faults import Faults
from venues.simulators.ib import errors
from venues.simulators.ib.answering import Handlers, unknown
from venues.simulators.ib.clients import Clients
from venues.simulators.ib.connection import Connection
from venues.simulators.ib.connectivity import Connectivity
from venues.simulators.ib.errors import ApiError
from venues.simulators.ib.messages import (
    CANCEL_ORDER,
    CURRENT_TIME,
    GLOBAL_CANCEL,
    PLACE_ORDER,
    START_API,
    request_id,
)
from venues.simulators.ib.ticket_book import TicketBook
from venues.simulators.ib.wire_format import Fields, Malformed, whole
from venues.simulators.wire import WireLog

logger = logging.getLogger(__name__)

PER_SECOND = 50
VIOLATIONS_TO_CUT = 3
_ORDER_REF = 26
"""Where orderRef stands in placeOrder, counted from the message id."""

_QUERIES = (5, 7, 16, 99)


class Api:
    """Serves connections. ``roomy`` lifts the limit of messages a second; ``forget`` ends what a
    connection has subscribed to; ``clock`` is what the clock of the login shows."""

    def __init__(
        self,
        name: str,
        number: str,
        clients: Clients,
        connectivity: Connectivity,
        tickets: TicketBook,
        handlers: Handlers,
        forget: Callable[[Connection], None],
        faults: Faults,
        wire: WireLog,
        clock: Callable[[int], str],
        *,
        roomy: bool,
    ) -> None:
        self._name = name
        self._number = number
        self._clients = clients
        self._connectivity = connectivity
        self._tickets = tickets
        self._handlers = handlers
        self._forget = forget
        self._faults = faults
        self._wire = wire
        self._clock = clock
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
            await client.greet(lambda: self._clock(self.now_ns()))
            while True:
                message = await client.read()
                if message and not client.is_dead() and self._paced(client):
                    await self._receive(client, message)
        except (asyncio.IncompleteReadError, ConnectionError, Malformed, _Leave):
            pass  # it is gone, it speaks something else, or it was told to leave
        finally:
            self._clients.leave(client)
            self._forget(client)
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
        kind, fields = whole(message[0]), Fields(message[1:])
        if kind is None:
            client.error(-1, errors.unreadable(f"message id {message[0][:50]!r}"))
            return
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
            await self._handle(client, kind, fields)
        else:
            await self._with_faults(client, kind, fields, plan)

    async def _with_faults(self, client: Connection, kind: int, fields: Fields, plan: Plan) -> None:
        await asyncio.sleep(plan.delay_before_ms / 1000)
        if plan.cut is not None:
            self._clients.cut(plan.cut)
        told = plan.ending is Ending.REPLY
        if not told:
            client.deaf = True
        if plan.delay_after_ms:
            client.hold(plan.delay_after_ms / 1000)
        if plan.execute:
            await self._handle(client, kind, fields)
        client.deaf = False
        self._end(client, plan, request_id(kind, fields))
        if plan.loss is not None:
            self._connectivity.lose(plan.loss)

    def _end(self, client: Connection, plan: Plan, about: int) -> None:
        """What the plan answers instead of the true outcome."""
        match plan.ending:
            case Ending.REJECTED:
                _, code, text = plan.refusal
                client.error(about, ApiError(code, text) if code > 0 else errors.rejected(text))
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

    def _start(self, client: Connection, fields: Fields) -> None:
        fields.skip(1)
        client_id = fields.integer()
        if not self._clients.start(client, client_id):
            client.error(-1, errors.client_id_in_use())
            raise _Leave
        client.send((15, 1, self._number))
        client.send((9, 1, self._tickets.next_id(client_id)))
        for news in self._connectivity.greeting():
            client.error(-1, news)

    def _meaning(
        self, client: Connection, kind: int, message: list[str]
    ) -> tuple[Action, str, str]:
        """What a message wants, the client order id it is about, and the order id."""
        if kind == PLACE_ORDER and len(message) > _ORDER_REF:
            known = self._known(client, message[1])
            return Action.SUBMIT if known is None else Action.AMEND, message[_ORDER_REF], message[1]
        if kind == CANCEL_ORDER and len(message) > 2:
            return Action.CANCEL, self._known(client, message[2]) or "", message[2]
        if kind == GLOBAL_CANCEL:
            return Action.CANCEL, "*", ""
        return Action.QUERY if kind in _QUERIES else Action.OTHER, "", ""

    def _known(self, client: Connection, order_id: str) -> str | None:
        """The client order id of an order of this client; None where it has none."""
        number = whole(order_id)
        booked = None if number is None else self._tickets.get(client.client_id, number)
        return None if booked is None else booked.ticket.order_ref

    async def _handle(self, client: Connection, kind: int, fields: Fields) -> None:
        about = request_id(kind, fields)
        try:
            handler = self._handlers.get(kind, unknown)
            await client.stream(handler(client, fields, self.now_ns()))
        except ApiError as error:
            client.error(about, error)
        except Malformed as error:
            client.error(about, errors.unreadable(str(error)))
        except ConnectionError:
            raise
        except Exception:  # the session, and what else it trades, must outlive one odd request
            logger.exception("request %s of client %s failed", kind, client.client_id)
            client.error(about, errors.PROCESSING_FAILED)


class _Leave(Exception):
    """The connection is to be closed."""
