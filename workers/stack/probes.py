"""Questions to a process that is starting: can it serve yet? Cheap enough to ask every 20 ms."""

import asyncio
from urllib.parse import urlsplit

_PROBE_TIMEOUT_S = 2.0


async def http_ok(url: str) -> bool:
    """Whether a GET of `url` is answered with a 2xx status."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 80
    request = f"GET {parts.path or '/'} HTTP/1.0\r\nHost: {parts.netloc}\r\n\r\n"
    try:
        async with asyncio.timeout(_PROBE_TIMEOUT_S):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(request.encode("ascii"))
                status_line = await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False
    # b"HTTP/1.1 200 OK"
    return status_line[9:10] == b"2"


async def accepts_connections(host: str, port: int) -> bool:
    """Whether something listens on the address."""
    try:
        async with asyncio.timeout(_PROBE_TIMEOUT_S):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True
