"""A simulated venue's half of a WebSocket: who does not answer pings is cut off."""

import asyncio

import aiohttp
import pytest
from aiohttp import WSCloseCode, WSMsgType, web
from aiohttp.test_utils import TestClient, TestServer

from venues.simulators.outbox import Outbox

PING_S = 0.05


async def serve(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse(autoping=False)
    await socket.prepare(request)
    outbox = Outbox(socket, request)
    pinging = asyncio.create_task(outbox.ping(PING_S))
    async for _ in socket:
        outbox.hear()
    pinging.cancel()
    return socket


@pytest.mark.parametrize(("answers", "is_cut"), [(True, False), (False, True)])
async def test_a_client_that_answers_no_ping_is_cut_off(answers: bool, is_cut: bool) -> None:
    application = web.Application()
    application.router.add_get("/", serve)
    async with TestClient(TestServer(application)) as client:
        socket = await client.ws_connect("/", autoping=answers)
        try:
            async with asyncio.timeout(PING_S * 10):
                while (await socket.receive()).type is WSMsgType.PING:
                    pass
            cut = True
        except TimeoutError:
            cut = False
        except aiohttp.ClientError:
            cut = True
        assert cut is is_cut
        await socket.close()


async def test_a_connection_is_closed_after_what_was_sent_before() -> None:
    async def serve_and_close(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        outbox = Outbox(socket, request)
        writing = asyncio.create_task(outbox.run())
        outbox.send("last words")
        outbox.close()
        async for _ in socket:
            pass
        await writing
        return socket

    application = web.Application()
    application.router.add_get("/", serve_and_close)
    async with TestClient(TestServer(application)) as client:
        socket = await client.ws_connect("/")
        assert await socket.receive_str() == "last words"
        assert (await socket.receive()).type is WSMsgType.CLOSE
        assert socket.close_code == WSCloseCode.GOING_AWAY
