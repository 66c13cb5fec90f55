"""Every request of the API is answered: by data, or by an error under its own id on which a client
ends its wait. docs/venues/ib.md says what is refused."""

import re
import time
from decimal import Decimal
from pathlib import Path

import pytest
from ib_async.client import Client

from tests.contracts.ib_simulator.conftest import Dial
from tests.contracts.ib_simulator.raw_client import AAPL
from tests.support.simulated_venue import VenueOnLoop
from venues.simulators.ib.absent import REFUSED_REQUESTS
from venues.simulators.ib.messages import REQUESTS, START_API
from venues.simulators.ib.order_fields import REFUSED
from venues.simulators.ib.order_kinds import KINDS, OTHERS_OF_IB
from venues.simulators.ib.venue import NUMBER, IbVenue

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "venues" / "ib.md"
ID = "77"
WARNINGS = frozenset({"105", "110", "165", "321", "329", "399", "404", "434", "492", "10167"})
"""Codes on which ib_async goes on waiting."""

ANSWERED: dict[str, tuple[tuple[str, ...], str]] = {
    "reqMktData": (("11", ID, *AAPL, "0", "", "0", "0", ""), "81"),
    "reqOpenOrders": (("1",), "53"),
    "reqAccountUpdates": (("2", "1", ""), "54"),
    "reqExecutions": (("3", ID, "0", "", "", "", "", "", ""), "55"),
    "reqIds": (("1", "1"), "9"),
    "reqContractDetails": (("8", ID, *AAPL, "0", "", "", ""), "52"),
    "reqMktDepth": (("5", ID, *AAPL, "5", "1", ""), "13"),
    "reqAllOpenOrders": (("1",), "53"),
    "reqManagedAccts": (("1",), "15"),
    "reqHistoricalData": (
        (ID, *AAPL, "0", "", "1 min", "1 D", "1", "TRADES", "1", "0", ""),
        "17",
    ),
    "reqScannerParameters": (("1",), "19"),
    "reqCurrentTime": (("1",), "49"),
    "reqRealTimeBars": (("3", ID, *AAPL, "5", "TRADES", "1", ""), "50"),
    "reqPositions": (("1",), "62"),
    "reqAccountSummary": (("1", ID, "All", "NetLiquidation"), "64"),
    "queryDisplayGroups": (("1", ID), "67"),
    "reqPositionsMulti": (("1", ID, NUMBER, ""), "72"),
    "reqAccountUpdatesMulti": (("1", ID, NUMBER, "", "0"), "74"),
    "reqSecDefOptParams": ((ID, "AAPL", "", "STK", "265598"), "76"),
    "reqSoftDollarTiers": ((ID,), "77"),
    "reqFamilyCodes": ((), "78"),
    "reqMatchingSymbols": ((ID, "AA"), "79"),
    "reqMktDepthExchanges": ((), "80"),
    "reqSmartComponents": ((ID, "9c0001"), "82"),
    "reqNewsProviders": ((), "85"),
    "reqHeadTimeStamp": ((ID, *AAPL, "0", "1", "TRADES", "1"), "88"),
    "reqMarketRule": (("26",), "93"),
    "reqPnL": ((ID, NUMBER, ""), "94"),
    "reqPnLSingle": ((ID, NUMBER, "", "265598"), "95"),
    "reqHistoricalTicks": ((ID, *AAPL, "0", "", "", "5", "TRADES", "1", "0", ""), "98"),
    "reqTickByTickData": ((ID, *AAPL, "BidAsk", "0", "0"), "99"),
    "reqCompletedOrders": (("0",), "102"),
    "reqUserInfo": ((ID,), "107"),
}
"""Requests that have an answer: what is sent, and the message that ends it or begins it."""

REFUSALS: dict[str, tuple[str, ...]] = {
    "requestFA": ("1", "1"),
    "replaceFA": ("1", "1", "<x/>", ID),
    "exerciseOptions": ("2", ID, *AAPL[:8], *AAPL[9:], "1", "1", "", "0"),
    "reqScannerSubscription": (ID, "10", "STK", "STK.US", "HOT_BY_VOLUME", *[""] * 20),
    "reqFundamentalData": ("2", ID, *AAPL[:3], *AAPL[7:11], "ReportSnapshot", "0", ""),
    "calculateImpliedVolatility": ("3", ID, *AAPL, "1", "2", "0", ""),
    "calculateOptionPrice": ("3", ID, *AAPL, "1", "2", "0", ""),
    "verifyRequest": ("1", "name", "1"),
    "verifyMessage": ("1", "data"),
    "subscribeToGroupEvents": ("1", ID, "1"),
    "verifyAndAuthRequest": ("1", "name", "1", "key"),
    "verifyAndAuthMessage": ("1", "data", "response"),
    "reqNewsArticle": (ID, "BZ", "1", ""),
    "reqHistoricalNews": (ID, "265598", "BZ", "", "", "10", ""),
    "reqHistogramData": (ID, *AAPL, "0", "1", "1 day"),
    "reqWshMetaData": (ID,),
    "reqWshEventData": (ID, "265598", "", "0", "0", "0", "", "", ""),
}
"""Requests that are refused, and what is sent."""

