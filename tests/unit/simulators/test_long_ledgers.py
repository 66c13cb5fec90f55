"""A ledger that grows long goes on in new parts: memory and restarts stay small, truth is whole."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.simulators.test_restart import deeds, do, facts
from tests.unit.simulators.worlds import (
    SYMBOL,
    D,
    futures_exchange,
    new_order,
    quote,
    spot_exchange,
    submit,
)
from venues.simulators import ledger
from venues.simulators.exchange import Exchange
from venues.simulators.ledger import parts_of, read_ledger, summarise
from venues.simulators.matching import Side, TimeInForce

LENGTH = 20


@pytest.fixture
def exchange(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Exchange:
    monkeypatch.setattr(ledger, "PART_RECORDS", LENGTH)
    exchange = spot_exchange(tmp_path / "spot.jsonl")
    quote(exchange, "90000", "110000")
    return exchange


def churn(exchange: Exchange, count: int) -> None:
    """Orders that end at once: two records each."""
    ioc = {"price": "99000", "time_in_force": TimeInForce.IOC}
    for _ in range(count):
        submit(exchange, new_order(f"x{exchange.state.next_order_id}", Side.BUY, "0.1", **ioc))


def names(exchange: Exchange) -> list[str]:
    return [order.client_order_id for order in exchange.state.orders]


def test_what_ended_two_parts_ago_leaves_memory_and_what_is_open_stays(exchange: Exchange) -> None:
    submit(exchange, new_order("stays", Side.BUY, "0.1", price="95000"))
    churn(exchange, 100)
    assert len(parts_of(exchange.ledger_path)) > 5
    assert names(exchange)[0] == "stays"
    assert len(names(exchange)) <= LENGTH + 1
    history = exchange.state.orders.history("ann", SYMBOL)
    assert [order.client_order_id for order in history] == names(exchange)
    assert exchange.state.orders.by_client_id("ann", "stays") is history[0]


def test_the_whole_story_stays_on_disk(exchange: Exchange) -> None:
    submit(exchange, new_order("resting", Side.SELL, "1", price="100000"))
    for number in range(30):
        terms: dict[str, Any] = {"price": None, "account": "bob"}
        submit(exchange, new_order(f"b{number}", Side.BUY, "0.03", **terms))
    records = list(read_ledger(exchange.ledger_path))
    assert [record["event"] for record in records].count("started") == 1
    assert len([record for record in records if record["event"] == "accepted"]) == 31
    summary = summarise(records)
    (resting,) = summary.orders["resting"]
    assert (summary.doubled, resting.executed, len(resting.fills)) == ([], D("0.9"), 30)


def test_a_restart_reads_the_last_parts_alone(exchange: Exchange) -> None:
    submit(exchange, new_order("stays", Side.BUY, "0.1", price="95000"))
    churn(exchange, 100)
    exchange.close()
    for part in parts_of(exchange.ledger_path)[:-2]:
        part.write_text("no ledger any more\n")
    again = spot_exchange(exchange.ledger_path)
    assert facts(again) == facts(exchange)


def test_an_order_of_long_ago_can_still_trade_and_end(exchange: Exchange) -> None:
    submit(exchange, new_order("old", Side.SELL, "1", price="100000"))
    churn(exchange, 50)
    exchange.close()
    again = spot_exchange(exchange.ledger_path)
    submit(again, new_order("taker", Side.BUY, "0.4", price=None, account="bob"))
    churn(again, 50)
    submit(again, new_order("rest", Side.BUY, "0.6", price=None, account="bob"))
    (old,) = summarise(read_ledger(again.ledger_path)).orders["old"]
    assert (old.state, old.executed) == ("filled", old.quantity)


def test_a_part_that_was_being_written_counts_for_nothing(exchange: Exchange) -> None:
    churn(exchange, 15)
    exchange.close()
    whole = facts(exchange)
    (exchange.ledger_path.parent / "spot.9.draft").write_text('{"event":"continued","t":')
    last = parts_of(exchange.ledger_path)[-1]
    content = last.read_bytes()
    last.write_bytes(content + b'{"event":"accepted","order_id":')
    again = spot_exchange(exchange.ledger_path)
    assert facts(again) == whole
    assert last.read_bytes() == content


@given(deeds, st.sampled_from([3, 12]), st.booleans())
@settings(max_examples=60)
def test_a_restart_gives_the_same_exchange(
    tmp_path_factory: pytest.TempPathFactory,
    deeds: list[tuple[str, Side, int, int]],
    part_records: int,
    spot: bool,
) -> None:
    """Of the accounts of Binance, which are kinds of their own."""
    path = tmp_path_factory.mktemp("ledger") / "any.jsonl"
    opened = spot_exchange if spot else futures_exchange
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "PART_RECORDS", part_records)
        exchange = opened(path)
        quote(exchange, "99990", "100010")
        for number, deed in enumerate(deeds):
            do(exchange, number, deed)
        exchange.close()
        again = opened(path)
        again.marks |= exchange.marks
        assert facts(again) == facts(exchange)
        again.close()
