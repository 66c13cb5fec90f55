"""The profile's limits and accounts, as the pure admission wants them."""

from __future__ import annotations

from datetime import timedelta

from config import Settings
from domain.admission import OrderAdmission
from domain.risk import RiskEngine, RiskLimits, SizeLimits
from domain.routing import SmartOrderRouter
from workers.profile import nautilus_venues


def order_admission(settings: Settings) -> OrderAdmission:
    limits, routing = settings.trading.risk_limits, settings.trading.routing
    quote_age_max = timedelta(milliseconds=limits.max_quote_age_ms)
    return OrderAdmission(
        router=SmartOrderRouter(
            quote_age_max,
            nautilus_venues(settings) if routing.prefer_nautilus else None,
            fallback=routing.fallback_enabled,
        ),
        engine=RiskEngine(),
        limits=RiskLimits(
            max_order_size=limits.max_order_size,
            max_order_notional=limits.max_order_notional,
            max_position_size=limits.max_position_size,
            max_exposure=limits.max_exposure,
            max_orders_per_minute=limits.max_orders_per_minute,
            price_collar_bps=limits.price_collar_bps,
            quote_age_max=quote_age_max,
            par_currencies=frozenset(limits.par_currencies),
            sizes_by_venue={
                venue: SizeLimits(sizes.max_order_size, sizes.max_position_size)
                for venue, sizes in limits.sizes_by_venue.items()
            },
        ),
        accounts={name: venue.account_id for name, venue in settings.venues.items()},
        send_within=timedelta(milliseconds=settings.trading.send_deadline_ms),
    )
