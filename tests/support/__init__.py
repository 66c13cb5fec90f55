"""What several tests use. Assertions in here say what differs, like those of the tests."""

import pytest

pytest.register_assert_rewrite("tests.support.agreement", "tests.support.books")
