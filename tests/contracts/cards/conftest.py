"""One bench per venue, for all its cards: one process can serve one trading node at a time."""

from collections.abc import AsyncIterator, Generator
from pathlib import Path

import pytest
import pytest_asyncio

pytest.register_assert_rewrite(
    "tests.contracts.cards.needs",
    "tests.contracts.cards.suites",
)

from tests.contracts.cards.card import Verdict  # noqa: E402
from tests.contracts.cards.results import record  # noqa: E402
from tests.contracts.venues import known_benches  # noqa: E402
from tests.support.venue_bench import VenueBench  # noqa: E402

_found: dict[str, dict[str, Verdict]] = {}


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=sorted(known_benches()))
async def running_bench(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[VenueBench]:
    """The venue of the parameter, up and trading; pytest plays all its cards before the next."""
    folder: Path = tmp_path_factory.mktemp("ledger")
    bench = VenueBench(known_benches()[request.param], folder)
    try:
        await bench.start()
        yield bench
    finally:
        await bench.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def bench(running_bench: VenueBench) -> AsyncIterator[VenueBench]:
    """The same; what an earlier card left behind is gone, also where it failed."""
    await running_bench.mend()
    yield running_bench


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note what each card found."""
    report = yield
    callspec = getattr(item, "callspec", None)
    if callspec is not None and "card" in callspec.params and not report.skipped:
        found = _found.setdefault(callspec.params["running_bench"], {})
        if report.failed:
            found[callspec.params["card"].number] = Verdict.FAILED
        elif report.when == "call":
            verdict = dict(report.user_properties)["verdict"]
            found[callspec.params["card"].number] = Verdict(str(verdict))
    return report


def pytest_sessionfinish() -> None:
    """Keep it for the table in docs/venues.md."""
    for venue, found in _found.items():
        record(venue, found)
