"""What this service reads from its environment, a class a role: each role asks only for what it uses."""

from typing import Annotated

from pydantic import Field

from chassis.settings import BrokerUrl, DatabaseSettings, KeyFile


class ApiSettings(DatabaseSettings):
    """For `serve`."""


class WorkerSettings(DatabaseSettings):
    """For `worker`, which reads the logs of others and therefore signs tokens."""

    service_key_file: KeyFile
    broker_url: BrokerUrl
    engine_url: str
    trading_url: str
    batch_every_s: Annotated[float, Field(ge=0, le=5)] = 0.25
    """What happens within this time of the last write is written together."""
