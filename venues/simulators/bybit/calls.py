"""Requests after authentication, and the table rows that route them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from venues.simulators.bybit.instruments import Category
from venues.simulators.bybit.limits import Bucket
from venues.simulators.bybit.params import Params
from venues.simulators.fault_kinds import Action

MOST_IN_BATCH = 20


@dataclass(frozen=True, slots=True)
class Call:
    """One request: its parameters, who asks (empty for public ones), and when it came."""

    params: Params
    account: str
    now_ns: int

    @property
    def now_ms(self) -> int:
        """The venue's time in milliseconds."""
        return self.now_ns // 1_000_000


@dataclass(frozen=True, slots=True)
class Reply:
    """What a request is answered with; ``extra`` says how each order of a batch fared."""

    result: dict[str, Any]
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """How one request is served. Handlers return the result or raise ApiError.

    Without a ``bucket`` it is public.
    """

    handler: Callable[[Call], Reply]
    bucket: Bucket | None = None
    action: Action = Action.OTHER

    def cost(self, params: Params) -> int:
        """What it uses of its bucket: a batch counts its orders."""
        orders = params.values.get("request")
        return len(orders) if isinstance(orders, list) and orders else 1

    def category(self, params: Params) -> Category | None:
        """The category that the limit may depend on; a wrong one is refused by the handler."""
        named = params.values.get("category")
        return Category(named) if named in set(Category) else None


type Routes = dict[tuple[str, str], Endpoint]
"""Endpoints by method and path."""