COMMANDS = frozenset({"placeOrder", "cancelOrder", "reqGlobalCancel", "startApi"})
"""Those that the tests of orders and of connections send."""

SILENT = frozenset(
    {
        "reqNewsBulletins",  # there are none
        "cancelNewsBulletins",
        "setServerLogLevel",
        "reqAutoOpenOrders",
        "reqMarketDataType",
        "updateDisplayGroup",
        "unsubscribeFromGroupEvents",
    }
)
"""Those that the real one does not answer either; and the ends of subscriptions."""

NUMBERS = {request.name: str(kind) for kind, request in REQUESTS.items()}


def names(heading: str) -> set[str]:
    """The names in backticks of one row of the table of what is not simulated."""
    row = re.search(rf"^\| {heading} \| (.*) \|$", DOCUMENT.read_text(), re.MULTILINE)
    assert row is not None, f"docs/venues/ib.md has no row {heading!r}"
    return set(re.findall(r"`([^`]+)`", row[1]))


def test_every_request_of_the_api_is_known() -> None:
    """What ib_async can send is what there is at these versions."""
    sends = {name for name in vars(Client) if re.match(r"req|cancel|calc|exer|verify|repl", name)}
    sends |= {"placeOrder", "startApi", "requestFA", "queryDisplayGroups", "setServerLogLevel"}
    assert sends <= NUMBERS.keys()


def test_every_request_is_in_one_of_the_lists() -> None:
    ends = {name for name in NUMBERS if name.startswith("cancel")}
    listed = [*ANSWERED, *REFUSALS, *COMMANDS, *((SILENT | ends) - COMMANDS)]
    assert sorted(listed) == sorted(NUMBERS)


async def test_every_request_has_somebody_to_answer_it(tws: VenueOnLoop) -> None:
    assert isinstance(tws.venue, IbVenue)
    assert tws.venue.api._handlers.keys() == REQUESTS.keys() - {START_API}


@pytest.mark.parametrize("name", sorted(ANSWERED))
async def test_it_is_answered(tws: VenueOnLoop, dial: Dial, name: str) -> None:
    client = await dial()
    tws.print("AAPL", Decimal(1))
    await client.settled()
    client.heard.clear()
    fields, answer = ANSWERED[name]
    client.send(NUMBERS[name], *fields)
    if name == "reqRealTimeBars":
        await client.settled()
        tws.venue.beat(time.time_ns() + 10_000_000_000)
    told = await client.first(answer)
    assert all(m[0] != "4" for m in client.heard)
    if ID in fields:
        assert ID in told[1:4]


@pytest.mark.parametrize("name", sorted(REFUSALS))
async def test_it_is_refused_under_its_own_id(dial: Dial, name: str) -> None:
    client, fields = await dial(), REFUSALS[name]
    await client.settled()
    client.heard.clear()
    client.send(NUMBERS[name], *fields)
    told = await client.first("4")
    expected = REFUSED_REQUESTS[int(NUMBERS[name])]
    assert told[2:5] == [ID if ID in fields else "-1", str(expected.code), expected.text]
    waits = hasattr(Client, name) and not name.startswith(("replace", "subscribe"))
    if waits and ID in fields:
        assert told[3] not in WARNINGS, "ib_async would wait on"


@pytest.mark.parametrize("name", sorted(SILENT))
async def test_it_is_taken_in_silence(dial: Dial, name: str) -> None:
    client = await dial()
    await client.settled()
    client.heard.clear()
    client.send(NUMBERS[name], "1", "5", "1")
    assert [m[0] for m in await client.settled()] == ["49"]


# --- what docs/venues/ib.md says ---


def test_the_documentation_lists_the_requests_that_are_refused() -> None:
    assert names("requests refused") == REFUSALS.keys()
    assert REFUSALS.keys() == {REQUESTS[kind].name for kind in REFUSED_REQUESTS}


def test_the_documentation_lists_the_order_types() -> None:
    assert names("order types played") == KINDS.keys() - {"STPLMT"}
    assert names("order types refused") == OTHERS_OF_IB


def test_the_documentation_lists_the_terms_that_are_refused() -> None:
    assert names("terms refused") == REFUSED.keys()
