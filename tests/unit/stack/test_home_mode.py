"""A state folder belongs to one mode: paper orders never meet those of a testnet or real ones."""

from pathlib import Path

import pytest

from workers.stack.errors import UnusableState
from workers.stack.home_mode import claim_home, mode_of


def test_the_first_start_decides(tmp_path: Path) -> None:
    assert mode_of(tmp_path) is None
    claim_home(tmp_path, "paper")
    claim_home(tmp_path, "paper")
    assert mode_of(tmp_path) == "paper"


@pytest.mark.parametrize("other", ["testnet", "live"])
def test_another_mode_is_refused_and_changes_nothing(other: str, tmp_path: Path) -> None:
    claim_home(tmp_path, "paper")
    with pytest.raises(UnusableState, match=rf"belongs to mode 'paper'.*'{other}'.*ODUM_HOME"):
        claim_home(tmp_path, other)
    assert mode_of(tmp_path) == "paper"
