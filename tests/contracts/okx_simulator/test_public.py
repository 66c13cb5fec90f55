"""What the venue says without a key: funding, open interest, tiers, trades of the past."""

from typing import Any

import pytest

from tests.contracts.okx_simulator.worlds import MARKET, SWAP, World

PUBLIC = "/api/v5/public"


async def test_funding_is_told_of_one_swap_or_of_all_and_never_paid(world: World) -> None:
    everything = (await world.client.get(f"{PUBLIC}/funding-rate", instId="ANY")).rows
    assert [row["instId"] for row in everything] == ["BTC-USDT-SWAP", "ETH-USDT-SWAP"]
    path = f"{PUBLIC}/funding-rate-history"
    past = (await world.client.get(path, instId="BTC-USDT-SWAP", limit=3)).rows
    assert [row["realizedRate"] for row in past] == ["0"] * 3
    times = [int(row["fundingTime"]) for row in past]
    assert times[0] - times[1] == times[1] - times[2] == 8 * 3_600_000
    assert int(everything[0]["prevFundingTime"]) == times[0]
    older = await world.client.get(path, instId="BTC-USDT-SWAP", after=times[-1], limit=1)
    assert int(older.row["fundingTime"]) < times[-1]
    assert (await world.client.get(path, instId="BTC-USDT")).code == "51001"


async def test_open_interest_is_what_the_accounts_hold(world: World) -> None:
    socket = await world.client.socket("public")
    await socket.subscribe("open-interest", instId="BTC-USDT-SWAP")
    assert (await socket.row("open-interest"))["oi"] == "0"
    await world.place("short", SWAP, side="sell", sz="3", **{**MARKET, "tgtCcy": None})
    asked = {"instType": "SWAP", "instId": "BTC-USDT-SWAP"}
    row = (await world.client.get(f"{PUBLIC}/open-interest", **asked)).row
    assert (row["oi"], row["oiCcy"]) == ("3", "0.03")
    assert (await socket.row("open-interest", oi="3"))["oiCcy"] == "0.03"


async def test_underlyings_and_tiers_are_those_of_the_swaps(world: World) -> None:
    (families,) = (await world.client.get(f"{PUBLIC}/underlying", instType="SWAP")).rows
    assert families == ["BTC-USDT", "ETH-USDT"]
    asked = {"instType": "SWAP", "tdMode": "cross", "instFamily": "BTC-USDT"}
    (tier,) = (await world.client.get(f"{PUBLIC}/position-tiers", **asked)).rows
    assert (tier["instFamily"], tier["maxLever"], tier["imr"]) == ("BTC-USDT", "100", "0.01")


async def test_trades_of_the_past_come_in_pages_by_id_or_time(world: World) -> None:
    for number in range(4):
        await world.place(f"taker{number}", **MARKET)
    path, asked = "/api/v5/market/history-trades", {"instId": "BTC-USDT"}
    everything = (await world.client.get(path, **asked)).rows
    latest = (await world.client.get("/api/v5/market/trades", **asked)).rows
    assert everything == latest
    newest = (await world.client.get(path, **asked, limit=2)).rows
    rest = (await world.client.get(path, **asked, after=newest[-1]["tradeId"])).rows
    assert newest + rest == everything
    later = (await world.client.get(path, **asked, type=2, after=everything[0]["ts"])).rows
    assert everything[0] not in later


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("public/open-interest", {"instType": "SPOT"}),
        ("public/underlying", {}),
        ("public/position-tiers", {"instType": "SWAP", "tdMode": "cross"}),
        ("market/history-trades", {"instId": "BTC-USDT", "type": "3"}),
    ],
)
async def test_what_is_missing_or_wrong_is_said(
    world: World, path: str, params: dict[str, Any]
) -> None:
    assert (await world.client.get(f"/api/v5/{path}", **params)).code in ("50014", "51000")
