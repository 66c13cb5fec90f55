"""What is refused may hold a secret: the refusal is printed and logged, the secret is not."""

from pathlib import Path
from typing import Any

import pytest

from config import ConfigError
from tests.unit.config.profiles import PAPER, changed, load, problems

PG = "database__postgres__"


def test_a_refusal_shows_no_secret(tmp_path: Path) -> None:
    secret = "Zq9-never-shown"
    profile = changed(
        PAPER,
        **{PG + "password": [secret]},
        venues__BINANCE_SPOT__credentials__api_key={"x": secret},
        venues__BINANCE_FUTURES__urls__http=f"http://me:{secret}@127.0.0.1:1",
        api__keys=[{"name": "me", "key": secret, "kye": secret, "strategies": ["*"]}],
    )
    with pytest.raises(ConfigError) as refused:
        load(profile, tmp_path)
    assert len(refused.value.problems) == 5
    assert secret not in str(refused.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"api__keys": ["Zq9-never-shown"]},
        {"api__keys": "Zq9-never-shown"},
        {"api": "Zq9-never-shown"},
        {"strategy_service": "Zq9-never-shown"},
        {"venues": "Zq9-never-shown"},
    ],
)
def test_a_secret_in_the_place_of_what_holds_it_is_not_shown(
    changes: dict[str, Any], tmp_path: Path
) -> None:
    (problem,) = problems(changed(PAPER, **changes), tmp_path)
    assert "Zq9-never-shown" not in problem
