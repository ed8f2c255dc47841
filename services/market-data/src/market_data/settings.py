"""What this service reads from its environment, a class a role: each role asks only for what it uses."""

from pydantic_settings import BaseSettings, SettingsConfigDict

from chassis.settings import BrokerUrl, DatabaseSettings, DatabaseUrl, KeyFile, RedisUrl


class StoreSettings(BaseSettings):
    """For `migrate` and `verify`: the database and nothing else."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    database_url: DatabaseUrl


class ApiSettings(DatabaseSettings):
    """For `serve`."""

    redis_url: RedisUrl


class WorkerSettings(DatabaseSettings):
    """For `worker`, which calls the engine and trading and therefore signs tokens."""

    service_key_file: KeyFile
    redis_url: RedisUrl
    broker_url: BrokerUrl
    engine_url: str
    trading_url: str
