"""One file per venue that the cards must hold for; each says `BENCH = BenchSpec(...)`."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from tests.support.bench_spec import BenchSpec


@cache
def known_benches() -> Mapping[str, BenchSpec]:
    """All benches by venue name."""
    found: dict[str, BenchSpec] = {}
    for module in pkgutil.iter_modules(__path__):
        bench = importlib.import_module(f"{__name__}.{module.name}").BENCH
        assert isinstance(bench, BenchSpec), f"{module.name} must say BENCH = BenchSpec(...)"
        assert bench.venue not in found, f"two files offer a bench of {bench.venue}"
        found[bench.venue] = bench
    return found
