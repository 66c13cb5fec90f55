"""Which codes say no, and which leave it open."""

import pytest

from domain.outcomes import AmendRefused, CancelRefused, Rejected, Unknown
from venues.nautilus.bybit.rejections import (
    Refusal,
    amend_outcome,
    cancel_outcome,
    submit_outcome,
)

OPEN = [10000, 10006, 10016, 10019, 10429, 110072, 110079, 99999]
SPOT_OPEN = [170001, 170002, 170005, 170007, 170032, 170035, 170141, 170146, 170147, 170222, 170234]
NO = [10001, 10002, 10004, 110001, 110003, 110007, 110017, 110094]
SPOT_NO = [170031, 170033, 170105, 170131, 170134, 170213]


@pytest.mark.parametrize("code", OPEN + SPOT_OPEN)
def test_a_code_that_does_not_decide_is_unknown(code: int) -> None:
    refusal = Refusal(200, code, "words")
    for outcome in (submit_outcome(refusal), cancel_outcome(refusal), amend_outcome(refusal)):
        assert isinstance(outcome, Unknown)


@pytest.mark.parametrize("code", NO + SPOT_NO)
def test_a_definite_code_is_a_refusal_with_its_words(code: int) -> None:
    refusal = Refusal(200, code, "words")
    assert submit_outcome(refusal) == Rejected(str(code), "words")
    assert cancel_outcome(refusal) == CancelRefused(f"{code}: words")
    assert amend_outcome(refusal) == AmendRefused(f"{code}: words")


def test_a_server_error_decides_nothing_whatever_its_body_says() -> None:
    assert isinstance(submit_outcome(Refusal(502, 110007, "words")), Unknown)
