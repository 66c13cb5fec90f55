"""The names by which a command says what it means."""

from __future__ import annotations

from api.errors import RefusedField
from api.routes.answers import require_configured
from api.schemas.commands import CancelAllSubmission
from api.services import ApiServices


async def require_known_names(scope: CancelAllSubmission, services: ApiServices) -> None:
    """Raises RefusedField for a strategy, venue or instrument that this system does not have.

    For where nothing was found: who cancels everything of a name in an emergency must not read
    "done" because of a typing error. What is found is canceled whatever its name, also at a venue
    that the configuration has lost.
    """
    if scope.strategy_id is not None:
        require_configured(scope.strategy_id, services)
    if scope.venue is not None and scope.venue not in services.venues:
        raise RefusedField(
            "venue",
            "unknown_venue",
            f"{scope.venue!r} is no venue of this system, and no live order is there; venues are "
            f"{', '.join(services.venues)}.",
        )
    instrument_id = scope.instrument_id
    if instrument_id is not None and await services.instruments.named(instrument_id) is None:
        raise RefusedField(
            "instrument_id",
            "unknown_instrument",
            f"No venue offers {instrument_id!r}, and no live order is in it; ids look like "
            "BTCUSDT.BINANCE_SPOT.",
        )
