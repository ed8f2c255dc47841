"""Streams when something is wrong: clients that do not read, a broker away, another log, the service's end."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from socket import AF_INET, SO_RCVBUF, SOCK_STREAM, SOL_SOCKET, socket
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from market_data_scene import Scene, Wire, until
from market_streams import Listener, listening, until_ready
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from chassis.websockets import text_frame
from market_data.streams import client as client_module
from market_data.streams.feed import Feed
from market_data.streams.service import Streams
from market_data.streams.tape import Tape

_BEAT = text_frame(b'[{"type":"heartbeat","sequence":0,"time_us":0,"live":true}]')


async def _trade(market: Scene, times: int = 1) -> int:
    """Trades at 100.10, each leaving the book as it was; the last event's sequence."""
    place = market.exchange.place
    commands = []
    for _ in range(times):
        commands += [place("ACME", "sell", 10_005, 1), place("ACME", "buy", 10_005, 1)]
    return int((await market.exchange.send(*commands))[-1]["last_sequence"])


@asynccontextmanager
async def _full(market: Scene) -> AsyncIterator[tuple[Streams, Listener, Listener]]:
    """The streams, a client whose socket is full, and one that reads as it should."""
    async with (
        market.worker(),
        market.stage.serving(
            engine_url=market.exchange.engine.url, broker_url=market.broker_url
        ) as (app, url),
    ):
        await market.settled()
        streams = app.state.streams
        await until_ready(streams.feed)
        await _trade(market, 100)
        address = urlsplit(url)
        with closing(socket(AF_INET, SOCK_STREAM)) as small:
            small.setsockopt(SOL_SOCKET, SO_RCVBUF, 4096)
            small.setblocking(False)
            await asyncio.get_running_loop().sock_connect(small, (address.hostname, address.port))
            path = f"ws://{address.netloc}/v1/stream/market"
            async with listening(url) as quick:
                await quick.until(type="welcome")
                joined = set(streams.hub.clients)
                slow = await connect(path, sock=small, max_queue=1)
                ask = {"action": "subscribe", "channels": ["depth", "trades"], "symbols": ["ACME"]}
                await quick.say(**ask)
                await quick.until(type="snapshot")
                late = Listener(slow)
                await late.say(**ask)
                await late.until(type="snapshot")
                (served,) = (each for each in streams.hub.clients if each not in joined)
                while not served.frames.full:
                    served.frames.write(_BEAT)
                    await asyncio.sleep(0)
                yield streams, late, quick
                slow.transport.abort()


async def test_a_client_that_reads_late_is_told_the_newest_book_and_every_trade(
    market: Scene,
) -> None:
    async with _full(market) as (_, late, quick):
        heard = len(late.frames)
        for _ in range(20):
            last = await _trade(market)
            await quick.reach("ACME", last)
        await late.reach("ACME", last)
        assert late.levels("ACME") == quick.levels("ACME")
        assert late.trades == quick.trades
        told = [frame for frame in late.frames[heard:] if frame[0]["type"] == "trades"]
        assert len(told) == 1, "what the other heard in twenty frames was told in one"


async def test_a_client_that_does_not_read_is_told_and_closed(
    market: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "PATIENCE_S", 0.5)
    async with _full(market) as (streams, late, quick):

        async def alone() -> bool:
            return len(streams.hub.clients) == 1

        await until(alone)
        await quick.reach("ACME", await _trade(market))
        assert (await _rest(late.socket))[-1]["code"] == "slow_client"
        assert (late.socket.close_code, late.socket.close_reason) == (1008, "slow client")


async def test_a_client_that_lost_a_trade_is_told_and_closed(
    market: Scene,
) -> None:
    async with _full(market) as (streams, late, quick):
        tape = streams.feed.instruments["ACME"].tape
        short = Tape(max_trades=10)
        for trade in tape.recent(10):
            short.add(trade)
        streams.feed.instruments["ACME"].tape = short
        heard = len(quick.trades)
        for _ in range(12):  # ten are kept, and one more until all were told of it
            await quick.reach("ACME", await _trade(market))
        assert len(quick.trades) == heard + 12

        async def alone() -> bool:
            return len(streams.hub.clients) == 1

        await until(alone)
        assert (await _rest(late.socket))[-1]["code"] == "slow_client"
        assert late.socket.close_code == 1008


