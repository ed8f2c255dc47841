"""What these tests act with: the real engine, trading's log, a worker, an api, and a wire that can be cut."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from redis.asyncio import Redis
from sqlalchemy import text

from chassis.app import create_app
from chassis.clock import Clock, SystemClock
from chassis.database import Database
from chassis.event_log import feed, outbox
from chassis.event_log.events import Event
from chassis.event_log.relay import Relay
from chassis.settings import ServiceSettings
from chassis.tasks import background
from chassis.websockets import SERVER_OPTIONS
from devkit.processes import free_port
from devkit.testing_support.engine import Engine
from devkit.testing_support.keys import ServiceKeys
from market_data.latest.cache import Cache
from market_data.main import create_api, create_worker
from market_data.settings import ApiSettings, WorkerSettings
from market_data.verify import check
from market_data.worker.apply import apply_events
from market_data.worker.listings import apply_listings
from market_data.worker.publish import Publisher

TIMEOUT_S = 30
ACCOUNTS = [str(uuid4()) for _ in range(2)]


async def until(condition: Callable[[], Awaitable[Any]]) -> Any:
    """Wait for something to become true; gives what it became."""
    deadline = time.monotonic() + TIMEOUT_S
    while not (found := await condition()):
        assert time.monotonic() < deadline, f"never came true: {condition}"
        await asyncio.sleep(0.02)
    return found


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """`app` behind a real socket."""
    port = free_port()
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, **SERVER_OPTIONS)
    server = Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        assert not task.done(), task.result()
        await asyncio.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task


class Server(uvicorn.Server):
    """Leaves the signals to pytest."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class UserKeys:
    """One sign-in key, as the auth service would publish it, and tokens signed with it."""

    def __init__(self) -> None:
        self._private = Ed25519PrivateKey.generate()
        public = jwt.algorithms.OKPAlgorithm.to_jwk(self._private.public_key(), as_dict=True)
        self._public = jwt.PyJWK({**public, "kid": "user-1"}, algorithm="EdDSA")

    async def key(self, kid: str) -> jwt.PyJWK | None:
        return self._public if kid == "user-1" else None

    def token(self) -> str:
        now = int(time.time())
        claims = {"iss": "auth", "aud": "day-trading", "sub": str(uuid4()), "scope": ""}
        return jwt.encode(
            claims | {"iat": now, "exp": now + 900},
            self._private,
            algorithm="EdDSA",
            headers={"kid": "user-1"},
        )


