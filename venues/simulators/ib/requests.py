"""All requests of the API, by the rooms that answer them."""

from collections.abc import Sequence

from venues.simulators.ib.absent import refusals
from venues.simulators.ib.answering import Answer, Handler, Handlers, one_listed
from venues.simulators.ib.connection import Connection
from venues.simulators.ib.desk import Desk
from venues.simulators.ib.messages import CANCEL_ORDER, GLOBAL_CANCEL, PLACE_ORDER
from venues.simulators.ib.order_fields import read_order_fields
from venues.simulators.ib.order_reading import ticket_of
from venues.simulators.ib.small_requests import small_requests
from venues.simulators.ib.tickets import read_contract
from venues.simulators.ib.wire_format import Fields


def all_handlers(desk: Desk, rooms: Sequence[Handlers]) -> Handlers:
    """The handlers of commands, of the rooms, and of what is small or refused."""
    handlers: dict[int, Handler] = {}
    for room in (commands(desk), *rooms, small_requests(), refusals()):
        twice = handlers.keys() & room.keys()
        assert not twice, f"requests {twice} are answered twice"
        handlers |= room
    return handlers


def commands(desk: Desk) -> Handlers:
    """Handlers of what changes orders."""

    def place(client: Connection, fields: Fields, now_ns: int) -> Answer:
        order_id, wanted = fields.integer(), read_contract(fields)
        read = read_order_fields(fields, client.version, wanted.sec_type)
        listed = one_listed(wanted.with_security_id(read["secIdType"], read["secId"]))
        desk.place(client, order_id, listed, ticket_of(read), now_ns)
        return ()

    def cancel(client: Connection, fields: Fields, now_ns: int) -> Answer:
        fields.skip(1)
        desk.cancel(client, fields.integer(), now_ns)
        return ()

    def cancel_all(client: Connection, fields: Fields, now_ns: int) -> Answer:
        desk.cancel_all(now_ns)
        return ()

    return {PLACE_ORDER: place, CANCEL_ORDER: cancel, GLOBAL_CANCEL: cancel_all}
