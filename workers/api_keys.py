"""Who may call the API: the configured keys, or one generated operator key where there are none."""

from __future__ import annotations

from pathlib import Path

from api.auth import ApiKey, ApiKeys, Role
from config import Settings
from workers.operator_key import KEY_FILE, operator_key

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
