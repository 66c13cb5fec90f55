"""The API clients that are connected, by their ids, and telling them things."""

import asyncio
from collections.abc import Iterator
from decimal import Decimal

from venues.simulators.cuts import Cut
from venues.simulators.ib.booked import Booked
from venues.simulators.ib.connection import Connection
from venues.simulators.ib.errors import RESTORED_DATA_KEPT, RESTORED_DATA_LOST, ApiError
from venues.simulators.ib.order_messages import open_order, order_status
from venues.simulators.ib.wire_format import Message


class Clients:
    """Who is connected. ``offline`` while TWS has lost IB: nothing of orders is told then.

    ``linger_s`` is how long a client id stays taken after its socket died: the real TWS needs a
    moment to notice.
    """

    def __init__(self) -> None:
        self._by_id: dict[int, Connection] = {}
        self._taken_until: dict[int, float] = {}
        self._refused_until = 0.0
        self.everybody: set[Connection] = set()
        self.offline = False
        self.linger_s = 0.0

    def accepting(self) -> bool:
        """Whether new sockets are let in."""
        return asyncio.get_running_loop().time() >= self._refused_until

    def start(self, connection: Connection, client_id: int) -> bool:
        """Give a connection its client id; False where it is taken."""
        now = asyncio.get_running_loop().time()
        if client_id in self._by_id or self._taken_until.get(client_id, 0.0) > now:
            return False
        connection.client_id = client_id
        self._by_id[client_id] = connection
        return True

    def leave(self, connection: Connection) -> None:
        """The socket is gone."""
        self.everybody.discard(connection)
        if self._by_id.get(connection.client_id) is connection:
            del self._by_id[connection.client_id]
            until = asyncio.get_running_loop().time() + self.linger_s
            self._taken_until[connection.client_id] = until

    def __iter__(self) -> Iterator[Connection]:
        return iter(list(self._by_id.values()))

    def owner(self, booked: Booked) -> Connection | None:
        """The connection that hears of an order: that of the client which placed it."""
        return None if self.offline else self._by_id.get(booked.client_id)

    def tell(self, booked: Booked, fields: Message) -> None:
        """Tell the owner of an order something about it."""
        owner = self.owner(booked)
        if owner is not None:
            owner.send(fields)

    def tell_error(self, booked: Booked, error: ApiError) -> None:
        """Tell the owner of an order an error about it."""
        owner = self.owner(booked)
        if owner is not None:
            owner.error(booked.order_id, error)

    def tell_order(self, booked: Booked, status: str, commission: Decimal | None = None) -> None:
        """openOrder and orderStatus, to the client that placed the order."""
        owner = self.owner(booked)
        if owner is not None:
            owner.send(open_order(booked, owner.version, status, commission))
            owner.send(order_status(booked, status))

    def tell_all(self, error: ApiError) -> None:
        """Tell everybody something that concerns no request."""
        for connection in self:
            connection.error(-1, error)

    def lose_connectivity(self, said: ApiError) -> None:
        """TWS loses IB and says so: the sockets stay open, nothing is processed."""
        self.offline = True
        self.tell_all(said)

    def restore_connectivity(self, *, data_lost: bool, told: bool) -> None:
        """TWS has IB back and says so, or does not; what was not told meanwhile is not repeated."""
        self.offline = False
        if told:
            self.tell_all(RESTORED_DATA_LOST if data_lost else RESTORED_DATA_KEPT)

    def cut(self, cut: Cut) -> int:
        """End all sockets, which are private, refuse new ones for a while; returns how many."""
        self._refused_until = asyncio.get_running_loop().time() + cut.refuse_s
        return cut.of(self.everybody, private=True)
