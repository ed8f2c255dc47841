"""The two processes of this service, wired: `serve` answers requests, `worker` follows the logs."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI

from chassis.app import create_app
from chassis.clock import Clock
from chassis.database import Database, WriteConnection
from chassis.event_log.consumer import Afterwards, LogConsumer
from chassis.event_log.events import Event
from chassis.event_log.source import LogSource
from chassis.health import HOLD_BACK_S
from chassis.identity.jwks import KeySource
from chassis.identity.service_tokens import ServiceTokenSigner
from chassis.tasks import background
from market_data.answers import document_shapes
from market_data.assets.catalog import Catalog
from market_data.bars import endpoints as bars
from market_data.book import endpoints as book
from market_data.latest.cache import Cache
from market_data.latest.reader import LatestReader
from market_data.listing import endpoints as listing
from market_data.quotes import endpoints as quotes
from market_data.settings import ApiSettings, WorkerSettings
from market_data.snapshots import endpoints as snapshots
from market_data.streams import endpoints as streams
from market_data.streams.service import Streams
from market_data.trades import endpoints as trades
from market_data.worker.apply import apply_events
from market_data.worker.listings import apply_listings
from market_data.worker.publish import Publisher

API = "market-data"
WORKER = "market-data-worker"
ENGINE_LOG = "engine.events"
TRADING_LOG = "trading.events"


def create_api(
    settings: ApiSettings,
    *,
    clock: Clock | None = None,
    user_keys: Callable[[httpx.AsyncClient], KeySource] | None = None,
) -> FastAPI:
    """The role that answers, and streams. It holds nothing that its start does not bring back."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = Database(
            settings.database_url, pool_size=settings.database_pool_size, application_name=API
        )
        cache = Cache(settings.redis_url, app.state.clock)
        app.state.database = database
        app.state.assets = Catalog(database)
        app.state.latest = LatestReader(cache, database, app.state.clock)
        app.state.streams = Streams(
            database,
            _engine_log(settings, app.state.http, app.state.clock),
            broker_url=settings.broker_url,
            clock=app.state.clock,
            interval_ms=settings.stream_interval_ms,
            symbols_limit=settings.stream_symbols_limit,
        )
        app.state.readiness.add("latest", app.state.latest.check)
        try:
            async with background(*app.state.streams.work()):
                yield
        finally:
            await cache.close()
            await database.close()

    app = create_app(API, settings, lifespan=lifespan, clock=clock, user_keys=user_keys)
    for noun in (trades, quotes, bars, snapshots, book, listing, streams):
        app.include_router(noun.router)
    document_shapes(app)
    return app


def create_worker(settings: WorkerSettings, *, clock: Clock | None = None) -> FastAPI:
    """The role that writes. One replica is enough; a second one waits for its turn at every batch and wins nothing."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        # All of it can be read from the logs again, and what they may forget is on the disk first (`confirm_always`).
        database = Database(
            settings.database_url,
            pool_size=settings.database_pool_size,
            application_name=WORKER,
            waits_for_disk=False,
        )
        cache = Cache(settings.redis_url, app.state.clock)
        publisher = Publisher(cache, database)
        signer = ServiceTokenSigner(API, settings.service_key_file, app.state.clock)

        async def on_engine_events(
            connection: WriteConnection, events: list[Event]
        ) -> Afterwards | None:
            update = await apply_events(connection, events)
            return lambda: publisher.publish(update)

        async def on_trading_events(
            connection: WriteConnection, events: list[Event]
        ) -> Afterwards | None:
            await apply_listings(connection, events)
            return None

        engine = LogConsumer(
            ENGINE_LOG,
            service=API,
            database=database,
            source=_engine_log(settings, app.state.http, app.state.clock, reader=API),
            broker_url=settings.broker_url,
            apply=on_engine_events,
            clock=app.state.clock,
            batch_every_s=settings.batch_every_s,
        )
        trading = LogConsumer(
            TRADING_LOG,
            service=API,
            database=database,
            source=LogSource(
                app.state.http,
                settings.trading_url,
                signer,
                audience="trading",
                scope="events:read",
            ),
            broker_url=settings.broker_url,
            apply=on_trading_events,
            clock=app.state.clock,
        )

        ready = app.state.readiness
        ready.add(ENGINE_LOG, engine.check)
        ready.add(TRADING_LOG, trading.check)
        # Either log may be away for long: that is not this process's fault, and a rollout goes on.
        ready.add(f"{ENGINE_LOG}_caught_up", engine.check_caught_up, degrades_after_s=HOLD_BACK_S)
        ready.add(f"{TRADING_LOG}_caught_up", trading.check_caught_up, degrades_after_s=0)
        try:
            async with background(may_end=(engine.run(), trading.run())):
                yield
        finally:
            await cache.close()
            await database.close()

    return create_app(WORKER, settings, lifespan=lifespan, clock=clock)


def _engine_log(
    settings: ApiSettings | WorkerSettings,
    client: httpx.AsyncClient,
    clock: Clock,
    *,
    reader: str | None = None,
) -> LogSource:
    # The worker alone confirms: the streams begin where its database stands.
    signer = ServiceTokenSigner(API, settings.service_key_file, clock)
    return LogSource(
        client,
        settings.engine_url,
        signer,
        audience="matching-engine",
        scope="engine:read",
        reader=reader,
    )
