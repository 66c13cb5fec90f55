"""Cards of NautilusTrader's list that no adapter of ours can play, and what is tested instead."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """`tested_in` are the names of tests, as pytest collects them."""

    number: str
    title: str
    why: str
    tested_in: tuple[str, ...]


_REFUSALS = "tests/unit/api/test_order_refusals.py"
_FOREIGN = f"{_REFUSALS}::test_a_term_that_only_some_venue_knows_is_refused_by_name"
_LISTS = "tests/workflows/test_order_list.py"
_BATCHES = "tests/contracts/okx_simulator/test_adapter.py"

_BRACKETS = "Brackets are durable workflow logic over single orders, the same on every venue."
_BATCH = (
    "Orders are sent one by one, each under its own recorded approval. The one batch there is: "
    "OKX cancels all by their numbers."
)

ELSEWHERE = (
    Elsewhere(
        "TC-E05",
        "Market order, quantity in quote currency",
        "Not offered: quantities are in the instrument's units; the API refuses other terms.",
        (f"{_FOREIGN}[quote_quantity]",),
    ),
    Elsewhere(
        "TC-E19",
        "Limit DAY",
        "Not offered: when a day ends is each venue's own; GTD says a time, where a venue has it.",
        (f"{_REFUSALS}::test_a_day_is_no_time_in_force",),
    ),
    Elsewhere(
        "TC-E50", "Bracket buy", _BRACKETS, (f"{_LISTS}::test_a_bracket_takes_its_profit[BUY]",)
    ),
    Elsewhere(
        "TC-E51", "Bracket sell", _BRACKETS, (f"{_LISTS}::test_a_bracket_takes_its_profit[SELL]",)
    ),
    Elsewhere(
        "TC-E52",
        "A filled entry activates the bracket",
        _BRACKETS,
        (
            f"{_LISTS}::test_exits_grow_with_a_partial_entry_and_end_with_it",
            f"{_LISTS}::test_a_bracket_is_stopped_out",
        ),
    ),
    Elsewhere(
        "TC-E53",
        "Bracket with a post-only entry",
        _BRACKETS,
        (f"{_LISTS}::test_what_makes_the_market_in_a_bracket_says_so_and_its_stop_does_not",),
    ),
    Elsewhere(
        "TC-E63",
        "Custom order parameters",
        "Not offered: no request carries a venue's own parameters; the API refuses unknown terms.",
        (f"{_FOREIGN}[params]",),
    ),
    Elsewhere(
        "TC-E77",
        "A batch without an answer",
        _BATCH,
        (f"{_BATCHES}::test_a_batch_of_cancels_without_an_answer_is_unknown",),
    ),
    Elsewhere(
        "TC-E78",
        "A batch with refusals by order",
        _BATCH,
        (f"{_BATCHES}::test_one_that_fills_before_its_batch_of_cancels_comes_holds_up_no_other",),
    ),
    Elsewhere(
        "TC-E92",
        "Option priced by volatility or in dollars",
        "Not offered: a price is in quote currency; the API refuses other terms.",
        (f"{_FOREIGN}[px_vol]", f"{_FOREIGN}[px_usd]"),
    ),
)
