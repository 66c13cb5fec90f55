"""What the account tells, once and for as long as somebody listens."""

import time
from decimal import Decimal

import pytest

from tests.contracts.ib_simulator.conftest import Dial
from tests.contracts.ib_simulator.raw_client import AAPL, ES, EURUSD, RawClient
from tests.support.simulated_venue import VenueOnLoop
from venues.simulators.ib.venue import NUMBER

REFRESH_NS = 181 * 1_000_000_000
STANDARD_TAGS = (
    "AccountType", "NetLiquidation", "TotalCashValue", "SettledCash", "AccruedCash",
    "BuyingPower", "EquityWithLoanValue", "PreviousDayEquityWithLoanValue", "GrossPositionValue",
    "RegTEquity", "RegTMargin", "SMA", "InitMarginReq", "MaintMarginReq", "AvailableFunds",
    "ExcessLiquidity", "Cushion", "FullInitMarginReq", "FullMaintMarginReq", "FullAvailableFunds",
    "FullExcessLiquidity", "LookAheadNextChange", "LookAheadInitMarginReq",
    "LookAheadMaintMarginReq", "LookAheadAvailableFunds", "LookAheadExcessLiquidity",
    "HighestSeverity", "DayTradesRemaining", "Leverage",
)  # fmt: skip
"""Those of TWS API, AccountSummaryTags."""


async def bought(client: RawClient, order_id: int = 1, **terms: object) -> None:
    client.place(order_id, "BUY", 1000, "MKT", **terms)  # type: ignore[arg-type]
    await client.status(order_id, "Filled")
    await client.settled()


def values(client: RawClient, kind: str, tag: str, *, tag_at: int) -> list[str]:
    """All values of a tag that were told, oldest first."""
    return [m[tag_at + 1] for m in client.heard if m[0] == kind and m[tag_at] == tag]


async def test_account_updates_go_on_after_trades(dial: Dial) -> None:
    client = await dial()
    client.send("6", "2", "1", "")
    await client.first("54")
    await bought(client)
    assert len(values(client, "6", "TotalCashValue", tag_at=2)) == 2
    cash = Decimal(values(client, "6", "TotalCashValue", tag_at=2)[-1])
    assert 49_800_000 < cash < 49_820_000
    assert len(values(client, "6", "AccountType", tag_at=2)) == 1, "what did not change is not told"
    assert [(m[3], m[13]) for m in client.heard if m[0] == "7"] == [("AAPL", "1000")]
    client.send("6", "2", "0", "")
    await client.settled()
    client.heard.clear()
    await bought(client, 2)
    assert {"6", "7", "8"}.isdisjoint(m[0] for m in client.heard)


