"""The two services of these tests, and a wire between them and the broker that can be cut."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy import text

from chassis.app import create_app
from chassis.broker import open_channel
from chassis.clock import SystemClock
from chassis.database import Database, WriteConnection, is_transient
from chassis.event_log import feed, outbox, relay
from chassis.event_log.consumer import LogConsumer
from chassis.event_log.events import Event, Page, encode
from chassis.event_log.inbox import QUEUE_LENGTH
from chassis.event_log.source import LogSource
from chassis.identity.guards import service
from chassis.identity.service_tokens import ServiceTokenSigner
from chassis.settings import ServiceSettings
from devkit.testing_support.keys import ServiceKeys

LOG = "owner.events"
TIMEOUT_S = 20


async def until(condition: Callable[[], Awaitable[Any]] | Callable[[], Any]) -> None:
    """Wait for something to become true, and say what when it does not."""
    deadline = time.monotonic() + TIMEOUT_S
    while True:
        try:
            found = condition()
            if asyncio.iscoroutine(found):
                found = await found
        except Exception as error:
            if not is_transient(error):
                raise
            found = False
        if found:
            return
        assert time.monotonic() < deadline, f"never came true: {condition}"
        await asyncio.sleep(0.02)


async def insist(attempt: Callable[[], Awaitable[None]]) -> None:
    """Try again while the database is away."""
    while True:
        try:
            return await attempt()
        except Exception as error:
            if not is_transient(error):
                raise
            await asyncio.sleep(0.02)


async def end_sessions(database: Database) -> None:
    """Break every connection to this database, as a restart of the server does."""
    connection = await database.dedicated()
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND datname = current_database()"
    )
    await connection.close()


@asynccontextmanager
async def running(*work: Awaitable[None]) -> AsyncIterator[list["asyncio.Task[None]"]]:
    """Tasks for as long as the block lasts; a failure of one fails the test."""
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome


@dataclass
class LogOwner:
    """A service with an outbox, whose log is served over HTTP."""

    database: Database
    keys: ServiceKeys
    client: httpx.AsyncClient
    away: bool = False
    """Whether its HTTP side refuses everything."""
    reads: list[int] = field(default_factory=list)
    """The `after` of every page that was asked for."""
    confirmed: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Which reader confirmed what."""
    first_sequence: int = 1
    """What lies before was deleted, as only the engine's log does it."""

    @classmethod
    @asynccontextmanager
    async def serving(cls, database: Database, keys: ServiceKeys) -> AsyncIterator["LogOwner"]:
        @asynccontextmanager
        async def lifespan(app: FastAPI) -> AsyncIterator[None]:
            app.state.database = database
            yield

        settings = ServiceSettings(port=1, service_keys_file=keys.key_set)
        app = create_app("owner", settings, lifespan=lifespan)
        app.include_router(feed.router)
        owner = cls(database, keys, httpx.AsyncClient())

        @app.put("/v1/readers/{name}", dependencies=[Depends(service("events:read"))])
        async def confirm(name: str, position: dict[str, Any]) -> dict[str, Any]:
            owner.confirmed.append((name, position))
            return {"name": name, "sequence": position["sequence"]}

        @app.middleware("http")
        async def delete(request: Request, call_next: Any) -> Any:
            after = int(request.query_params.get("after", owner.first_sequence))
            if owner.first_sequence > 1 and after < owner.first_sequence - 1:
                problem = {"type": "events_deleted", "first_sequence": owner.first_sequence}
                return JSONResponse(problem, 410, media_type="application/problem+json")
            return await call_next(request)

        async def gate(scope: Any, receive: Any, send: Any) -> None:
            if owner.away:
                raise httpx.ConnectError("away")
            await app(scope, receive, send)

        async def note(request: httpx.Request) -> None:
            if request.method == "GET":
                owner.reads.append(int(request.url.params.get("after", 0)))

        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(
                transport=httpx.ASGITransport(gate),
                base_url="http://owner",
                event_hooks={"request": [note]},
            ) as client,
        ):
            owner.client = client
            yield owner

    async def tell(self, count: int, kind: str = "thing") -> None:
        """Add events, each in a transaction of its own kind of business."""
        async with self.database.write() as connection:
            for number in range(count):
                await outbox.append(
                    connection, time_ns=time.time_ns(), kind=kind, data={"number": number}
                )

    async def place(self) -> None:
        """Give every event its sequence, without a relay."""
        async with self.database.raw() as connection:
            while await relay.place(connection):
                pass

    async def page(self, after: int = 0, limit: int = 1000) -> Page:
        async with self.database.raw() as connection:
            return await relay.read_page(connection, after, limit)

    async def published(self) -> int:
        async with self.database.raw() as connection:
            value: int = await connection.fetchval("SELECT published_sequence FROM event_log")
            return value

    def relay(self, broker_url: str) -> relay.Relay:
        return relay.Relay(self.database, exchange=LOG, broker_url=broker_url)

    def source(self, reader: str | None = None) -> LogSource:
        key = self.keys.private_key("audit-log")
        signer = ServiceTokenSigner("audit-log", key, SystemClock())
        return LogSource(
            self.client,
            "http://owner",
            signer,
            audience="owner",
            scope="events:read",
            reader=reader,
        )


