"""`python -m log_keeper <name> <broker url>`: serves and publishes a log; `POST /tell` adds to it."""

import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from chassis.app import create_app, serve
from chassis.database import Database
from chassis.event_log import feed, outbox, relay
from chassis.settings import DatabaseSettings, load_settings
from chassis.tasks import background

name, broker_url = sys.argv[1:]
settings = load_settings(DatabaseSettings)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.database = database = Database(settings.database_url, application_name=name)
    async with background(
        relay.Relay(database, exchange=f"{name}.events", broker_url=broker_url).run()
    ):
        yield
    await database.close()


app = create_app(name, settings, lifespan=lifespan)
app.include_router(feed.router)


@app.post("/tell")
async def tell(kind: str, data: dict[str, Any]) -> None:
    async with app.state.database.write() as connection:
        await outbox.append(connection, time_ns=time.time_ns(), kind=kind, data=data)


serve(name, settings, app)
