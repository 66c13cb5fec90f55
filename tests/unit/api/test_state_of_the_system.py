"""Status, positions, the switch and health."""

from datetime import UTC, datetime

import pytest

from domain.venue_health import RateBudget, VenueHealth
from tests.support.live_api import LiveApi, order_body


async def test_status_tells_venues_switch_and_counts(api: LiveApi) -> None:
    before = (await api.http.get("/api/live/status")).json()
    await api.admit(order_body())
    token = await api.services.leases.take("BINANCE_SPOT-main", "BINANCE_SPOT", "worker-1")
    assert token is not None
    health = VenueHealth(
        connected=True,
        last_message_at=datetime.now(UTC),
        clock_offset_ms=-12.5,
        budgets=(RateBudget("orders", 3, 100, 10.0),),
        commands=40,
        errors=1,
        problems=("it does not offer FOO.BINANCE_SPOT.",),
    )
    await api.services.leases.renew("BINANCE_SPOT-main", token, health)

    status = (await api.http.get("/api/live/status")).json()
    await api.services.leases.release("BINANCE_SPOT-main", token)
    released = (await api.http.get("/api/live/status")).json()

    assert (status["mode"], status["version"]) == ("paper", "0.0.0")
    assert status["trading"]["running"] is True
    assert status["orders"]["live"] == before["orders"]["live"] + 1
    spot, futures, *_ = status["venues"]
    assert (spot["venue"], spot["connected"], spot["holder"]) == ("BINANCE_SPOT", True, "worker-1")
    assert 0 <= spot["last_message_age_ms"] < 5000
    assert spot["clock_offset_ms"] == -12.5
    assert spot["rate_limits"] == [{"name": "orders", "used": 3, "limit": 100, "per_s": 10.0}]
    assert (spot["commands"], spot["errors"], spot["error_rate"]) == (40, 1, 0.025)
    assert spot["problems"] == ["it does not offer FOO.BINANCE_SPOT."]
    assert (futures["venue"], futures["connected"]) == ("BINANCE_FUTURES", False)
    gone = released["venues"][0]
    assert (gone["connected"], gone["holder"], gone["rate_limits"]) == (False, None, [])
    assert (gone["commands"], gone["error_rate"]) == (0, None)


async def test_status_tells_of_the_account_that_is_traded_now(api: LiveApi) -> None:
    for account in ("OKX-before", "OKX-main", "OKX-yesterday"):
        token = await api.services.leases.take(account, "OKX", f"worker of {account}")
        assert token is not None

    status = (await api.http.get("/api/live/status")).json()

    venues = {venue["venue"]: venue for venue in status["venues"]}
    assert (venues["OKX"]["account_id"], venues["OKX"]["holder"]) == (
        "OKX-main",
        "worker of OKX-main",
    )
    assert (venues["DERIBIT"]["account_id"], venues["DERIBIT"]["holder"]) == ("DERIBIT-main", None)


async def test_the_switch_keeps_who_and_why(api: LiveApi) -> None:
    stopped = (await api.http.post("/api/live/stop", json={"reason": "news"})).json()
    started = (await api.http.post("/api/live/start")).json()

    assert (stopped["running"], stopped["by"], stopped["reason"]) == (False, "boss", "news")
    assert (started["running"], started["by"], started["reason"]) == (True, "boss", "")


@pytest.mark.parametrize("reason", ["x" * 201, "two\nlines", "\x00", 7])
async def test_a_reason_is_one_short_line(api: LiveApi, reason: object) -> None:
    answer = await api.http.post("/api/live/stop", json={"reason": reason})

    assert answer.status_code == 422
    assert (await api.services.trading.state()).running


async def test_positions_of_a_listed_and_of_an_unknown_instrument(api: LiveApi) -> None:
    listed = await api.http.get("/api/live/positions/ETHUSDT.BINANCE_SPOT")
    unknown = await api.http.get("/api/live/positions/NOTHING.BINANCE_SPOT")

    assert (listed.status_code, listed.json()) == (200, {"positions": []})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "instrument_not_found")
    assert (await api.http.get("/api/live/positions")).json() == {"positions": []}


async def test_readiness_names_what_is_missing(api: LiveApi) -> None:
    ready = await api.http.get("/readyz")
    await api.pool.close()
    lost = await api.http.get("/readyz")
    alive = await api.http.get("/healthz")

    assert (ready.status_code, ready.json()) == (200, {"status": "ok"})
    assert (lost.status_code, lost.json()["failed"]) == (503, ["postgresql"])
    assert alive.status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "so_far"),
    [
        ("GET", "/api/live/orders", "Nothing was read; "),
        ("POST", "/api/live/stop", "What was asked may be on record; "),
        (
            "POST",
            "/api/live/orders/o22222222222222222222222/cancel",
            "What was asked may be on record; ",
        ),
    ],
)
async def test_without_the_database_nobody_is_told_more_than_we_know(
    api: LiveApi, method: str, path: str, so_far: str
) -> None:
    await api.pool.close()

    answer = await api.http.request(method, path)

    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert answer.json()["detail"] == (
        f"The database cannot be reached. {so_far}send the same request again in a moment."
    )


async def test_an_unforeseen_error_gives_a_reference_and_no_detail(
    api: LiveApi, caplog: pytest.LogCaptureFixture
) -> None:
    await api.pool.execute("ALTER TABLE unified_positions RENAME TO lost")
    try:
        answer = await api.http.get("/api/live/positions")
    finally:
        await api.pool.execute("ALTER TABLE lost RENAME TO unified_positions")

    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert answer.json()["reference"] in caplog.text
    assert "unified_positions" not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/live/nothing", 404, "no_such_route"),
        ("GET", "/api/live/orders/", 404, "no_such_route"),
        ("DELETE", "/api/live/orders", 405, "method_not_allowed"),
    ],
)
async def test_the_frameworks_errors_are_problems_too(
    api: LiveApi, method: str, path: str, status: int, code: str
) -> None:
    answer = await api.http.request(method, path)

    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["code"]) == (status, code)
