"""The application: routes, authentication, errors and documentation, put together."""

from __future__ import annotations

import time

from fastapi import FastAPI

from api.auth import HEADER, Authentication
from api.docs_page import install_docs_page
from api.errors import install_error_handlers
from api.openapi import DESCRIPTION, TAGS, describe_problems
from api.routes import commands, health, instruments, order_lists, orders, positions, trading
from api.services import ApiServices

PREFIX = "/api/live"


def create_app(services: ApiServices) -> FastAPI:
    """The live API on these services; it starts and stops nothing by itself."""
    app = FastAPI(
        title="Odum Live",
        summary="Durable orders, exact positions.",
        description=DESCRIPTION,
        version=services.version,
        openapi_tags=TAGS,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.services = services
    app.state.started = time.monotonic()
    for router in (
        orders.entry,
        commands.router,
        orders.router,
        order_lists.entry,
        order_lists.router,
        positions.router,
        instruments.router,
        trading.router,
    ):
        app.include_router(router, prefix=PREFIX)
    app.include_router(health.router)
    app.add_middleware(Authentication, keys=services.keys)
    install_error_handlers(app)
    describe_problems(app)
    install_docs_page(app, HEADER)
    return app
