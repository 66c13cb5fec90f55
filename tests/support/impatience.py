"""The workflow with a tenth of its patience: the same steps, sooner."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from temporalio.common import RetryPolicy

from workflows import steps

_QUICKLY = replace(
    steps.DB_WRITE["retry_policy"],
    initial_interval=timedelta(milliseconds=50),
    maximum_attempts=4,
)
_PATIENTLY = RetryPolicy(
    initial_interval=timedelta(milliseconds=50), maximum_interval=timedelta(milliseconds=200)
)


@contextmanager
def impatience() -> Iterator[None]:
    """For workflows that begin inside: in its sandbox, each reads these bounds anew."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(steps.DB_WRITE, "retry_policy", _QUICKLY)
        patch.setattr(steps, "PATIENTLY", _PATIENTLY)
        patch.setattr(steps, "VENUE_COMMAND_TIMEOUT", timedelta(milliseconds=800))
        patch.setattr(steps, "FIND_OUT_WITHIN", timedelta(milliseconds=800))
        patch.setattr(steps, "PARKED_RETRY_AFTER", timedelta(seconds=6))
        patch.setattr(steps, "CANCEL_CONFIRMED_WITHIN", timedelta(milliseconds=150))
        yield