async def test_what_the_market_changes_is_told_every_three_minutes(
    tws: VenueOnLoop, dial: Dial
) -> None:
    client = await dial()
    await bought(client)
    client.send("6", "2", "1", "")
    client.send("62", "1", "50", "All", "NetLiquidation,Leverage")
    client.send("76", "1", "51", NUMBER, "", "0")
    await client.first("74")
    now_ns = time.time_ns()
    tws.venue.beat(now_ns)
    tws.move("AAPL", Decimal(200))
    await client.settled()
    client.heard.clear()
    tws.venue.beat(now_ns + REFRESH_NS // 2)
    assert {"6", "63", "73"}.isdisjoint(m[0] for m in await client.settled())
    tws.venue.beat(now_ns + REFRESH_NS)
    await client.settled()
    worth = values(client, "63", "NetLiquidation", tag_at=4)
    assert len(worth) == 1
    assert Decimal(worth[0]) > 50_009_000
    assert values(client, "6", "NetLiquidation", tag_at=2) == worth
    assert values(client, "73", "NetLiquidation", tag_at=5) == worth
    assert any(m[0] == "7" and m[14] == "200" for m in client.heard), "the portfolio too"


async def test_a_canceled_summary_is_told_no_more(tws: VenueOnLoop, dial: Dial) -> None:
    client = await dial()
    client.send("62", "1", "50", "All", "NetLiquidation")
    client.send("76", "1", "51", NUMBER, "", "0")
    client.send("63", "1", "50")
    client.send("77", "1", "51")
    await bought(client)
    client.heard.clear()
    tws.move("AAPL", Decimal(200))
    tws.venue.beat(time.time_ns() + REFRESH_NS)
    assert {"63", "73"}.isdisjoint(m[0] for m in await client.settled())


async def test_every_standard_tag_has_a_value(dial: Dial) -> None:
    client = await dial()
    await bought(client)
    client.send("62", "1", "50", "All", ", ".join(STANDARD_TAGS))
    await client.first("64")
    told = {m[4]: m[5] for m in client.heard if m[0] == "63"}
    assert told.keys() == set(STANDARD_TAGS)
    assert Decimal(told["AvailableFunds"]) < Decimal(told["NetLiquidation"])
    assert 0 < Decimal(told["Cushion"]) < 1


@pytest.mark.parametrize(
    ("asked", "currencies"),
    [
        ("$LEDGER", {"BASE"}),
        ("$LEDGER:EUR", {"EUR"}),
        ("$LEDGER:USD", {"USD"}),
        ("$LEDGER:ALL", {"BASE", "EUR", "USD"}),
        ("$LEDGER:CHF", set()),
    ],
)
async def test_the_ledger_in_one_currency_or_in_all(
    dial: Dial, asked: str, currencies: set[str]
) -> None:
    client = await dial()
    await bought(client, contract=EURUSD)
    client.send("62", "1", "50", "All", asked)
    await client.first("64")
    told = {(m[4], m[6]): m[5] for m in client.heard if m[0] == "63"}
    assert {currency for _, currency in told} == currencies
    for currency in currencies:
        assert Decimal(told["CashBalance", currency]) > 0
        assert Decimal(told["ExchangeRate", currency]) > 0


async def test_positions_are_told_to_requests_with_ids_too(dial: Dial) -> None:
    client = await dial()
    client.send("74", "1", "60", NUMBER, "")
    await client.first("72")
    await bought(client)
    told = await client.first("71")
    assert (told[2], told[3], told[15]) == ("60", NUMBER, "1000")
    client.send("75", "1", "60")
    await client.settled()
    client.heard.clear()
    await bought(client, 2)
    assert all(m[0] != "71" for m in client.heard)


async def test_profit_is_told_when_it_changes(tws: VenueOnLoop, dial: Dial) -> None:
    client = await dial()
    client.send("92", "70", NUMBER, "")
    client.send("94", "71", NUMBER, "", "265598")
    client.send("94", "72", NUMBER, "", "12087792")
    await client.until(lambda m: m[:2] == ["95", "72"], "the profit of a position that is flat")
    await bought(client)
    tws.venue.beat(time.time_ns())
    await client.settled()
    client.heard.clear()
    tws.venue.beat(time.time_ns())
    assert {"94", "95"}.isdisjoint(m[0] for m in await client.settled()), "nothing changed"
    tws.move("AAPL", Decimal(200))
    tws.venue.beat(time.time_ns())
    total, one = await client.first("94"), await client.first("95")
    assert one[:3] == ["95", "71", "1000"]
    assert total[2:5] == one[3:6]
    assert 9_000 < Decimal(total[2]) < 11_000
    client.place(2, "SELL", 1000, "MKT")
    await client.status(2, "Filled")
    tws.venue.beat(time.time_ns())
    await client.until(lambda m: m[0] == "94" and Decimal(m[4]) > 9_000, "profit that is real")
    client.send("93", "70")
    client.send("95", "71")
    await client.settled()
    client.heard.clear()
    await bought(client, 3)
    tws.venue.beat(time.time_ns())
    assert {"94", "95"}.isdisjoint(m[0] for m in await client.settled())


async def test_profit_of_the_day_begins_at_midnight(tws: VenueOnLoop, dial: Dial) -> None:
    client = await dial()
    await bought(client)
    tws.move("AAPL", Decimal(200))
    tws.arm("new_day")
    tws.venue.beat(time.time_ns())
    tws.move("AAPL", Decimal(201))
    client.send("92", "70", NUMBER, "")
    daily, unrealized, realized = map(Decimal, (await client.first("94"))[2:5])
    assert daily == 1000
    assert realized == 0
    assert unrealized > 10_000


async def test_an_account_that_is_not_there_is_refused(dial: Dial) -> None:
    client = await dial()
    client.send("92", "70", "U999", "")
    assert (await client.error(321))[2] == "70"
    client.send("94", "71", NUMBER, "", "4")
    await client.until(lambda m: m[:4] == ["4", "2", "71", "321"], "an unknown contract")


async def test_nothing_is_pushed_while_tws_has_lost_ib(tws: VenueOnLoop, dial: Dial) -> None:
    client = await dial()
    await bought(client)
    client.send("6", "2", "1", "")
    client.send("92", "70", NUMBER, "")
    await client.first("94")
    tws.arm("connection_lost", action="other", count=1, params={"s": 30})
    client.send("8", "1", "1")
    await client.error(1100)
    client.heard.clear()
    tws.move("AAPL", Decimal(200))
    tws.venue.beat(time.time_ns() + REFRESH_NS)
    assert [m[0] for m in await client.settled()] == ["49"]


# --- what-if orders ---


async def test_a_what_if_order_tells_what_it_would_cost_and_is_none(
    tws: VenueOnLoop, dial: Dial
) -> None:
    client = await dial()
    client.place(7, "BUY", 100, "LMT", limit="190", whatIf="1")
    told = await client.first("5")
    at = told.index("PreSubmitted")
    assert told[at - 1] == "1", "whatIf"
    before, change, after = told[at + 1], told[at + 4], told[at + 7]
    assert (before, after) == ("0", change)
    assert Decimal(change) == 1900, "a tenth of 19,000"
    assert told[at + 10] == "0.5", "the commission"
    await client.settled()
    client.send("5", "1")
    client.send("99", "0")
    await client.first("102")
    assert sum(m[0] in ("3", "101") for m in client.heard) == 0
    assert tws.ledger(event="accepted") == []
    client.place(7, "BUY", 100, "MKT")
    await client.status(7, "Filled")


async def test_a_what_if_order_of_a_future_that_reduces_frees_margin(dial: Dial) -> None:
    client = await dial()
    client.place(1, "BUY", 2, "MKT", contract=ES)
    await client.status(1, "Filled")
    client.heard.clear()
    client.place(2, "SELL", 1, "MKT", contract=ES, whatIf="1")
    told = await client.first("5")
    assert Decimal(told[told.index("PreSubmitted") + 4]) < 0


async def test_a_what_if_order_that_is_too_large_is_refused(dial: Dial) -> None:
    client = await dial()
    client.place(1, "BUY", 9_000_000, "LMT", limit="190", whatIf="1", contract=AAPL)
    assert (await client.error(201))[2] == "1"
