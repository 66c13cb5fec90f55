"""Each venue that NautilusTrader serves, behind a proxy that has it say what a test wants."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import pytest_asyncio

from tests.contracts.venues import known_benches
from tests.support.reply_proxy import ReplyProxy
from tests.support.venue_bench import VenueBench
from venues.nautilus import offer_keeper
from venues.registry import known_venues

NAMES = sorted(name for name in known_benches() if known_venues()[name].process == "nautilus")


def only_at[Test: Callable[..., object]](*names: str) -> Callable[[Test], Test]:
    """What is peculiar to these venues; the test is not played at the others."""

    def note(test: Test) -> Test:
        test.only_at = names  # type: ignore[attr-defined]
        return test

    return note


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = [item for item in items if _is_played(item)]


def _is_played(item: pytest.Item) -> bool:
    names = getattr(getattr(item, "function", None), "only_at", None)
    return names is None or getattr(item, "callspec").params["running"] in names  # noqa: B009


@dataclass(frozen=True, slots=True)
class Proxied:
    bench: VenueBench
    proxy: ReplyProxy

    @property
    def name(self) -> str:
        return self.bench.name


@pytest_asyncio.fixture(scope="session", loop_scope="session", params=NAMES)
async def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Proxied]:
    """The venue of the parameter, asked twice a second what it offers."""
    spec = known_benches()[request.param]
    async with ReplyProxy() as proxy:
        behind = replace(spec, urls=lambda port: proxy.before(spec.urls(port)))
        bench = VenueBench(behind, tmp_path_factory.mktemp("ledger"))
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(offer_keeper, "_EVERY_S", 0.5)
            patched.setattr(offer_keeper, "_RETRY_S", 0.5)
            try:
                await bench.start()
                yield Proxied(bench, proxy)
            finally:
                await bench.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def venue(running: Proxied, tmp_path: Path) -> AsyncIterator[Proxied]:
    """The same; what an earlier test left behind is gone."""
    running.proxy.clear()
    await running.bench.mend()
    yield running
    running.proxy.clear()
