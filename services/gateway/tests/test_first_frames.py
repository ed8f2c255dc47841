"""Keys in the first frame: exchanged, replaced by a token, and never seen by the service."""

import asyncio
import json
from typing import Any

import msgspec
import pytest
from gateway_scene import FakeAuth, Gateway, OpenGateway, Until
from gateway_streams import StreamService, closed, stream
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.server import ServerConnection

from gateway.streams.first_frame import Codec, KeyPair, UserToken, credentials

MSGPACK = {"additional_headers": {"Content-Type": "application/msgpack"}}
PAIR = {"key": "PK1", "secret": "s3cret"}
ALPACA_TRADING = {
    "action": "authenticate",
    "data": {"key_id": PAIR["key"], "secret_key": PAIR["secret"]},
}


@pytest.fixture(autouse=True)
def key(auth: FakeAuth) -> None:
    auth.api_keys["PK1", "s3cret"] = {"sub": "owner-of-the-key"}


def subject(token: str) -> str:
    claims: dict[str, Any] = msgspec.json.decode(_unpadded(token.split(".")[1]))
    return str(claims["sub"])


def _unpadded(part: str) -> bytes:
    import base64

    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


async def connected(service: StreamService, connection: ServerConnection) -> None:
    """As Alpaca's stream of market data begins: the service speaks first."""
    await connection.send('[{"T":"success","msg":"connected"}]')
    async for frame in connection:
        service.frames.append(frame)
        await connection.send("ok")


async def test_market_data_in_json(streaming: Gateway, market_data: StreamService) -> None:
    market_data.conversation = connected
    async with stream(streaming.port, "/v2/iex") as client:
        assert "connected" in str(await client.recv())
        await client.send(json.dumps({"action": "auth"} | PAIR))
        await client.recv()
        # From here on nothing is looked at, whatever it says.
        later = '{"action":"auth","key":"x","secret":"y"}'
        await client.send(later)
        await client.recv()
    first, second = market_data.frames
    assert isinstance(first, str)
    message = json.loads(first)
    assert list(message) == ["action", "token"]
    assert (message["action"], subject(message["token"])) == ("auth", "owner-of-the-key")
    assert second == later
    assert "Authorization" not in market_data.handshakes[0].headers


async def test_market_data_in_messagepack(streaming: Gateway, market_data: StreamService) -> None:
    market_data.conversation = connected
    async with stream(streaming.port, "/v2/iex", **MSGPACK) as client:
        await client.recv()
        # alpaca-py sends its frames in pieces.
        whole = msgspec.msgpack.encode({"action": "auth"} | PAIR)
        await client.send([whole[:5], whole[5:]])
        await client.recv()
    assert market_data.handshakes[0].headers["Content-Type"] == "application/msgpack"
    (frame,) = market_data.frames
    assert isinstance(frame, bytes)
    message = msgspec.msgpack.decode(frame)
    assert (message["action"], subject(message["token"])) == ("auth", "owner-of-the-key")


@pytest.mark.parametrize("content_type", ["application/json", "Application/MsgPack; charset=x"])
@pytest.mark.parametrize("path", ["/v2/iex", "/stream"])
@pytest.mark.parametrize("kind", ["text", "json bytes", "packed bytes"])
async def test_a_key_does_not_pass_in_the_wrong_kind_of_frame_or_the_wrong_codec(
    streaming: Gateway,
    market_data: StreamService,
    trading_streams: StreamService,
    content_type: str,
    path: str,
    kind: str,
) -> None:
    auth = {"action": "auth"} | PAIR
    text = json.dumps(auth)
    forms: dict[str, str | bytes] = {
        "text": text,
        "json bytes": text.encode(),
        "packed bytes": msgspec.msgpack.encode(auth),
    }
    headers = {"Content-Type": content_type}
    async with stream(streaming.port, path, additional_headers=headers) as client:
        await client.send(forms[kind])
        await client.recv()
    (sent,) = (market_data if path == "/v2/iex" else trading_streams).frames
    assert isinstance(sent, str) == (kind == "text")
    # As the services read: text is JSON, and bytes are what the handshake said; trading knows JSON alone.
    packs = path == "/v2/iex" and "Msg" in content_type and isinstance(sent, bytes)
    message = msgspec.msgpack.decode(sent) if packs else json.loads(sent)
    assert subject(message.get("data", message)["token"]) == "owner-of-the-key"


@pytest.mark.parametrize("frame", [ALPACA_TRADING, {"action": "auth"} | PAIR])
@pytest.mark.parametrize("binary", [False, True])
async def test_trading_in_either_form(
    streaming: Gateway, trading_streams: StreamService, frame: dict[str, Any], binary: bool
) -> None:
    text = json.dumps(frame)
    async with stream(streaming.port, "/stream") as client:
        await client.send(text.encode() if binary else text)
        await client.recv()
    (sent,) = trading_streams.frames
    assert isinstance(sent, bytes if binary else str)
    message = json.loads(sent)
    assert message["action"] == "authenticate"
    assert list(message["data"]) == ["token"]
    assert subject(message["data"]["token"]) == "owner-of-the-key"


