"""What several tests use. Assertions in here say what differs, like those of the tests."""

import pytest

pytest.register_assert_rewrite(
    "tests.support.agreement",
    "tests.support.bench_hearing",
    "tests.support.books",
    "tests.support.venue_bench",
)
