"""Requests after authentication, and the table rows that route them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from venues.simulators.fault_kinds import Action
from venues.simulators.okx.errors import bad_parameter
from venues.simulators.okx.params import Params

type Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One request: its query or JSON body, who asks (empty for public ones), and when it came."""

    items: Sequence[Item]
    account: str
    now_ns: int
    is_list: bool = False

    @property
    def params(self) -> Params:
        """The parameters of a request that is not a list."""
        return Params(self.item)

    @property
    def item(self) -> Item:
        """The one item of a request that is not a list."""
        if self.is_list or not self.items:
            raise bad_parameter("body")
        return self.items[0]

    @property
    def now_ms(self) -> int:
        """The venue's time in milliseconds."""
        return self.now_ns // 1_000_000


@dataclass(frozen=True, slots=True)
class Reply:
    """The envelope of an answer."""

    data: Sequence[Any]
    code: str = "0"
    msg: str = ""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """How one method and path is served; ``limit`` is per two seconds.

    Handlers return rows, or a Reply with a code of its own, or raise ApiError. A limit
    ``per_item`` counts each order of a batch; one ``by_instrument`` is counted for each instrument.
    """

    handler: Callable[[Call], Sequence[Any] | Reply]
    limit: int
    signed: bool = True
    action: Action = Action.OTHER
    per_item: bool = False
    by_instrument: bool = False


type Routes = dict[tuple[str, str], Endpoint]
"""Endpoints by method and path."""


def public(handler: Callable[[Call], Sequence[Any]], limit: int) -> Endpoint:
    """An endpoint that needs no signature."""
    return Endpoint(handler, limit, signed=False)


def command(
    handler: Callable[[Call], Sequence[Any] | Reply],
    limit: int,
    action: Action,
    *,
    per_item: bool = False,
) -> Endpoint:
    """An order command."""
    return Endpoint(handler, limit, action=action, per_item=per_item, by_instrument=True)


def query(handler: Callable[[Call], Sequence[Any]], limit: int) -> Endpoint:
    """A question about orders or fills."""
    return Endpoint(handler, limit, action=Action.QUERY)
