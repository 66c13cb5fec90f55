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
