"""The websockets' doors: who may come in, and what is read from whom."""

from functools import partial

from fastapi import APIRouter, WebSocket

from chassis.errors import NotFound, Problem, Unavailable, problem_response
from chassis.websockets import frames_of
from market_data.access import reader_of, user_of
from market_data.streams.alpaca import AlpacaClient
from market_data.streams.alpaca_messages import Codec, MessagePackCodec
from market_data.streams.market import MarketClient
from market_data.streams.service import Streams

router = APIRouter()

FEEDS = ("iex", "sip", "delayed_sip", "test")


@router.websocket("/v1/stream/market")
async def market(websocket: WebSocket) -> None:
    """Our own stream, for anybody: contracts/streams/README.md."""
    streams: Streams = websocket.app.state.streams
    try:
        await reader_of(websocket)
        _require_ready(streams)
    except Problem as problem:
        await websocket.send_denial_response(problem_response(problem))
        return
    await websocket.accept()
    client = MarketClient(
        frames_of(websocket.scope),
        streams.clock,
        feed=streams.feed,
        hub=streams.hub,
        symbols_limit=streams.symbols_limit,
    )
    streams.hub.join(client)
    try:
        client.welcome(streams.interval_ms)
        while (message := await websocket.receive())["type"] != "websocket.disconnect":
            await client.hear(message.get("text"))
    finally:
        client.leave()
        streams.hub.leave(client)


@router.websocket("/v2/{feed}")
async def alpaca(websocket: WebSocket, feed: str) -> None:
    """Alpaca's stream, the same data whatever the feed is called."""
    streams: Streams = websocket.app.state.streams
    try:
        if feed not in FEEDS:
            raise NotFound(f"feed: one of {', '.join(FEEDS)}")
        known = await reader_of(websocket) is not None
        _require_ready(streams)
    except Problem as problem:
        await websocket.send_denial_response(problem_response(problem))
        return
    content_type = websocket.headers.get("content-type", "").split(";")[0].strip().lower()
    packed = content_type == "application/msgpack"
    await websocket.accept()
    client = AlpacaClient(
        frames_of(websocket.scope),
        streams.clock,
        MessagePackCodec() if packed else Codec(),
        feed=streams.feed,
        hub=streams.hub,
        symbols_limit=streams.symbols_limit,
        verify=partial(user_of, websocket.app),
    )
    streams.hub.join(client)
    try:
        client.welcome(authenticated=known)
        while (message := await websocket.receive())["type"] != "websocket.disconnect":
            await client.hear(message.get("text"), message.get("bytes"))
    finally:
        client.leave()
        streams.hub.leave(client)


def _require_ready(streams: Streams) -> None:
    if not streams.feed.ready:
        raise Unavailable("the market is not loaded yet", headers={"Retry-After": "1"})
