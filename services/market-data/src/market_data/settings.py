"""What this service reads from its environment, a class a role: each role asks only for what it uses."""

from typing import Annotated

from pydantic import Field

from chassis.settings import BrokerUrl, DatabaseSettings, KeyFile, RedisUrl


class ApiSettings(DatabaseSettings):
    """For `serve`, which follows the engine's log for its streams and therefore signs tokens."""

    service_key_file: KeyFile
    redis_url: RedisUrl
    broker_url: BrokerUrl
    engine_url: str
    stream_interval_ms: Annotated[int, Field(ge=0, le=1000)] = 25
    """What changes within this time is told to a stream's clients together; the first change at once."""
    stream_symbols_limit: Annotated[int, Field(ge=1, le=10_000)] = 200
    """Symbols that one connection may name."""


class WorkerSettings(DatabaseSettings):
    """For `worker`, which calls the engine and trading and therefore signs tokens."""

    service_key_file: KeyFile
    redis_url: RedisUrl
    broker_url: BrokerUrl
    engine_url: str
    trading_url: str
    batch_every_s: Annotated[float, Field(ge=0, le=5)] = 0.1
    """What happens within this time of the last write is written together; what is asked for, and not streamed, may be
    as much behind the market."""