async def test_a_token_of_ones_own_will_do(
    streaming: Gateway, auth: FakeAuth, market_data: StreamService
) -> None:
    token = auth.token(sub="me")
    async with stream(streaming.port, "/v2/iex") as client:
        await client.send(json.dumps({"action": "auth", "token": token}))
        await client.recv()
    assert market_data.frames == [json.dumps({"action": "auth", "token": token}).replace(" ", "")]


@pytest.mark.parametrize(
    "offered",
    [
        {"key": "PK1", "secret": "wrong"},
        {"key": "", "secret": ""},
        {"key": None},
        {"token": "nonsense"},
        {"token": 7},
        {"key": "x" * 3000, "secret": "y"},
    ],
)
async def test_a_wrong_pair_is_an_empty_token(
    streaming: Gateway, market_data: StreamService, offered: dict[str, Any]
) -> None:
    async with stream(streaming.port, "/v2/iex") as client:
        await client.send(json.dumps({"action": "auth"} | offered))
        assert await client.recv() == '{"action":"auth","token":""}'


async def test_other_frames_before_it_pass_and_the_key_is_still_caught(
    streaming: Gateway, market_data: StreamService
) -> None:
    others = ['{"action":"subscribe","trades":["ACME"]}', "nonsense", "[1,2]", '"auth"', b"\xff"]
    async with stream(streaming.port, "/v2/iex") as client:
        for frame in others:
            await client.send(frame)
            assert await client.recv() == frame
        await client.send(json.dumps({"action": "auth"} | PAIR))
        assert "s3cret" not in str(await client.recv())
    assert market_data.frames[:-1] == others


async def test_a_key_is_caught_even_where_the_handshake_had_credentials(
    streaming: Gateway, market_data: StreamService, trader: dict[str, str]
) -> None:
    async with stream(streaming.port, "/v2/iex", additional_headers=trader) as client:
        await client.send(json.dumps({"action": "auth"} | PAIR))
        assert "s3cret" not in str(await client.recv())


async def test_while_auth_is_away_the_stream_is_closed_with_1013(
    streaming: Gateway, auth: FakeAuth, market_data: StreamService
) -> None:
    await auth.stop()
    async with stream(streaming.port, "/v2/iex") as client:
        await client.send(json.dumps({"action": "auth"} | PAIR))
        assert (await closed(client))[0] == 1013
    assert market_data.frames == []


async def test_who_says_nothing_is_closed_in_time(
    open_gateway: OpenGateway,
    stream_upstreams: dict[str, str],
    trader: dict[str, str],
    market_data: StreamService,
    until: Until,
) -> None:
    gateway = await open_gateway(**stream_upstreams, stream_first_frame_s=0.2)
    async with (
        stream(gateway.port, "/v2/iex") as silent,
        stream(gateway.port, "/v2/iex") as known_in_time,
        stream(gateway.port, "/v2/iex", additional_headers=trader) as known,
    ):
        await known_in_time.send(json.dumps({"action": "auth"} | PAIR))
        await known_in_time.recv()
        assert await closed(silent) == (1008, "no authentication within 0.2 s")
        for client in (known, known_in_time):
            await client.send("{}")
            assert await client.recv() == "{}"
    await until(lambda: (1008, "no authentication within 0.2 s") in market_data.closes)


async def test_who_authenticated_counts_for_the_user_and_no_longer_for_the_address(
    open_gateway: OpenGateway, stream_upstreams: dict[str, str], market_data: StreamService
) -> None:
    gateway = await open_gateway(**stream_upstreams, streams_per_address=1, streams_per_identity=1)
    async with stream(gateway.port, "/v2/iex") as first:
        await first.send(json.dumps({"action": "auth"} | PAIR))
        await first.recv()
        async with stream(gateway.port, "/v2/iex") as second:
            await second.send(json.dumps({"action": "auth"} | PAIR))
            assert await closed(second) == (1008, "at most 1 streams may be open at once")
    assert len(market_data.frames) == 1


async def test_guessing_keys_ends_with_1008(
    open_gateway: OpenGateway, stream_upstreams: dict[str, str]
) -> None:
    gateway = await open_gateway(**stream_upstreams, rate_unidentified_per_minute=2)
    ends = []
    for n in range(3):
        async with stream(gateway.port, "/v2/iex") as client:
            await client.send(json.dumps({"action": "auth", "key": f"{n}", "secret": "x"}))
            try:
                ends.append(await asyncio.wait_for(client.recv(), 10))
            except Exception:
                ends.append((client.close_code, client.close_reason))
    assert ends == ['{"action":"auth","token":""}'] * 2 + [(1008, "too many requests")]


@given(st.binary(max_size=200), st.sampled_from(["market_data", "trading"]))
def test_no_frame_breaks_the_reader(frame: bytes, protocol: Any) -> None:
    found = credentials(protocol, frame)
    assert found is None or isinstance(found, KeyPair | UserToken)


@pytest.mark.parametrize("codec", list(Codec))
def test_frames_nested_without_end_are_no_credentials(codec: Codec) -> None:
    deep = b"[" * 60_000 if codec is Codec.JSON else b"\x91" * 60_000
    assert credentials("market_data", deep) is None
