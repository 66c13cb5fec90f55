"""The documentation page works without any other host, and tells nothing to whoever has no key."""

import re

import httpx

from api.auth import HEADER
from tests.support.live_api import DEMO, LiveApi


async def test_the_description_needs_a_key_and_any_key_will_do(api: LiveApi) -> None:
    strangers = await api.http.get("/openapi.json", headers={HEADER: ""})
    strategys = await api.http.get("/openapi.json", headers={HEADER: DEMO})

    assert (strangers.status_code, strangers.json()["code"]) == (401, "missing_api_key")
    assert strategys.json()["info"]["title"] == "Odum Live"


async def test_the_page_and_all_that_it_loads_come_from_here(api: LiveApi) -> None:
    page = await _open(api, "/docs")
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)

    assert page.headers["content-type"].startswith("text/html")
    assert "Odum Live" in page.text
    files = [name for name in loaded if not name.startswith("data:")]
    assert len(files) == 4
    for name in files:
        file = await _open(api, f"/{name}")
        kind = "css" if name.endswith(".css") else "javascript"
        assert kind in file.headers["content-type"]
        assert len(file.content) > 100
    assert (await _open(api, "/docs/swagger-ui-bundle.js")).text.count("SwaggerUIBundle") >= 1


async def test_the_browser_is_told_to_load_and_ask_nothing_elsewhere(api: LiveApi) -> None:
    policy = (await _open(api, "/docs")).headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))

    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["connect-src"] == "'self'"
    assert "http" not in policy


async def test_the_page_sends_the_key_as_the_api_wants_it(api: LiveApi) -> None:
    page, script = await _open(api, "/docs"), await _open(api, "/docs/page.js")

    assert f'data-header="{HEADER}"' in page.text
    assert "{header}" not in page.text
    assert "dataset.header" in script.text
    assert "Storage" not in script.text, "the key is kept nowhere"


async def test_nothing_else_below_the_page_is_open(api: LiveApi) -> None:
    for path in ("/docs/", "/docs/page.html", "/docs/../openapi.json", "/docs/%2e%2e/app.py"):
        answer = await api.http.get(httpx.URL(f"http://odum{path}"), headers={HEADER: ""})
        assert answer.status_code == 401, path


async def _open(api: LiveApi, path: str) -> httpx.Response:
    """What somebody without a key gets."""
    answer = await api.http.get(path, headers={HEADER: ""})
    assert answer.status_code == 200, path
    return answer
