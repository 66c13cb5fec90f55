"""One order at the venue per submission, whatever becomes of the connection."""

import pytest

from domain.outcomes import Accepted, CancelTaken, Unknown
from domain.sides import Side
from tests.support.venue_bench import VenueBench
from venues.deribit import rest


def submits(bench: VenueBench, client_id: str) -> int:
    return sum(command["action"] == "submit" for command in bench.sim.commands(client_id))


@pytest.mark.parametrize("fin", [False, True])
async def test_a_reused_connection_that_breaks_sends_once(bench: VenueBench, fin: bool) -> None:
    """aiohttp repeats a GET on a fresh connection when a reused one breaks, and ccxt sends orders
    as GETs."""
    ticket = await bench.ticket()
    await bench.accepted(ticket.limit())  # from here on there is a connection to reuse
    order = ticket.limit()
    bench.sim.arm("execute_then_drop", action="submit", count=1, params={"fin": fin})
    assert isinstance(await bench.adapter.submit_order(order), Unknown | Accepted)
    assert submits(bench, order.venue_client_id) == 1
    assert len(bench.ledger_of(order, "accepted")) == 1


async def test_without_our_guard_it_would_be_sent_twice(
    bench: VenueBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the guard is against; when this fails the library has changed, and the guard may go."""
    monkeypatch.setattr(rest._Line, "__init__", _unguarded(rest._Line.__init__))
    await bench.restart_adapter()
    ticket = await bench.ticket()
    await bench.accepted(ticket.limit())
    order = ticket.limit()
    bench.sim.arm("execute_then_drop", action="submit", count=1)
    assert isinstance(await bench.adapter.submit_order(order), Accepted)
    assert submits(bench, order.venue_client_id) == 2


async def test_an_order_of_the_process_before_is_not_sent_again(bench: VenueBench) -> None:
    """The venue would take the same label twice, so a new process learns what there is."""
    ticket = await bench.ticket()
    resting, traded = ticket.limit(), ticket.market(Side.BUY)
    await bench.accepted(resting)
    await bench.accepted(traded)
    await bench.filled(traded)
    await bench.restart_adapter()
    for order in (resting, traded):
        assert isinstance(await bench.adapter.submit_order(order), Unknown)
        assert submits(bench, order.venue_client_id) == 1
    assert await bench.adapter.cancel_order(resting) == CancelTaken()


def _unguarded(make: object) -> object:
    def unguarded(self: rest._Line, *args: object) -> None:
        make(self, *args)  # type: ignore[operator]
        self._session._retry_connection = True

    return unguarded
