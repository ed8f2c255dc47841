"""The trading service: what it is made of, and in which order it starts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from chassis.app import create_app
from chassis.bare_route import answer_bare
from chassis.clock import Clock, SystemClock
from chassis.database import Database
from chassis.event_log import feed
from chassis.event_log.relay import Relay
from chassis.event_log.source import LogSource
from chassis.health import HOLD_BACK_S
from chassis.http1 import HttpClient
from chassis.identity.service_tokens import ServiceTokenSigner
from chassis.tasks import background
from trading import market_clock
from trading.accounts import endpoints as accounts
from trading.accounts.directory import AccountDirectory
from trading.activities import endpoints as activities
from trading.assets import administration
from trading.assets import endpoints as assets
from trading.assets.directory import AssetDirectory
from trading.calendar import endpoints as calendar
from trading.configurations import endpoints as configurations
from trading.documentation import describe
from trading.engine.client import AUDIENCE, CONNECTIONS, EngineClient
from trading.engine.journal_clock import JournalClock
from trading.engine.sender import CommandSender
from trading.failpoints import Failpoints
from trading.fees import endpoints as fees
from trading.fees.schedule import FeeRates, FeeSchedule
from trading.funding import corrections
from trading.funding import endpoints as funding
from trading.funding.arrivals import DepositArrivals
from trading.idempotency import KeyedRequests, once
from trading.opening import open_when_caught_up
from trading.orders import endpoints as orders
from trading.orders.desk import open_desk
from trading.orders.gate import Gate
from trading.orders.loader import OrderLoader
from trading.portfolio import endpoints as portfolio
from trading.portfolio.closing import ClosingEquities
from trading.portfolio.keeper import HistoryKeeper
from trading.portfolio.sessions import Sessions
from trading.positions import closing
from trading.positions import endpoints as positions
from trading.risk import endpoints as risk
from trading.risk.open_orders import OpenOrders
from trading.settings import TradingSettings
from trading.settlement.follower import Follower
from trading.settlement.listener import SettledListener
from trading.settlement.resubmit import Resubmitter
from trading.settlement.sessions import SessionEnder
from trading.settlement.settler import Settler
from trading.settlement.waiters import SettledCursor
from trading.streams import endpoints as streams
from trading.streams.hub import UpdateHub
from trading.verify.watch import InvariantWatch
from trading.watchlists import endpoints as watchlists

KEY_CONNECTIONS = 2
"""For requests with an `Idempotency-Key`, which may hold one of the others meanwhile. Opened when they are needed."""
MAX_BODY_BYTES = 65_536


def create_trading_app(settings: TradingSettings, clock: Clock | None = None) -> FastAPI:
    """The whole service, as one replica."""
    failpoints = Failpoints(settings.failpoints, settings.failpoints_file)
    chosen_clock = failpoints.clock(clock or SystemClock())

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if settings.service_key_file is None:
            raise RuntimeError("SERVICE_KEY_FILE is needed to call the matching engine")
        database = Database(
            settings.database_url,
            pool_size=settings.database_pool_size,
            application_name="trading",
        )
        # Apart, so that no number of readers can keep an order, or settlement, waiting for a connection.
        core = Database(
            settings.database_url,
            pool_size=settings.core_pool_size,
            application_name="trading-core",
        )
        keys = Database(
            settings.database_url, pool_size=KEY_CONNECTIONS, application_name="trading-keys"
        )
        signer = ServiceTokenSigner("trading", settings.service_key_file, chosen_clock)
        to_engine = HttpClient(settings.engine_url, connections=CONNECTIONS)
        engine = EngineClient(app.state.http, settings.engine_url, signer, to_engine)
        source = LogSource(
            app.state.http,
            settings.engine_url,
            signer,
            audience=AUDIENCE,
            scope="engine:read",
            reader="trading",
            direct=to_engine,
        )
        journal_clock = JournalClock(chosen_clock)
        settled = SettledCursor()
        sender = CommandSender(engine, journal_clock, chosen_clock, failpoints, settings.gate_batch)
        gate = Gate(
            core,
            sender,
            failpoints,
            OpenOrders(chosen_clock),
            batch=settings.gate_batch,
            capacity=settings.gate_capacity,
            every_s=settings.batch_every_ms / 1000,
        )
        loader = OrderLoader(core)
        follower = Follower(
            core,
            source,
            settled,
            journal_clock,
            chosen_clock,
            failpoints,
            settings.batch_every_ms / 1000,
            settings.settle_page,
        )
        sessions = Sessions(settings.session_end_utc)
        settler = Settler(
            core,
            follower,
            Resubmitter(
                core, engine, journal_clock, follower, settings.resubmit_after_s, failpoints
            ),
            SessionEnder(core, journal_clock, settings.session_end_utc, failpoints),
            DepositArrivals(database, chosen_clock),
            HistoryKeeper(database, chosen_clock, sessions, settings.history_every_s),
            InvariantWatch(database, settings.invariants_every_s),
        )
        state = app.state
        state.database = database
        state.failpoints = failpoints
        state.sender = sender
        state.follower = follower
        state.settled = settled
        state.keyed_requests = KeyedRequests(keys, settings.idempotency_keep_h)
        state.accounts = AccountDirectory(database, chosen_clock)
        state.assets = AssetDirectory(database)
        state.fees = FeeSchedule(
            core, chosen_clock, FeeRates(settings.maker_fee_rate, settings.taker_fee_rate)
        )
        state.sessions = sessions
        state.closing_equities = ClosingEquities(chosen_clock, sessions)
        state.updates = UpdateHub(core, settled, settings.stream_queue)
        state.desk = open_desk(
            settings,
            core,
            chosen_clock,
            journal_clock,
            state.assets,
            engine,
            state.fees,
            gate,
            loader,
            settled,
            failpoints,
        )
        state.readiness.add("database", database.check)
        # Reads and streams need neither, so no replica leaves for them; a new one does not get orders that it refuses.
        state.readiness.add("settlement", follower.check, degrades_after_s=0)
        state.readiness.add("gate", gate.check, degrades_after_s=HOLD_BACK_S)
        relay = Relay(database, exchange="trading.events", broker_url=settings.broker_url)
        async with background(
            sender.run(),
            gate.run(),
            loader.run(),
            state.desk.markets.run(),
            settler.run(),
            relay.run(),
            state.updates.run(),
            state.keyed_requests.run(),
            SettledListener(core, settled, gate.halt).run(),
            may_end=[open_when_caught_up(gate, core, engine, journal_clock, settled)],
        ):
            yield
        to_engine.close()
        await core.close()
        await keys.close()
        await database.close()

    app = create_app(
        "trading",
        settings,
        lifespan=lifespan,
        clock=chosen_clock,
        max_body_bytes=MAX_BODY_BYTES,
    )
    modules = (
        orders,
        accounts,
        positions,
        portfolio,
        closing,
        assets,
        administration,
        risk,
        funding,
        corrections,
        fees,
        activities,
        streams,
        configurations,
        watchlists,
        calendar,
        market_clock,
        feed,
    )
    for module in modules:
        app.include_router(module.router)
    answer_bare(app, orders.router, *orders.HOT, around_writes=once)
    describe(app)
    return app
