"""One request, and what the venue knows about its methods."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from venues.simulators.deribit.limits import Pool
from venues.simulators.deribit.params import Params
from venues.simulators.fault_kinds import Action


class Connection(Protocol):
    """What a method may do to the WebSocket it came over."""

    def subscribe(self, channels: list[str], now_ns: int) -> list[str]:
        """Subscribe to what is known of these channels; returns those."""

    def unsubscribe(self, channels: list[str] | None) -> list[str]:
        """Drop some channels, or all."""

    def authenticated(self, account: str, access: str) -> None:
        """The connection speaks for an account from now on, by a token."""

    def log_out(self, *, revoke: bool) -> None:
        """End the session; orders stay, even with cancel on disconnect."""

    def beat_every(self, seconds: float | None) -> None:
        """Begin or stop heartbeats."""

    def cancel_on_disconnect(self, *, enabled: bool) -> None:
        """What becomes of the connection's orders when it breaks."""

    @property
    def cancels_on_disconnect(self) -> bool:
        """Whether it is enabled."""

    def placed(self, order_id: int) -> None:
        """An order was placed over this connection."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request of an account (empty for public ones). ``connection`` is None over HTTP."""

    params: Params
    account: str
    now_ns: int
    connection: Connection | None = None
    address: str = ""

    @property
    def now_ms(self) -> int:
        return self.now_ns // 1_000_000


type ChoosePool = Callable[[Mapping[str, Any]], Pool]


@dataclass(frozen=True, slots=True)
class Method:
    """A method: what answers it, what it wants and which credits it takes.

    For some methods their parameters decide about the credits.
    """

    handler: Callable[[Call], Any]
    action: Action = Action.QUERY
    pool: Pool | ChoosePool = Pool.OTHER
    websocket_only: bool = False

    def pool_of(self, values: Mapping[str, Any]) -> Pool:
        """The credits that a request with these parameters takes."""
        return self.pool if isinstance(self.pool, Pool) else self.pool(values)


type Methods = Mapping[str, Method]