@dataclass
class Exchange:
    """The engine, spoken to as trading does."""

    engine: Engine
    client: httpx.AsyncClient

    async def send(self, *commands: dict[str, Any]) -> list[dict[str, Any]]:
        """Send commands in one call; every one of them must be journalled."""
        answer = await self.client.post(
            f"{self.engine.url}/v1/commands",
            json={"commands": [{"command_id": str(uuid4()), **each} for each in commands]},
            headers=self.engine.headers(),
        )
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.json()["results"]
        assert {result["outcome"] for result in results} == {"journalled"}, results
        return results

    async def list_symbols(self, *symbols: str) -> None:
        await self.send(*({"kind": "list_symbol", "symbol": symbol} for symbol in symbols))

    def place(
        self, symbol: str, side: str, price_ticks: int, lots: int, **order: Any
    ) -> dict[str, Any]:
        """A place command; buyers and sellers are different accounts."""
        order = {
            "order_id": str(uuid4()),
            "account_id": ACCOUNTS[side == "sell"],
            "client_order_id": str(uuid4()),
            "symbol": symbol,
            "side": side,
            "order_type": "limit",
            "time_in_force": "gtc",
            "limit_price_ticks": price_ticks,
            "quantity_lots": lots,
            "terms": {},
            **order,
        }
        return {"kind": "place", "expires_at_ns": time.time_ns() + 5_000_000_000, "order": order}

    def cancel(self, place: dict[str, Any]) -> dict[str, Any]:
        order = place["order"]
        return {
            "kind": "cancel",
            "order_id": order["order_id"],
            "account_id": order["account_id"],
        }

    def replace(self, place: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """The order of a place command under a new id."""
        order = place["order"]
        return {
            "kind": "replace",
            "expires_at_ns": time.time_ns() + 5_000_000_000,
            "order_id": order["order_id"],
            "account_id": order["account_id"],
            "new_order_id": str(uuid4()),
            **changes,
        }

    async def last_sequence(self) -> int:
        return int((await self.get("/v1/status"))["last_sequence"])

    async def book(self, symbol: str) -> dict[str, Any]:
        return await self.get(f"/v1/book/{symbol}?depth=50")

    async def trades(self) -> list[dict[str, Any]]:
        """All trades of the log."""
        trades: list[dict[str, Any]] = []
        after = 0
        while True:
            page = await self.get(f"/v1/events?after={after}&limit=10000")
            trades += [event for event in page["events"] if event["kind"] == "trade"]
            if not page["events"]:
                return trades
            after = page["events"][-1]["sequence"]

    async def get(self, path: str) -> dict[str, Any]:
        answer = await self.client.get(self.engine.url + path, headers=self.engine.headers())
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


@dataclass
class Listings:
    """Trading's log, as far as this service reads it."""

    database: Database
    url: str

    @classmethod
    @asynccontextmanager
    async def serving(
        cls, database_url: str, broker_url: str, keys: ServiceKeys
    ) -> AsyncIterator["Listings"]:
        database = Database(database_url, application_name="listings")

        @asynccontextmanager
        async def lifespan(app: FastAPI) -> AsyncIterator[None]:
            app.state.database = database
            relay = Relay(database, exchange="trading.events", broker_url=broker_url)
            async with background(relay.run()):
                yield

        settings = ServiceSettings(port=1, service_keys_file=keys.key_set)
        app = create_app("trading", settings, lifespan=lifespan)
        app.include_router(feed.router)
        async with served(app) as url:
            yield cls(database, url)
        await database.close()

    async def create(self, symbol: str, *, tick: str = "0.01", lot: str = "1") -> None:
        async with self.database.write() as connection:
            await outbox.append(
                connection,
                time_ns=time.time_ns(),
                kind="asset_created",
                data=asset(symbol, tick, lot),
            )


def asset(symbol: str, tick: str, lot: str) -> dict[str, Any]:
    """The data of `asset_created`."""
    return {
        "asset_id": str(uuid4()),
        "symbol": symbol,
        "name": f"{symbol} Inc.",
        "asset_class": "us_equity" if lot == "1" else "crypto",
        "tick_size": tick,
        "lot_size": lot,
        "fractionable": lot != "1",
    }


class Wire:
    """A TCP wire to a server that a test can cut and mend."""

    def __init__(self, url: str) -> None:
        self._target = urlsplit(url)
        self._port = free_port()
        userinfo, _, _ = self._target.netloc.rpartition("@")
        self.url = self._target._replace(netloc=f"{userinfo}@127.0.0.1:{self._port}").geturl()
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self._port)

    async def cut(self) -> None:
        """Refuse new connections and break those that there are."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for end in list(self._ends):
            end.transport.abort()

    async def _carry(self, near: asyncio.StreamReader, near_out: asyncio.StreamWriter) -> None:
        far, far_out = await asyncio.open_connection(self._target.hostname, self._target.port)
        self._ends |= {near_out, far_out}
        await asyncio.gather(self._pump(near, far_out), self._pump(far, near_out))
        self._ends -= {near_out, far_out}

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(65_536):
                sink.write(data)
                await sink.drain()
        sink.close()


class PlainLog:
    """Engine events made by hand, for tests that ask nothing of the engine."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def rest(self, symbol: str, side: str, price_ticks: int, lots: int) -> str:
        """An order that rests; its id."""
        order_id = str(uuid4())
        self._add(
            "order_accepted",
            order_id=order_id,
            symbol=symbol,
            side=side,
            order_type="limit",
            time_in_force="gtc",
            limit_price_ticks=price_ticks,
            quantity_lots=lots,
        )
        return order_id

    def take(self, maker: str, lots: int, left: int) -> Event:
        """A trade of `lots` with a resting order, which has `left` afterwards."""
        order = next(e.data for e in self.events if e.data.get("order_id") == maker)
        return self._add(
            "trade",
            symbol=order["symbol"],
            price_ticks=order["limit_price_ticks"],
            quantity_lots=lots,
            taker_side="sell" if order["side"] == "buy" else "buy",
            maker_order_id=maker,
            maker_remaining_lots=left,
            taker_order_id=str(uuid4()),
            taker_remaining_lots=0,
        )

    def trades(self) -> list[Event]:
        return [event for event in self.events if event.kind == "trade"]

    def _add(self, kind: str, **data: Any) -> Event:
        event = Event(len(self.events) + 1, time.time_ns(), kind, data)
        self.events.append(event)
        return event


