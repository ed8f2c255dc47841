"""The database goes away in the middle: 503 at every door, and nothing that was stored is denied."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from trading_platform import Platform, Trader, until

from trading.settings import TradingSettings


class Wire:
    """A TCP relay to the database server, which can be cut and mended."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._relay, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._open:
            writer.transport.abort()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(*self._target)
        self._open |= {writer, far_writer}
        for source, sink in ((reader, far_writer), (far_reader, writer)):
            task = asyncio.create_task(self._copy(source, sink))
            self._tasks.add(task)

    async def _copy(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65536):
                sink.write(data)
                await sink.drain()
        except OSError:
            pass
        finally:
            sink.close()


@pytest.fixture
async def wire(settings: TradingSettings) -> AsyncIterator[Wire]:
    url = urlsplit(settings.database_url)
    made = Wire(url.hostname or "127.0.0.1", url.port or 5432)
    await made.mend()
    yield made
    await made.cut()


@pytest.fixture
async def behind_wire(
    start: Callable[..., Any], settings: TradingSettings, wire: Wire
) -> AsyncIterator[Platform]:
    url = urlsplit(settings.database_url)
    login = url.netloc.rpartition("@")[0]
    netloc = f"{login}@127.0.0.1:{wire.port}" if login else f"127.0.0.1:{wire.port}"
    async with start(database_url=url._replace(netloc=netloc).geturl()) as platform:
        await platform.list_asset()
        yield platform


async def test_every_door_is_503_while_the_database_is_away_and_opens_again(
    behind_wire: Platform, wire: Wire
) -> None:
    platform = behind_wire
    trader, stranger = await platform.funded("100"), platform.trader()
    resting = await trader.order("buy", "1", "10.00")
    await wire.cut()

    for who, method, path in (
        (trader, "GET", "/v2/account"),
        (stranger, "GET", "/v2/account"),
        (trader, "GET", "/v2/orders"),
        (trader, "GET", f"/v2/orders/{resting['id']}"),
        (trader, "GET", "/v2/orders:by_client_order_id?client_order_id=x"),
        (trader, "GET", "/v2/positions"),
        (trader, "GET", "/v2/account/activities"),
        (trader, "DELETE", "/v2/orders"),
        (trader, "DELETE", f"/v2/orders/{resting['id']}"),
    ):
        answer = await who.request(method, path)
        assert answer.status_code == 503, (method, path, answer.text)
        assert answer.json()["code"] in (50310000, 50310001)
    for who, kind in ((trader, "10.00"), (trader, None), (stranger, "10.00")):
        refused = await who.order("buy", "1", kind, expect=503)
        assert refused["type"] == "unavailable"
    body = {"amount": "1"}
    await trader.post("/v1/funding/deposits", body, expect=503)
    assert (await platform.client.get("/readyz")).status_code == 503

    await wire.mend()
    await until(lambda: _answers(trader))
    assert (await trader.get("/v2/account"))["buying_power"] == "90"
    assert (await trader.cancel(resting["id"])).status_code == 204
    assert await platform.violations() == {}


async def test_an_order_that_was_stored_is_answered_though_it_cannot_be_read(
    behind_wire: Platform, wire: Wire
) -> None:
    platform = behind_wire
    trader = await platform.funded("100")
    failpoints = platform.app.state.failpoints
    failpoints.arm("before_send=pause")
    placing = asyncio.create_task(trader.order("buy", "1", "10.00"))
    await until(lambda: "before_send" in failpoints.reached)
    await wire.cut()

    placed = await placing

    assert placed["status"] == "pending_new"
    await wire.mend()
    await until(lambda: _answers(trader))
    found = await trader.get(f"/v2/orders/{placed['id']}")
    assert found["client_order_id"] == placed["client_order_id"]

    async def is_new() -> bool:
        return bool((await trader.get(f"/v2/orders/{placed['id']}"))["status"] == "new")

    await until(is_new)
    assert await platform.violations() == {}


async def _answers(trader: Trader) -> bool:
    return (await trader.request("GET", "/v2/account")).status_code == 200
