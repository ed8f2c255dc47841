"""Websockets through the gateway: what passes, how it ends, and what it does not let through."""

import pytest
from gateway_scene import FakeAuth, Gateway, OpenGateway, Until
from stream_scene import StreamService, closed, stream
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import InvalidStatus


async def test_frames_pass_both_ways_as_they_are(
    streaming: Gateway, market_data: StreamService
) -> None:
    async with stream(streaming.port) as client:
        for frame in ['{"action":"ping","id":7}', "ünïcode", b"\x00\xff", "", b""]:
            await client.send(frame)
            assert await client.recv() == frame
    assert market_data.frames[2] == b"\x00\xff"
