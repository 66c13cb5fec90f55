"""A small HTTP client for the API; the standard library's, because a command should start at once.

Where the API is and what key to use is found, in this order: options of the command, the variables
ODUM_URL and ODUM_API_KEY, and what the stack on this machine wrote into ODUM_HOME.
"""

import http.client
import json
import os
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from console.cli.errors import CliError, ExitCode, problem_error

_TIMEOUT_S = 30.0
_USE = "use --url, set ODUM_URL, or start the stack here with `odum up`"


class ApiClient:
    """Speaks JSON with one API. Raises CliError for whatever is not a 2xx answer."""

    def __init__(self, url: str, api_key: str | None) -> None:
        try:
            parts = urlsplit(_sayable(url))
            self._host, self._port = parts.hostname or "", parts.port
        except ValueError:  # also a bracket that does not close, a port out of range
            parts = urlsplit("")
        if parts.scheme not in ("http", "https") or not parts.hostname or not parts.path.isascii():
            raise CliError(f"{url!r} is not the URL of an API; {_USE}.", ExitCode.BAD_INPUT)
        self.url = url.rstrip("/")
        self._is_https = parts.scheme == "https"
        self._prefix = parts.path.rstrip("/")
        self._headers = {"Accept": "application/json"}
        if api_key:
            if not api_key.isascii() or not api_key.isprintable():
                raise CliError(
                    "The API key holds characters that no key has; look at --api-key, ODUM_API_KEY "
                    "or the file api_key.",
                    ExitCode.BAD_INPUT,
                )
            self._headers["X-API-Key"] = api_key

    def get(self, path: str, query: Mapping[str, object] | None = None) -> Any:
        """The JSON that a GET answers; members of `query` that are None are left out."""
        return self._request("GET", path, query, None)

    def post(
        self, path: str, body: Mapping[str, object], query: Mapping[str, object] | None = None
    ) -> Any:
        """The JSON that a POST of `body` answers."""
        return self._request("POST", path, query, body)

    def _request(
        self,
        method: str,
        path: str,
        query: Mapping[str, object] | None,
        body: Mapping[str, object] | None,
    ) -> Any:
        present = {name: value for name, value in (query or {}).items() if value is not None}
        try:
            target = self._prefix + path + (f"?{urlencode(present)}" if present else "")
        except UnicodeEncodeError as error:
            raise _not_text(error) from None
        headers = dict(self._headers)
        content = None
        if body is not None:
            content = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        # A new connection each: one that a server has closed meanwhile cannot be told from one
        # that lost an order's answer.
        with closing(self._connection()) as connection:
            try:
                connection.connect()
            except (OSError, UnicodeError) as error:
                raise CliError(
                    f"The API at {self.url} does not answer ({error}); {_USE}.",
                    ExitCode.UNAVAILABLE,
                ) from None
            try:
                connection.request(method, target, content, headers)
                response = connection.getresponse()
                text = response.read()
            except (OSError, http.client.HTTPException) as error:
                raise CliError(
                    f"The API at {self.url} was asked, and its answer did not arrive ({error}).",
                    ExitCode.UNAVAILABLE,
                    outcome_unknown=True,
                ) from None
        return self._answer(response.status, text)

    def _connection(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._is_https else http.client.HTTPConnection
        return kind(self._host, self._port, timeout=_TIMEOUT_S)

    def _answer(self, status: int, text: bytes) -> Any:
        try:
            answer = json.loads(text) if text else {}
        except ValueError:
            answer = None
        if 200 <= status < 300 and answer is not None:
            return answer
        if isinstance(answer, dict):
            raise problem_error(status, answer)
        failure = problem_error(status, {})
        raise CliError(
            f"{self.url} answered {status} with something that is not JSON; is this the API?",
            failure.exit_code,
            outcome_unknown=failure.outcome_unknown,
        )


def connect(url: str | None, api_key: str | None) -> ApiClient:
    """The client for these options, completed from the environment and ODUM_HOME."""
    home = Path(os.environ.get("ODUM_HOME", ".odum"))
    return ApiClient(url or _local_url(home), api_key or _local_key(home))


def segment(value: str) -> str:
    """An id as one segment of a path, whatever characters it has."""
    try:
        return quote(value, safe="")
    except UnicodeEncodeError as error:
        raise _not_text(error) from None


def _sayable(url: str) -> str:
    """The URL as it is. Raises ValueError for characters that cannot stand in a request, some of
    which `urlsplit` would silently take away."""
    if not url.isprintable() or " " in url:
        raise ValueError
    return url


def _not_text(error: UnicodeEncodeError) -> CliError:
    """A shell hands over bytes that are no UTF-8 as characters which no request can carry."""
    return CliError(f"{error.object!r} is not text in UTF-8.", ExitCode.BAD_INPUT)


def _local_url(home: Path) -> str:
    try:
        url = json.loads((home / "run" / "stack.json").read_text())["urls"]["api"]
    except (OSError, ValueError, KeyError, TypeError):
        raise CliError(f"No stack runs on {home}; {_USE}.", ExitCode.UNAVAILABLE) from None
    return str(url)


def _local_key(home: Path) -> str | None:
    try:
        return (home / "api_key").read_text().strip() or None
    except (OSError, UnicodeError):
        return None
