"""Clients of a hub whose sockets are full just when the test says so; no server is needed."""

import json
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import httpx
import pytest
from plain_log import SYMBOL, PlainExchange

from chassis.clock import SystemClock
from chassis.database import Database
from chassis.event_log.source import LogSource
from chassis.identity.service_tokens import ServiceTokenSigner
from chassis.websockets import Frames
from devkit.testing_support.keys import ServiceKeys
from market_data.assets.catalog import Asset
from market_data.streams import messages
from market_data.streams.alpaca import AlpacaClient
from market_data.streams.alpaca_messages import Codec
from market_data.streams.client import MAX_HELD
from market_data.streams.feed import Feed
from market_data.streams.hub import Hub
from market_data.streams.instrument import Instrument
from market_data.streams.market import MarketClient
from market_data.streams.tape import MAX_TRADES

CLOCK = SystemClock()


class Socket(Frames):
    """A connection that takes all, or nothing."""

    def __init__(self) -> None:
        self.is_full = False
        self.code: int | None = None
        self.frames: list[bytes] = []

    @property
    def full(self) -> bool:
        return self.is_full

    @property
    def closed(self) -> bool:
        return self.code is not None

    def write(self, frame: bytes) -> None:
        if not self.closed:
            self.frames += _split(frame)

    def close(self, code: int, reason: str) -> None:
        self.code = code

    def drain(self) -> None:
        self.is_full = False
        self.on_writable()

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [message for frame in self.frames for message in json.loads(frame)]


def _split(frames: bytes) -> list[bytes]:
    """The payloads of frames that are written together."""
    payloads = []
    while frames:
        length, start = frames[1], 2
        if length > 125:
            start = 4 if length == 126 else 10
            length = int.from_bytes(frames[2:start], "big")
        payloads.append(frames[start : start + length])
        frames = frames[start + length :]
    return payloads


class Theatre:
    """A hub with one symbol, and a feed that knows it."""

    def __init__(self, keys: ServiceKeys, http: httpx.AsyncClient) -> None:
        self.hub = Hub(0, CLOCK)
        signer = ServiceTokenSigner("market-data", keys.private_key("market-data"), CLOCK)
        self.feed = Feed(
            Database("postgresql://nobody@127.0.0.1:1/x"),
            LogSource(http, "http://127.0.0.1:1", signer, audience="x", scope="x"),
            broker_url="amqp://127.0.0.1:1/",
            clock=CLOCK,
            audience=self.hub,
        )
        self.instrument = Instrument(SYMBOL, Asset(SYMBOL, Decimal("0.01"), Decimal(1)))
        self.feed.instruments[SYMBOL] = self.instrument
        self.hub.begun([self.instrument])

    def market(self) -> tuple[MarketClient, Socket]:
        socket = Socket()
        client = MarketClient(socket, CLOCK, feed=self.feed, hub=self.hub, symbols_limit=9)
        self.hub.join(client)
        return client, socket

    def alpaca(self) -> tuple[AlpacaClient, Socket]:
        async def verify(token: str) -> None:
            assert token

        socket = Socket()
        client = AlpacaClient(
            socket, CLOCK, Codec(), feed=self.feed, hub=self.hub, symbols_limit=9, verify=verify
        )
        self.hub.join(client)
        return client, socket


@pytest.fixture
async def theatre(service_keys: ServiceKeys) -> AsyncIterator[Theatre]:
    async with httpx.AsyncClient() as http:
        theatre = Theatre(service_keys, http)
        yield theatre
        theatre.hub.ended(replaced=False)


def _subscribe(*channels: str) -> str:
    return json.dumps({"action": "subscribe", "channels": channels, "symbols": [SYMBOL]})


