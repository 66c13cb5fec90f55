"""What clients may ask: contracts, market data, orders, executions, account."""

from decimal import Decimal

from tests.contracts.ib_simulator.conftest import Dial
from tests.contracts.ib_simulator.raw_client import AAPL, ES, EURUSD, RawClient
from tests.support.simulated_venue import VenueOnLoop
from venues.simulators.ib.listings import EXPIRIES
from venues.simulators.ib.venue import NUMBER


async def trade(client: RawClient, order_id: int = 1, **terms: object) -> None:
    client.place(order_id, "BUY", 100, "MKT", **terms)  # type: ignore[arg-type]
    await client.status(order_id, "Filled")


async def test_contract_details_of_each_kind(dial: Dial) -> None:
    client = await dial()
    for number, contract in enumerate((AAPL, ES, EURUSD), start=10):
        client.send("9", "8", str(number), *contract, "0", "", "", "")
        end = ["52", "1", str(number)]
        await client.until(lambda m, end=end: m[:3] == end, "the end of details")  # type: ignore[misc]
    details = {message[2]: message for message in client.heard if message[0] == "10"}
    assert details["AAPL"][12:14] == ["265598", "0.01"]
    assert (details["ES"][4], details["ES"][13], details["ES"][14]) == (
        f"{EXPIRIES[-1]:%Y%m%d}",
        "0.25",
        "50",
    )
    assert "US/Central" in details["ES"]
    assert (details["EUR"][3], details["EUR"][13]) == ("CASH", "0.00005")
    hours = [field for field in details["AAPL"] if ":0000-" in field]
    assert len(hours) == 2, "trading hours and liquid hours"


async def test_a_market_rule_gives_the_steps_of_prices(dial: Dial) -> None:
    client = await dial()
    client.send("91", "67")
    assert await client.first("93") == ["93", "67", "1", "0", "0.25"]


async def test_the_top_of_book_is_told_and_told_again_when_it_moves(
    tws: VenueOnLoop, dial: Dial
) -> None:
    client = await dial()
    client.send("1", "11", "20", *AAPL, "0", "233", "0", "0", "")
    bid, ask = tws.top("AAPL")
    first = await client.until(lambda m: m[:4] == ["1", "6", "20", "1"], "a bid")
    assert (Decimal(first[4]), Decimal(first[5])) == bid
    tws.move("AAPL", Decimal(200))
    await client.until(
        lambda m: m[:4] == ["1", "6", "20", "2"] and Decimal(m[4]) > ask[0], "the new ask"
    )
    trade_text = await client.until(lambda m: m[:4] == ["46", "6", "20", "48"], "RT Volume")
    assert trade_text[4].count(";") == 5
    client.send("2", "2", "20")
    heard = len(await client.settled())
    tws.move("AAPL", Decimal(190))
    assert all(message[0] != "1" for message in (await client.settled())[heard:])


async def test_a_snapshot_ends(dial: Dial) -> None:
    client = await dial()
    client.send("1", "11", "20", *EURUSD, "0", "", "1", "0", "")
    await client.until(lambda m: m[:3] == ["57", "1", "20"], "the end of the snapshot")


async def test_depth_by_rows_smart_and_not(tws: VenueOnLoop, dial: Dial) -> None:
    client = await dial()
    client.send("10", "5", "30", *AAPL, "5", "1", "")
    client.send("10", "5", "31", *ES, "5", "0", "")
    await client.until(lambda m: m[:4] == ["13", "1", "30", "4"], "row 4 of the smart book")
    row = await client.until(lambda m: m[:4] == ["12", "1", "31", "0"], "row 0 of the book")
    assert row[5] in ("0", "1")
    tws.move("AAPL", Decimal(200))
    await client.until(lambda m: m[:2] == ["13", "1"] and m[5] == "1", "an update")


async def test_open_orders_of_the_client_and_of_all(dial: Dial) -> None:
    first, second = await dial(1), await dial(2)
    first.place(1, "BUY", 1, "LMT", limit="150", ref="mine")
    await first.status(1, "Submitted")
    second.send("5", "1")
    await second.first("53")
    assert all(message[0] != "5" for message in second.heard)
    second.send("16", "1")
    assert "mine" in await second.first("5")


async def test_completed_orders_have_neither_order_id_nor_client_id(dial: Dial) -> None:
    client = await dial()
    await trade(client, ref="done")
    client.place(2, "BUY", 1, "LMT", limit="150", tif="IOC", ref="gone")
    await client.status(2, "Cancelled")
    client.send("99", "0")
    await client.first("102")
    told = {m[22]: m for m in client.heard if m[0] == "101"}
    assert told.keys() == {"done", "gone"}
    assert "Filled Size: 100" in told["done"]
    assert "Cancelled" in told["gone"]


async def test_executions_are_filtered_and_their_commissions_follow_the_list(dial: Dial) -> None:
    client, other = await dial(1), await dial(2)
    await trade(client, ref="stock")
    await trade(other, contract=ES, ref="future")
    await client.settled()
    client.heard.clear()
    client.send("7", "3", "40", "0", "", "", "", "FUT", "", "")
    await client.until(lambda m: m[:3] == ["55", "1", "40"], "the end of executions")
    await client.settled()
    kinds = [m[0] for m in client.heard if m[0] in ("11", "55", "59")]
    count = kinds.count("11")  # it took the ladder by several levels
    assert kinds == ["11"] * count + ["55"] + ["59"] * count
    assert all("future" in m for m in client.heard if m[0] == "11")


async def test_positions_are_told_now_and_whenever_they_change(dial: Dial) -> None:
    client = await dial()
    client.send("61", "1")
    await client.first("62")
    assert all(message[0] != "61" for message in client.heard)
    await trade(client)
    position = await client.first("61")
    assert (position[2], position[-2], position[-1]) == (NUMBER, "100", "190.01")


async def test_the_account_in_summary_and_in_updates(dial: Dial) -> None:
    client = await dial()
    await trade(client, contract=EURUSD)
    client.send("62", "1", "50", "All", "NetLiquidation,$LEDGER:ALL")
    await client.until(lambda m: m[:3] == ["64", "1", "50"], "the end of the summary")
    cash = {m[6]: m[5] for m in client.heard if m[0] == "63" and m[4] == "CashBalance"}
    assert cash["EUR"] == "100.00"
    assert Decimal(cash["USD"]) < 50_000_000
    client.send("6", "2", "1", "")
    await client.first("54")
    assert any(m[0] == "7" and "EUR.USD" in m for m in client.heard)
    client.send("76", "1", "51", NUMBER, "", "0")
    await client.first("74")
