"""Cards of NautilusTrader's list that no adapter of ours can play, and what is tested instead."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Elsewhere:
    number: str
    title: str
    why: str
    tested_in: str


ELSEWHERE = (
    Elsewhere(
        "TC-E05",
        "Market order, quantity in quote currency",
        "Quantities are in the instrument's units everywhere; the API refuses other terms.",
        "tests/unit/api/test_order_refusals.py",
    ),
    Elsewhere(
        "TC-E19",
        "Limit DAY",
        "DAY is no time in force of ours (GTD with a time says the same); the API refuses it.",
        "tests/unit/api/test_order_refusals.py",
    ),
    *(
        Elsewhere(
            number,
            title,
            "Brackets are durable workflow logic over single orders, the same on every venue.",
            "tests/workflows/test_order_list.py",
        )
        for number, title in (
            ("TC-E50", "Bracket buy"),
            ("TC-E51", "Bracket sell"),
            ("TC-E52", "A filled entry activates the bracket"),
            ("TC-E53", "Bracket with a post-only entry"),
        )
    ),
    Elsewhere(
        "TC-E63",
        "Custom order parameters",
        "No request carries a venue's own parameters; the API refuses unknown terms.",
        "tests/unit/api/test_order_refusals.py",
    ),
    *(
        Elsewhere(
            number,
            title,
            "Orders are sent one by one, each under its own recorded approval: there is no batch.",
            "tests/contracts/cards/suites/unknown_outcomes.py",
        )
        for number, title in (
            ("TC-E77", "A batch without an answer"),
            ("TC-E78", "A batch with refusals by order"),
        )
    ),
    Elsewhere(
        "TC-E92",
        "Option priced by volatility or in dollars",
        "A price is in quote currency; the API refuses other terms.",
        "tests/unit/api/test_order_refusals.py",
    ),
)