@dataclass
class Stage:
    """What the api stands on, and the worker's own code to fill it by hand."""

    database_url: str
    database: Database
    redis_url: str
    redis: Redis
    keys: ServiceKeys
    users: UserKeys
    log: PlainLog = field(default_factory=PlainLog)

    async def create_asset(self, symbol: str, tick: str = "0.01", lot: str = "1") -> None:
        async with self.database.write() as connection:
            await apply_listings(
                connection, [Event(1, 1, "asset_created", asset(symbol, tick, lot))]
            )

    async def apply(self) -> None:
        """Bring the events of `log` that are new into the database and Redis."""
        reached = await self.position()
        async with self.database.write() as connection:
            update = await apply_events(connection, self.log.events[reached:])
        cache = Cache(self.redis_url, SystemClock())
        await Publisher(cache, self.database).publish(update)
        await cache.close()

    async def position(self) -> int:
        return int(await self.scalar("SELECT sequence FROM journal_position"))

    async def scalar(self, sql: str) -> Any:
        async with self.database.read() as connection:
            return (await connection.execute(text(sql))).scalar_one()

    async def violations(self) -> list[str]:
        async with self.database.read() as connection:
            return (await check(connection)).violations

    @asynccontextmanager
    async def api(
        self, *, clock: Clock | None = None, signed_in: bool = True, **changes: Any
    ) -> AsyncIterator[httpx.AsyncClient]:
        """An api behind a real socket, and a client of it."""
        headers = {"Authorization": f"Bearer {self.users.token()}"} if signed_in else {}
        async with (
            self.serving(clock=clock, **changes) as (_, url),
            httpx.AsyncClient(base_url=url, headers=headers) as client,
        ):
            yield client

    @asynccontextmanager
    async def serving(
        self, *, clock: Clock | None = None, **changes: Any
    ) -> AsyncIterator[tuple[FastAPI, str]]:
        """An api behind a real socket, and its address."""
        settings = ApiSettings(
            **{
                "port": 1,
                "service_keys_file": self.keys.key_set,
                "database_url": self.database_url,
                "redis_url": self.redis_url,
                "service_key_file": self.keys.private_key("market-data"),
                # Nobody is there: what these serve is read from the database and Redis alone.
                "broker_url": "amqp://127.0.0.1:1/",
                "engine_url": "http://127.0.0.1:1",
                **changes,
            }
        )
        app = create_api(settings, clock=clock, user_keys=lambda _: self.users)
        async with served(app) as url:
            yield app, url


@dataclass
class Scene:
    """The whole play: a stage, the real engine, the broker, and trading's log."""

    stage: Stage
    exchange: Exchange
    listings: Listings
    broker_url: str

    def worker_settings(self, **changes: Any) -> WorkerSettings:
        stage = self.stage
        return WorkerSettings(
            **{
                "port": 1,
                "service_keys_file": stage.keys.key_set,
                "service_key_file": stage.keys.private_key("market-data"),
                "database_url": stage.database_url,
                "redis_url": stage.redis_url,
                "broker_url": self.broker_url,
                "engine_url": self.exchange.engine.url,
                "trading_url": self.listings.url,
                **changes,
            }
        )

    @asynccontextmanager
    async def worker(self, **changes: Any) -> AsyncIterator[str]:
        """A worker in this process; its health address."""
        async with served(create_worker(self.worker_settings(**changes))) as url:
            yield url

    @asynccontextmanager
    async def streaming(self, **changes: Any) -> AsyncIterator[str]:
        """An api in this process whose streams have begun; its address."""
        changes = {
            "engine_url": self.exchange.engine.url,
            "broker_url": self.broker_url,
            **changes,
        }
        async with self.stage.serving(**changes) as (app, url):

            async def begun() -> bool:
                return bool(app.state.streams.feed.ready)

            await until(begun)
            yield url

    @asynccontextmanager
    async def worker_process(self, log: Path) -> AsyncIterator["RoleProcess"]:
        """A worker in a process of its own, to be killed."""
        settings = self.worker_settings(port=free_port()).model_dump(exclude_none=True)
        process = RoleProcess("worker", settings, log)
        try:
            yield process
        finally:
            await process.kill()

    @asynccontextmanager
    async def api_process(self, log: Path) -> AsyncIterator[tuple["RoleProcess", str]]:
        """An api in a process of its own, and its address."""
        port = free_port()
        settings = self.worker_settings(port=port).model_dump(exclude_none=True)
        process = RoleProcess("serve", settings, log)
        await process.start()
        try:
            yield process, f"http://127.0.0.1:{port}"
        finally:
            await process.kill()

    async def settled(self) -> None:
        """Wait until the database and Redis hold all that the engine has said up to now."""
        last = await self.exchange.last_sequence()

        async def there() -> bool:
            shown = await self.stage.redis.get("market-data:position")
            return (
                shown is not None
                and json.loads(shown)["sequence"] >= last
                and await self.stage.position() >= last
            )

        await until(there)


class RoleProcess:
    """`python -m market_data <role>`."""

    def __init__(self, role: str, settings: dict[str, Any], log: Path) -> None:
        self._role = role
        self._environment = {**os.environ, **{k.upper(): str(v) for k, v in settings.items()}}
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "market_data", self._role, env=self._environment, stderr=log
            )

    async def kill(self) -> None:
        """kill -9."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
            await self._process.wait()

    def terminate(self) -> None:
        """SIGTERM."""
        assert self._process is not None, "it was not started"
        self._process.terminate()

    async def ended(self) -> int:
        """Its exit code, once it has ended."""
        assert self._process is not None, "it was not started"
        return await self._process.wait()