async def test_an_order_of_more_trades_than_are_kept_closes_nobody(
    theatre: Theatre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "MAX_FRAME_BYTES", 16_384)
    market, ours = theatre.market()
    await market.hear(_subscribe("depth", "trades"))
    alpaca, theirs = theatre.alpaca()
    alpaca.welcome(authenticated=True)
    await alpaca.hear(json.dumps({"action": "subscribe", "trades": ["*"]}), None)
    exchange = PlainExchange()
    many = MAX_TRADES + 1_000
    for _ in range(many):
        exchange.place("sell", 100, 1, "limit", "gtc")
    exchange.place("buy", 100, many, "limit", "gtc")
    for at in range(0, len(exchange.events), 500):
        page = exchange.events[at : at + 500]
        for event in page:
            theatre.instrument.apply(event)
        theatre.hub.changed([theatre.instrument], page[0].time_ns)

    expected = [event.sequence for event in exchange.events if event.kind == "trade"]
    assert len(expected) == many
    told = [row[0] for m in ours.messages if m["type"] == "trades" for row in m["trades"]]
    assert told == expected
    assert [m["i"] for m in theirs.messages if m["T"] == "t"] == expected
    assert max(map(len, ours.frames)) < 65_536, "no longer than its longest message"
    assert max(map(len, theirs.frames)) < 131_072, "at most a thousand trades"
    assert ours.messages[-1]["asks"] == [], "the book comes last"
    assert (ours.code, theirs.code) == (None, None)
    assert not theatre.instrument.tape.holds(expected[0]), "what all were told is forgotten"


async def test_answers_wait_for_room_in_their_order(theatre: Theatre) -> None:
    client, socket = theatre.market()
    socket.is_full = True
    await client.hear('{"action":"ping","id":1}')
    await client.hear(_subscribe("depth"))
    await client.hear('{"action":"ping","id":2}')
    assert (socket.frames, socket.code) == ([], None)
    socket.drain()
    told = [(m["type"], m.get("id")) for m in socket.messages]
    assert told == [("pong", 1), ("subscribed", None), ("pong", 2), ("snapshot", None)]


async def test_who_asks_on_without_reading_is_closed(theatre: Theatre) -> None:
    client, socket = theatre.market()
    socket.is_full = True
    for n in range(MAX_HELD):
        await client.hear(json.dumps({"action": "ping", "id": n}))
    assert not socket.frames
    await client.hear('{"action":"ping","id":"one too many"}')
    assert socket.code == 1008
    assert socket.messages[-1]["code"] == "slow_client"
    assert len(socket.messages) == MAX_HELD + 1


async def test_a_refusal_is_told_before_the_close_also_when_there_is_no_room(
    theatre: Theatre,
) -> None:
    client, socket = theatre.alpaca()
    socket.is_full = True
    client.welcome(authenticated=False)
    client.too_slow()
    assert [(m["T"], m.get("code")) for m in socket.messages] == [("success", None), ("error", 407)]
    client.leave()


async def test_what_is_asked_of_a_market_that_has_ended_is_not_answered(theatre: Theatre) -> None:
    client, socket = theatre.market()
    theatre.hub.ended(replaced=False)
    await client.hear(_subscribe("depth"))
    assert (socket.frames, socket.code) == ([], 1013)


async def test_what_is_nested_too_deeply_is_refused(theatre: Theatre) -> None:
    deep = '{"action":"ping","x":' + "[" * 60_000
    client, socket = theatre.market()
    await client.hear(deep)
    assert socket.messages[-1]["code"] == "invalid_message"
    alpaca, socket = theatre.alpaca()
    await alpaca.hear(deep, None)
    assert socket.messages[-1]["code"] == 400


async def test_a_name_that_is_too_long_is_not_looked_up(theatre: Theatre) -> None:
    client, socket = theatre.market()
    for name, sentence in (("X" * 33, "unknown: XXX"), ("X" * 32, "cannot be looked up")):
        await client.hear(
            json.dumps({"action": "subscribe", "channels": ["depth"], "symbols": [name]})
        )
        assert sentence in socket.messages[-1]["message"]
