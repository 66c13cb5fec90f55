"""One stack for the whole folder: each test leaves it healthy, or fails."""

from collections.abc import Iterator

import pytest

from tests.support.stack import PaperStack, paper_stack


@pytest.fixture(scope="module")
def stack() -> Iterator[PaperStack]:
    with paper_stack() as running:
        yield running
