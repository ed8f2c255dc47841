"""What this service reads from its environment, a class a role: each role asks only for what it uses."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from chassis.settings import DatabaseSettings


class StoreSettings(BaseSettings):
    """For `migrate` and `verify`: the database and nothing else."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    database_url: str


class ApiSettings(DatabaseSettings):
    """For `serve`."""


class WorkerSettings(DatabaseSettings):
    """For `worker`, which reads the logs of others and therefore signs tokens."""

    service_key_file: Path
    broker_url: str
    engine_url: str
    trading_url: str
