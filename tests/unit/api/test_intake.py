"""Only so many new orders wait for their record at once, whether their clients wait or not."""

import asyncio

import pytest

from api.intake import Intake, Overloaded
from domain.identifiers import order_id_for
from tests.support.live_api import LiveApi, order_body


async def _new() -> bool:
    return True


async def _known() -> bool:
    return False


async def _is_full(intake: Intake) -> bool:
    try:
        await intake.one_more("another", _known)
    except Overloaded:
        return True
    return False


async def _room_again(intake: Intake) -> None:
    async with asyncio.timeout(10):
        while await _is_full(intake):
            await asyncio.sleep(0.01)


async def test_a_started_order_keeps_its_place_until_it_is_on_record(api: LiveApi) -> None:
    intake, body = Intake(api.feed, waiting_max=2), order_body()
    assert await intake.one_more(order_id_for("demo", body["client_order_id"]), _new)
    assert not await _is_full(intake)
    assert await intake.one_more("never-recorded", _new)

    with pytest.raises(Overloaded, match=r"^2 new orders wait"):
        await intake.one_more("a-third", _new)
    await api.admit(body)

    await _room_again(intake)


async def test_an_order_that_is_stuck_gives_its_place_back(api: LiveApi) -> None:
    intake = Intake(api.feed, waiting_max=1, record_bound_s=0.1)
    await intake.one_more("never-recorded", _new)

    await _room_again(intake)


async def test_what_was_not_started_keeps_no_place(api: LiveApi) -> None:
    async def broken() -> bool:
        raise OSError("no Temporal")

    intake = Intake(api.feed, waiting_max=1)
    with pytest.raises(OSError, match="no Temporal"):
        await intake.one_more("an-order", broken)
    assert not await intake.one_more("an-order", _known)

    assert not await _is_full(intake)
