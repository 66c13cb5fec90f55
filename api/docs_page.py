"""The documentation page: Swagger UI from our own server, for whoever has a key.

The page itself says nothing about the system; it asks for the key and loads the description with
it. Nothing comes from another host: the page works offline, and nobody else's script runs where an
operator types a key.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from pathlib import Path

from fastapi import FastAPI, Request
from starlette.responses import FileResponse, HTMLResponse, Response

PAGE = "/docs"

_OURS = Path(__file__).parent / "docs"
_FILES = ("page.js", "page.css")
_OF_SWAGGER_UI = ("swagger-ui-bundle.js", "swagger-ui.css")

# Open: they are the same on every installation. What they describe is not among them.
PATHS = frozenset({PAGE, *(f"{PAGE}/{name}" for name in (*_FILES, *_OF_SWAGGER_UI))})

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "max-age=600",
}


def install_docs_page(app: FastAPI, key_header: str) -> None:
    """Serve the page and its files. Raises ImportError where the package with Swagger UI is not."""
    page = (_OURS / "page.html").read_text().replace("{header}", key_header)
    files = [_OURS / name for name in _FILES] + [_swagger_ui() / name for name in _OF_SWAGGER_UI]

    async def show(_: Request) -> Response:
        return HTMLResponse(page, headers=_HEADERS)

    app.add_route(PAGE, show, include_in_schema=False)
    for file in files:
        app.add_route(f"{PAGE}/{file.name}", _sending(file), include_in_schema=False)


def _sending(file: Path) -> Callable[[Request], Awaitable[Response]]:
    async def send(_: Request) -> Response:
        return FileResponse(file, headers=_HEADERS)

    return send


def _swagger_ui() -> Path:
    """Found without importing the package, of which its files are all that we want."""
    package = find_spec("fastapi_offline")
    if package is None or package.origin is None:
        raise ImportError("the package fastapi-offline, which brings Swagger UI, is not installed")
    return Path(package.origin).parent / "static"
