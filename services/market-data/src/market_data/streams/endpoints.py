"""The websockets' doors: who may come in, and what is read from whom."""

from fastapi import APIRouter, WebSocket

from chassis.errors import Problem, Unavailable, problem_response
from chassis.websockets import frames_of
from market_data.access import reader_of
from market_data.streams.market import MarketClient
from market_data.streams.service import Streams

router = APIRouter()


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


def _require_ready(streams: Streams) -> None:
    if not streams.feed.ready:
        raise Unavailable("the market is not loaded yet", headers={"Retry-After": "1"})
