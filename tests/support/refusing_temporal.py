"""A gRPC server that lets a client connect and answers its calls with a status, as a test wants it.

Just enough of HTTP/2 for that: the real Temporal client hears the refusals of an authorizer, which
the dev server does not have.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

OK, PERMISSION_DENIED, UNIMPLEMENTED, UNAVAILABLE = 0, 7, 12, 14

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_DATA, _HEADERS, _SETTINGS, _PING = 0, 1, 4, 6
_ACK = _END_STREAM = 1
_END_HEADERS = 4


@asynccontextmanager
async def refusing_temporal(*statuses: int) -> AsyncIterator[tuple[str, list[int]]]:
    """Its address, and the statuses that are left: each call takes one, the last one stays.

    The first call of all is the client's own question about the server: it gets an empty answer.
    """
    left = [OK, *statuses]
    connected: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.append(writer)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            await reader.readexactly(len(_PREFACE))
            writer.write(_frame(_SETTINGS, 0, 0, b""))
            while True:
                head = await reader.readexactly(9)
                kind, flags = head[3], head[4]
                stream = int.from_bytes(head[5:]) & 0x7FFFFFFF
                content = await reader.readexactly(int.from_bytes(head[:3]))
                if kind in (_SETTINGS, _PING) and not flags & _ACK:
                    writer.write(_frame(kind, _ACK, 0, content if kind == _PING else b""))
                elif kind in (_DATA, _HEADERS) and flags & _END_STREAM:
                    status = left.pop(0) if len(left) > 1 else left[0]
                    writer.write(
                        _empty_answer(stream) if status == OK else _refusal(stream, status)
                    )
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    try:
        yield f"{host}:{port}", left
    finally:
        server.close()
        for writer in connected:  # a client of Temporal hangs up when it is collected, not before
            writer.close()


def _refusal(stream: int, status: int) -> bytes:
    """Headers that are trailers too: the whole of an answer without a message."""
    return _frame(_HEADERS, _END_STREAM | _END_HEADERS, stream, _ANSWERS + _status(status))


def _empty_answer(stream: int) -> bytes:
    message = b"\x00" + (0).to_bytes(4)  # not compressed, of no length
    return (
        _frame(_HEADERS, _END_HEADERS, stream, _ANSWERS)
        + _frame(_DATA, 0, stream, message)
        + _frame(_HEADERS, _END_STREAM | _END_HEADERS, stream, _status(OK))
    )


def _status(status: int) -> bytes:
    return _field("grpc-status", str(status)) + _field("grpc-message", "not for you")


def _field(name: str, value: str) -> bytes:
    """A literal of HPACK, neither indexed nor compressed."""
    return b"\x00" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()


def _frame(kind: int, flags: int, stream: int, content: bytes) -> bytes:
    return len(content).to_bytes(3) + struct.pack(">BBI", kind, flags, stream) + content


_STATUS_200 = b"\x88"  # in HPACK's static table
_ANSWERS = _STATUS_200 + _field("content-type", "application/grpc")
