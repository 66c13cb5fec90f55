"""What a request is answered by."""

from collections.abc import Callable, Iterable, Mapping

from venues.simulators.ib.connection import Connection
from venues.simulators.ib.errors import ambiguous, no_such_contract, unknown_message
from venues.simulators.ib.listings import Listed, Wanted, matching
from venues.simulators.ib.wire_format import Fields, Message

type Answer = Iterable[Message]
type Handler = Callable[[Connection, Fields, int], Answer]
"""Gets the connection, the message without its number and the time. May be a generator: what it
yields is sent a few messages at a time. Raises ApiError and Malformed."""

type Handlers = Mapping[int, Handler]
"""By the number of the message."""


def silently(client: Connection, fields: Fields, now_ns: int) -> Answer:
    """Taken without an answer, as the real one does."""
    return ()


def unknown(client: Connection, fields: Fields, now_ns: int) -> Answer:
    """A number that no request has."""
    raise unknown_message()


def one_listed(wanted: Wanted) -> Listed:
    """The contract that a description names. Raises ApiError 200 for none or several."""
    found = matching(wanted)
    if not found:
        raise no_such_contract()
    if len(found) > 1:
        raise ambiguous(wanted.symbol or wanted.local_symbol)
    return found[0]
