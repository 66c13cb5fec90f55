"""Profiles to start from in tests: the shipped ones, with an environment that completes them."""

import json
from pathlib import Path
from typing import Any

import pytest

from config import ConfigError
from config.loader import load_settings
from config.settings import Settings

FOLDER = Path(__file__).resolve().parents[3] / "config"
PAPER, TESTNET, TESTNET_ALL, LIVE = (
    FOLDER / f"{name}.json" for name in ("paper", "testnet", "testnet-all", "live.example")
)

COMPLETE_ENV = {
    "ODUM_POSTGRES_PASSWORD": "pg-secret-word",
    "ODUM_OPERATOR_API_KEY": "operator-key-0123456789",
    "ODUM_MOMENTUM_API_KEY": "momentum-key-0123456789",
    "ODUM_STRATEGY_SERVICE_API_KEY": "service-secret-word",
    "ODUM_BINANCE_SPOT_API_KEY": "spot-key-word",
    "ODUM_BINANCE_SPOT_API_SECRET": "spot-secret-word",
    "ODUM_BINANCE_FUTURES_API_KEY": "futures-key-word",
    "ODUM_BINANCE_FUTURES_API_SECRET": "futures-secret-word",
    "ODUM_BYBIT_API_KEY": "bybit-key-word",
    "ODUM_BYBIT_API_SECRET": "bybit-secret-word",
    "ODUM_OKX_API_KEY": "okx-key-word",
    "ODUM_OKX_API_SECRET": "okx-secret-word",
    "ODUM_OKX_PASSPHRASE": "okx-passphrase-word",
    "ODUM_DERIBIT_CLIENT_ID": "deribit-id-word",
    "ODUM_DERIBIT_CLIENT_SECRET": "deribit-secret-word",
    "ODUM_IB_ACCOUNT": "U0000001",
}
TESTNET_ENV = COMPLETE_ENV | {"ODUM_IB_ACCOUNT": "DU0000001"}
LIVE_ENV = COMPLETE_ENV | {
    "ODUM_POSTGRES_HOST": "db.internal",
    "ODUM_TEMPORAL_HOST": "temporal.internal",
}


def changed(source: Path, **changes: Any) -> dict[str, Any]:
    """The JSON of ``source`` with values replaced; ``a__b__0`` names ``a.b[0]``."""
    profile: dict[str, Any] = json.loads(source.read_text())
    for path, value in changes.items():
        *parents, last = (int(step) if step.isdigit() else step for step in path.split("__"))
        place: Any = profile
        for step in parents:
            place = place[step]
        place[last] = value
    return profile


def load(profile: dict[str, Any], folder: Path, env: dict[str, str] | None = None) -> Settings:
    """Write ``profile`` into ``folder`` and load it as a user would."""
    complete = LIVE_ENV if profile["mode"] == "live" else COMPLETE_ENV
    return load_settings(written(profile, folder), complete if env is None else env)


def problems(profile: dict[str, Any], folder: Path) -> tuple[str, ...]:
    """What is wrong with ``profile``, by the refusal to load it."""
    with pytest.raises(ConfigError) as refused:
        load(profile, folder)
    return refused.value.problems


def written(profile: dict[str, Any], folder: Path) -> Path:
    """The file in ``folder`` that now holds ``profile``."""
    file = folder / "profile.json"
    file.write_text(json.dumps(profile))
    return file
