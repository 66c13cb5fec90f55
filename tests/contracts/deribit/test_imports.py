"""What importing costs, and what it must not do."""

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]


def run(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_knowing_the_venue_does_not_import_its_client() -> None:
    program = (
        "import sys; from venues.registry import known_venues; "
        "assert 'DERIBIT' in known_venues(); print('ccxt' in sys.modules)"
    )
    assert run(program) == "False"


def test_the_client_leaves_our_arithmetic_alone() -> None:
    program = (
        "from decimal import Decimal, getcontext; before = repr(getcontext()); "
        "import venues.deribit.rest; assert repr(getcontext()) == before, repr(getcontext()); "
        "print(Decimal('1E+27') + Decimal('0.1'), float(1) == Decimal(1))"
    )
    assert run(program) == "1000000000000000000000000000 True"


def test_only_what_deribit_needs_is_imported() -> None:
    program = (
        "import sys, venues.deribit.rest; "
        "print(any(name.startswith('ccxt.binance') for name in sys.modules), "
        "len([name for name in sys.modules if name.startswith('ccxt')]) < 40)"
    )
    assert run(program) == "False True"


def test_others_still_get_all_of_it() -> None:
    program = (
        "from venues.deribit.ccxt_import import CcxtError, DeribitClient; import ccxt.pro as pro; "
        "print(issubclass(pro.deribit, DeribitClient), pro.BaseError is CcxtError, "
        "pro.binance().id)"
    )
    assert run(program) == "True True binance"


def test_a_version_that_does_not_bear_it_is_imported_whole() -> None:
    program = (
        "import sys, importlib; real = importlib.import_module; "
        "importlib.import_module = lambda name, *a: (_ for _ in ()).throw(ImportError(name)) "
        "if name == 'ccxt.base.exchange' else real(name, *a); "
        "from venues.deribit.ccxt_import import DeribitClient; print(DeribitClient().id)"
    )
    assert run(program) == "deribit"
