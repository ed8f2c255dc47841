"""The trading stream's protocol: who is let in, what frames are answered with, and who is sent away."""

import asyncio
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from alpaca.trading.enums import OrderStatus
from alpaca.trading.enums import TradeEvent as AlpacaEvent
from alpaca.trading.stream import TradingStream
from stream_client import Listener, connected, listening, narrow, serving, token_of
from trading_platform import Platform, until
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from devkit.testing_support.keys import ServiceKeys
from trading.streams import client
from trading.streams.client import CLOSED
from trading.streams.hub import LISTENERS

Start = Callable[..., Any]
AUTHORIZED = {
    "stream": "authorization",
    "data": {"status": "authorized", "action": "authenticate"},
}
UNAUTHORIZED = {
    "stream": "authorization",
    "data": {"status": "unauthorized", "action": "authenticate"},
}


def authenticate(token: str) -> dict[str, Any]:
    return {"action": "authenticate", "data": {"token": token}}


async def closed(listener: Listener) -> tuple[int, str]:
    """Code and reason of the close that must come now."""
    with pytest.raises(ConnectionClosed) as error:
        await listener.receive()
    assert error.value.rcvd is not None
    return error.value.rcvd.code, error.value.rcvd.reason


async def test_listen_gives_the_whole_set_and_may_be_repeated(
    platform: Platform, host: str
) -> None:
    trader = await platform.funded("1000")
    async with listening(host, trader) as stream:
        await stream.listen()  # already so: nothing begins anew
        await trader.order("buy", "1", "1.00")
        assert (await stream.update())["event_id"] == "1"
        nothing = await stream.ask({"action": "listen", "data": {"streams": []}})
        assert nothing == {"stream": "listening", "data": {"streams": []}}
        await trader.order("buy", "1", "2.00")
        await stream.listen("0")  # from the beginning, on the same connection
        assert [u["event_id"] for u in await stream.updates(2)] == ["1", "2"]
        refused = await stream.ask(
            {"action": "listen", "data": {"streams": ["trade_updates"], "after": "3"}}
        )
        assert refused["data"]["error_message"] == "the account's newest update is 2"
        await trader.order("buy", "1", "3.00")
        assert (await stream.update())["event_id"] == "3"


async def test_the_key_may_come_in_the_first_frame(platform: Platform, host: str) -> None:
    trader = await platform.funded("1000")
    async with connected(host, None) as stream:
        early = await stream.ask({"action": "listen", "data": {"streams": ["trade_updates"]}})
        assert early["data"] == {"status": "unauthorized", "action": "listen"}
        assert await stream.ask(authenticate(token_of(trader))) == AUTHORIZED
        assert await stream.ask(authenticate(token_of(trader))) == AUTHORIZED
        await stream.listen()
        await trader.order("buy", "1", "1.00")
        assert (await stream.update())["event"] == "new"


async def test_who_is_authorized_by_the_handshake_may_authenticate_all_the_same(
    platform: Platform, host: str
) -> None:
    trader, other = await platform.funded(), await platform.funded()
    async with connected(host, trader) as stream:
        assert await stream.ask(authenticate(token_of(trader))) == AUTHORIZED
        keys = {"action": "authenticate", "data": {"key_id": "k", "secret_key": "s"}}
        assert await stream.ask(keys) == AUTHORIZED
        # What was sent so far belongs to somebody: nobody else can take the connection over.
        assert await stream.ask(authenticate(token_of(other))) == UNAUTHORIZED
        assert await closed(stream) == (1008, "unauthorized")


async def test_a_bad_token_in_the_first_frame_is_refused_and_the_connection_closed(
    platform: Platform, host: str
) -> None:
    for message in (
        authenticate(""),
        authenticate("a.b.c"),
        authenticate(token_of(platform.trader(scope="trading:write"))),
        authenticate(token_of(platform.trader(exp=1_700_000_000))),
        {"action": "authenticate", "data": {"token": 7}},
        {"action": "authenticate", "data": {"key_id": "key", "secret_key": "secret"}},
        {"action": "authenticate"},
    ):
        async with connected(host, None) as stream:
            assert await stream.ask(message) == UNAUTHORIZED, message
            assert await closed(stream) == (1008, "unauthorized")


