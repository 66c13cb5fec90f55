"""Who may call the API: the configured keys, or in paper one generated operator key."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from api.auth import ApiKey, ApiKeys, Role
from config import Settings

KEY_FILE = "api_key"
STRATEGY_SERVICE = "strategy-service"


def api_keys(settings: Settings, home: Path) -> ApiKeys:
    """The keys of the profile, and the strategy-service's own, which may trade every strategy."""
    keys = [
        ApiKey.from_secret(
            key.name, key.key.get_secret_value(), key.strategies, Role(key.role), key.expires_at
        )
        for key in settings.api.keys
    ]
    if not keys:
        keys.append(
            ApiKey.from_secret("operator", operator_key(home / KEY_FILE), ["*"], Role.OPERATOR)
        )
    if settings.strategy_service is not None:
        secret = settings.strategy_service.api_key.get_secret_value()
        keys.append(ApiKey.from_secret(STRATEGY_SERVICE, secret, ["*"], Role.STRATEGY))
    return ApiKeys(keys)


def operator_key(path: Path) -> str:
    """The generated key: made once, readable by its owner alone."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    key = secrets.token_urlsafe(32)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{key}\n")
    return key