async def _rest(socket: Any) -> list[dict[str, Any]]:
    """All messages that are still to come, up to the close."""
    heard: list[dict[str, Any]] = []
    async with asyncio.timeout(20):
        try:
            while True:
                heard += json.loads(await socket.recv())
        except ConnectionClosed:
            return heard


async def test_without_the_broker_nothing_is_late_and_its_return_is_no_repetition(
    market: Scene,
) -> None:
    wire = Wire(market.broker_url)
    async with market.worker():
        await market.settled()
        async with (
            market.stage.serving(engine_url=market.exchange.engine.url, broker_url=wire.url) as (
                app,
                url,
            ),
        ):
            feed = app.state.streams.feed
            await until_ready(feed)
            await _through_an_absence_of_the_broker(market, wire, feed, url)


async def _through_an_absence_of_the_broker(
    market: Scene, wire: Wire, feed: Feed, url: str
) -> None:
    async def heard() -> bool:
        return feed.hears_broker

    async with listening(url) as client:
        await client.say(action="subscribe", channels=["depth", "trades"], symbols=["ACME"])
        await client.until(type="snapshot")
        await client.reach("ACME", await _trade(market, 3))
        await wire.mend()
        await until(heard)
        await client.reach("ACME", await _trade(market, 3))
        await wire.cut()
        await client.reach("ACME", await _trade(market, 3))
        assert [trade[0] for trade in client.trades] == [
            event["sequence"] for event in await market.exchange.trades()
        ]
        assert (await client.until(type="heartbeat"))["live"]


async def test_an_engine_that_is_away_is_told_and_its_return_heals(
    market: Scene,
) -> None:
    async with market.worker():
        await market.settled()
        async with market.streaming() as url, listening(url) as client:
            await client.say(action="subscribe", channels=["depth"], symbols=["ACME"])
            await client.until(type="snapshot")
            await client.until(type="heartbeat", live=True)
            market.exchange.engine.kill()
            await client.until(type="heartbeat", live=False)
            await asyncio.to_thread(market.exchange.engine.start)
            last = await _trade(market)
            await client.reach("ACME", last)
            await client.until(type="heartbeat", live=True)
            assert client.levels("ACME")["bids"] == [[9_990, 15, 2]]


async def test_another_log_voids_what_was_told(market: Scene) -> None:
    async with market.worker():
        await market.settled()
        async with market.stage.serving(
            engine_url=market.exchange.engine.url, broker_url=market.broker_url
        ) as (app, url):
            feed = app.state.streams.feed
            await until_ready(feed)
            async with listening(url) as client:
                await client.say(action="subscribe", channels=["depth"], symbols=["ACME"])
                await client.until(type="snapshot")
                engine = market.exchange.engine
                engine.kill()
                shutil.rmtree(engine.data)
                await asyncio.to_thread(engine.start)
                await client.until(type="error", code="log_replaced")
                with pytest.raises(ConnectionClosed) as closed:
                    await client.hear()
                assert closed.value.rcvd is not None
                assert closed.value.rcvd.code == 1013
            assert not feed.ready  # until somebody has rebuilt the database from the new log


async def test_a_service_that_is_told_to_end_closes_its_streams(
    market: Scene, tmp_path: Path
) -> None:
    async with market.worker():
        await market.settled()
        async with market.api_process(tmp_path / "log") as (process, url):
            async with httpx.AsyncClient() as http:

                async def ready() -> bool:
                    with suppress(httpx.HTTPError, InvalidStatus):
                        await http.get(f"{url}/healthz")
                        async with listening(url):
                            return True
                    return False

                await until(ready)
            async with listening(url) as client:
                await client.say(action="subscribe", channels=["depth"], symbols=["ACME"])
                await client.until(type="snapshot")
                process.terminate()
                await _rest(client.socket)
                assert client.socket.close_code == 1001
                async with asyncio.timeout(5):
                    assert await process.ended() == 0
