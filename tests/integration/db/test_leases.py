"""One process owns one venue account; whoever lost it is fenced off."""

from datetime import UTC, datetime, timedelta

from db.leases import LEASE_TTL, VenueLeases
from domain.venue_health import RateBudget, VenueHealth
from tests.support.books import Books, at_once

ACCOUNT, VENUE = "BINANCE_SPOT-main", "BINANCE_SPOT"


async def taken(leases: VenueLeases, holder: str = "one") -> int:
    token = await leases.take(ACCOUNT, VENUE, holder)
    assert token is not None
    return token


async def renewed(leases: VenueLeases, token: int) -> bool:
    return await leases.renew(ACCOUNT, token, VenueHealth(True, None))


async def lapse(books: Books) -> None:
    await books.pool.execute("UPDATE venue_leases SET expires_at = now() - interval '1 ms'")


async def test_of_twenty_processes_at_once_one_takes_the_lease(books: Books) -> None:
    tokens = await at_once(*(books.leases.take(ACCOUNT, VENUE, f"w{n}") for n in range(20)))

    assert [token for token in tokens if token is not None] == [1]


async def test_a_held_lease_is_not_given_to_another(books: Books) -> None:
    await taken(books.leases)

    assert await books.leases.take(ACCOUNT, VENUE, "two") is None


async def test_a_lapsed_lease_goes_to_a_successor_under_a_new_token(books: Books) -> None:
    first = await taken(books.leases)
    await lapse(books)

    assert await taken(books.leases, "two") == first + 1


async def test_a_lease_given_back_is_free_at_once(books: Books) -> None:
    token = await taken(books.leases)
    await books.leases.release(ACCOUNT, token)

    assert await books.leases.take(ACCOUNT, VENUE, "two") is not None


async def test_a_renewal_prolongs_the_lease(books: Books) -> None:
    token = await taken(books.leases)
    (before,) = await books.leases.all()
    assert await renewed(books.leases, token)
    (after,) = await books.leases.all()

    assert before.expires_at < after.expires_at <= datetime.now(UTC) + LEASE_TTL


async def test_a_lapsed_lease_cannot_be_renewed(books: Books) -> None:
    token = await taken(books.leases)
    await lapse(books)

    assert not await renewed(books.leases, token)


async def test_a_former_owner_can_neither_renew_nor_release(books: Books) -> None:
    former = await taken(books.leases)
    await lapse(books)
    owner = await taken(books.leases, "two")

    assert not await renewed(books.leases, former)
    await books.leases.release(ACCOUNT, former)
    assert await renewed(books.leases, owner)


async def test_a_lease_shows_how_its_venue_is(books: Books) -> None:
    token = await taken(books.leases)
    health = VenueHealth(
        connected=True,
        last_message_at=datetime.now(UTC),
        clock_offset_ms=-3.25,
        budgets=(RateBudget("orders", 7, 100, 10.0), RateBudget("weight", 0, 6000, 100.0)),
        commands=12,
        errors=1,
    )
    await books.leases.renew(ACCOUNT, token, health)

    (status,) = await books.leases.all()
    assert (status.venue, status.holder, status.health) == (VENUE, "one", health)


async def test_a_successor_starts_unconnected(books: Books) -> None:
    token = await taken(books.leases)
    await renewed(books.leases, token)
    await lapse(books)
    await taken(books.leases, "two")

    (status,) = await books.leases.all()
    assert (status.holder, status.health) == ("two", None)


async def test_how_far_executions_are_pulled_outlives_every_owner(books: Books) -> None:
    assert await books.leases.pulled_until(ACCOUNT) is None
    await taken(books.leases)
    now = datetime.now(UTC)
    await books.leases.note_pulled(ACCOUNT, now)
    await books.leases.note_pulled(ACCOUNT, now - timedelta(minutes=1))  # a slower pull of before
    await lapse(books)
    await taken(books.leases, "two")

    assert await books.leases.pulled_until(ACCOUNT) == now