@dataclass
class Follower:
    """A service that writes a row for each event; `poison` and `stumble` make that fail."""

    owner: LogOwner
    database: Database
    broker_url: str
    poison: str | None = None
    stumble: Callable[[], Awaitable[None]] | None = None
    batches: list[int] = field(default_factory=list)

    def consumer(
        self,
        broker_url: str | None = None,
        *,
        reader: str | None = None,
        batch_every_s: float = 0.0,
    ) -> LogConsumer:
        return LogConsumer(
            LOG,
            service="follower",
            database=self.database,
            source=self.owner.source(reader),
            broker_url=broker_url or self.broker_url,
            apply=self.apply,
            clock=SystemClock(),
            batch_every_s=batch_every_s,
        )

    async def apply(self, connection: WriteConnection, events: list[Event]) -> None:
        for event in events:
            if event.kind == self.poison:
                raise ValueError("this kind was never heard of")
            await connection.execute(
                text("INSERT INTO applied (sequence, kind) VALUES (:sequence, :kind)"),
                {"sequence": event.sequence, "kind": event.kind},
            )
        if self.stumble is not None:
            await self.stumble()
        self.batches.append(len(events))

    async def applied(self) -> list[int]:
        async with self.database.read() as connection:
            found = await connection.execute(text("SELECT sequence FROM applied ORDER BY 1"))
            return list(found.scalars())

    def has(self, count: int) -> Callable[[], Awaitable[bool]]:
        async def all_of_them() -> bool:
            return await self.applied() == list(range(1, count + 1))

        return all_of_them

    async def say(self, *bodies: bytes | Page, broker_url: str | None = None) -> None:
        """Publish to the log's exchange as a relay would, whatever it is."""
        async with open_channel(broker_url or self.broker_url) as channel:
            await channel.declare_fanout(LOG)
            await channel.confirm()
            for body in bodies:
                message = body if isinstance(body, bytes) else encode(body)
                await channel.publish(LOG, message, {})

    async def declare_queue(self) -> None:
        """Make the consumer's queue, since what is said before it exists nobody hears."""
        async with open_channel(self.broker_url) as channel:
            await channel.declare_fanout(LOG)
            await channel.consume(f"follower.{LOG}", LOG, max_length=QUEUE_LENGTH, prefetch=1)


class Wire:
    """A TCP proxy to the broker: `cut` ends what runs through it and refuses more, `mend` undoes that."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()
        self.connections = 0
        self.port = 0
        self.url = ""

    @classmethod
    @asynccontextmanager
    async def to(cls, url: str) -> AsyncIterator["Wire"]:
        parts = urlsplit(url)
        assert parts.hostname is not None
        assert parts.port is not None
        wire = cls(parts.hostname, parts.port)
        await wire.mend()
        login = f"{parts.username}:{parts.password}"
        wire.url = parts._replace(netloc=f"{login}@127.0.0.1:{wire.port}").geturl()
        try:
            yield wire
        finally:
            await wire.cut()

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for end in self._ends:
            end.transport.abort()
        self._ends.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection(*self._target)
        self._ends |= {writer, there_writer}
        self.connections += 1
        with suppress(ConnectionError):
            await asyncio.gather(_pump(reader, there_writer), _pump(there_reader, writer))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()
