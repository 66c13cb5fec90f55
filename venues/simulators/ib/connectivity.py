"""What TWS says of its own connections: to IB, and to the farms behind it."""

import asyncio
from collections.abc import Callable, Iterator

from venues.simulators.fault_plans import Loss
from venues.simulators.ib.clients import Clients
from venues.simulators.ib.errors import (
    CONNECTION_BROKEN,
    CONNECTION_LOST,
    DEFINITIONS_BROKEN,
    DEFINITIONS_OK,
    FARMS_OK,
    ApiError,
)


class Connectivity:
    """``definitions_away`` says whether no contract can be found, ``forget_data`` ends all
    subscriptions to market data."""

    def __init__(
        self,
        clients: Clients,
        definitions_away: Callable[[], bool],
        forget_data: Callable[[], None],
    ) -> None:
        self._clients = clients
        self.definitions_away = definitions_away
        self._forget_data = forget_data
        self._were_away = False

    def lose(self, loss: Loss) -> None:
        """Lose IB: 1100 or 2110 now; 1102 or 1101 after a while, or nothing."""
        broken = loss.code == CONNECTION_BROKEN.code
        self._clients.lose_connectivity(CONNECTION_BROKEN if broken else CONNECTION_LOST)
        if loss.data_lost:
            self._forget_data()
        asyncio.get_running_loop().call_later(
            loss.seconds,
            lambda: self._clients.restore_connectivity(data_lost=loss.data_lost, told=loss.told),
        )

    def greeting(self) -> Iterator[ApiError]:
        """What a new session is told first."""
        if self._clients.offline:
            yield CONNECTION_BROKEN
            return
        yield from FARMS_OK
        yield DEFINITIONS_BROKEN if self.definitions_away() else DEFINITIONS_OK

    def beat(self) -> None:
        """Say when the farm of security definitions is away, and when it is back."""
        are_away = self.definitions_away()
        if are_away != self._were_away:
            self._were_away = are_away
            self._clients.tell_all(DEFINITIONS_BROKEN if are_away else DEFINITIONS_OK)