async def test_a_bad_token_refuses_the_handshake(
    platform: Platform, host: str, service_keys: ServiceKeys
) -> None:
    service = service_keys.headers("verify", "trading", "events:read")["Authorization"]
    writer = f"Bearer {token_of(platform.trader(scope='trading:write'))}"
    for header, status in (
        ("Bearer a.b.c", 401),
        ("Bearer", 401),
        ("Basic Zm9vOmJhcg==", 401),
        (service, 403),
        (writer, 403),
    ):
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"ws://{host}/stream", additional_headers={"Authorization": header})
        assert refused.value.response.status_code == status, header
        problem = json.loads(refused.value.response.body or b"")
        assert (problem["status"], problem["code"] // 100_000) == (status, status)


async def test_who_does_not_authenticate_in_time_is_told_and_closed(
    platform: Platform, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "AUTHENTICATE_S", 0.1)
    async with connected(host, None) as stream:
        told = await stream.receive()
        assert told == {"action": "error", "data": {"error_message": "not authenticated in time"}}
        assert await closed(stream) == (1008, "authentication timeout")


MALFORMED = [
    ("", "a frame must be JSON"),
    ("{", "a frame must be JSON"),
    ("[" * 50_000, "a frame must be JSON"),
    ("[]", "a frame must be a JSON object"),
    ("{}", "action must be authenticate or listen"),
    ('{"action":["listen"]}', "action must be authenticate or listen"),
    ('{"action":"listen"}', "data.streams must be a list of names"),
    ('{"action":"listen","data":[]}', "data.streams must be a list of names"),
    ('{"action":"listen","data":{"streams":"trade_updates"}}', "data.streams must be a list"),
    *(
        (
            f'{{"action":"listen","data":{{"streams":["trade_updates"],"after":{after}}}}}',
            "data.after must be the event_id of an update",
        )
        for after in ('"-1"', '"x"', "1.5", "true", "[]", '"' + "9" * 19 + '"', '"²"', "-1")
    ),
]


async def test_a_malformed_frame_is_answered_and_changes_nothing(
    platform: Platform, host: str
) -> None:
    trader = await platform.funded("1000")
    async with listening(host, trader) as stream:
        for frame, sentence in MALFORMED:
            answer = await stream.ask(frame)
            assert answer["action"] == "error"
            assert answer["data"]["error_message"].startswith(sentence), frame
        await stream.socket.send(b"\xff\x00")
        assert (await stream.receive())["action"] == "error"
        await trader.order("buy", "1", "1.00")
        assert (await stream.update())["event_id"] == "1"


async def test_a_slow_client_is_told_and_closed_and_goes_on_where_it_was(
    start: Start,
) -> None:
    async with start(stream_queue=10) as platform:
        await platform.list_asset()
        trader = await platform.funded("100000")
        slow_before = CLOSED.labels("slow client")._value.get()
        async with serving(platform.app, send_buffer=4096) as host:
            async with connected(host, trader, sock=narrow(host), max_queue=1) as slow:
                await slow.listen()
                placed = 0
                while CLOSED.labels("slow client")._value.get() == slow_before:
                    orders = (
                        trader.order(
                            "buy", "1", "10.00", time_in_force="ioc", client_order_id=str(uuid4())
                        )
                        for _ in range(20)
                    )
                    await asyncio.gather(*orders)
                    placed += 20
                seen = []
                while (frame := await slow.receive()).get("stream") == "trade_updates":
                    seen.append(int(frame["data"]["event_id"]))
                assert frame == {"action": "error", "data": {"error_message": "slow client"}}
                assert await closed(slow) == (1008, "slow client")
            assert seen == list(range(1, len(seen) + 1))
            assert len(seen) < 2 * placed
            async with listening(host, trader, after=str(seen[-1])) as stream:
                rest = await stream.updates(2 * placed - len(seen))
            assert [int(u["event_id"]) for u in rest] == list(range(seen[-1] + 1, 2 * placed + 1))


async def test_who_asks_for_the_past_and_never_reads_it_is_cut_off(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "STALLED_S", 0.2)
    async with start() as platform:
        await platform.list_asset()
        trader = await platform.funded("100000")
        # More than what the server and both sockets hold for a client.
        for _ in range(3):
            # Named, since so many alike within a moment are refused otherwise.
            orders = (
                trader.order("buy", "1", "10.00", time_in_force="ioc", client_order_id=str(uuid4()))
                for _ in range(40)
            )
            await asyncio.gather(*orders)
        closed_before = CLOSED.labels("slow client")._value.get()
        async with serving(platform.app, send_buffer=4096) as host:
            with narrow(host) as silent:
                request = (
                    f"GET /stream HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\n"
                    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                    f"Sec-WebSocket-Key: {'A' * 22}==\r\nAuthorization: Bearer {token_of(trader)}\r\n\r\n"
                )
                asking = b'{"action":"listen","data":{"streams":["trade_updates"],"after":"0"}}'
                # A masked text frame whose mask changes nothing.
                frame = bytes([0x81, 0x80 | len(asking), 0, 0, 0, 0]) + asking
                silent.sendall(request.encode())
                connections = platform.app.state.connections
                await until(lambda: any(hasattr(c, "outgoing") for c in connections))
                (server_side,) = (c for c in connections if hasattr(c, "outgoing"))
                server_side.close_timeout = 0.2
                silent.sendall(frame)
                await until(lambda: CLOSED.labels("slow client")._value.get() > closed_before)
                await until(lambda: server_side not in connections)


async def test_trading_stream_of_alpaca_py(platform: Platform, host: str) -> None:
    """It sends a key pair, which the gateway turns into a token: here the token takes the key's place."""
    seller, buyer = await platform.funded(shares="5"), await platform.funded("1000")
    await seller.order("sell", "5", "10.00")
    stream = TradingStream("key", "secret", url_override=f"ws://{host}/stream")
    told: asyncio.Queue[Any] = asyncio.Queue()

    async def authenticated() -> None:
        await stream._ws.send(json.dumps(authenticate(token_of(buyer))))
        answer = json.loads(await stream._ws.recv())
        assert answer == AUTHORIZED

    stream._auth = authenticated
    stream.subscribe_trade_updates(told.put)
    running = asyncio.create_task(stream._run_forever())
    listeners = LISTENERS._value.get()
    await until(lambda: LISTENERS._value.get() > listeners)
    await buyer.order("buy", "5", "10.00")
    async with asyncio.timeout(20):
        new, fill = await told.get(), await told.get()
    assert (new.event, new.order.status) == (AlpacaEvent.NEW, OrderStatus.NEW)
    assert (fill.event, fill.qty, fill.price, fill.position_qty) == (AlpacaEvent.FILL, 5, 10, 5)
    assert fill.order.filled_avg_price == "10"
    running.cancel()
    await asyncio.wait([running])
    await stream.close()
