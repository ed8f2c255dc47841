"""Where the story's tellers are, from the environment: the engine's log, and every database that copies it."""

from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from chassis.settings import DatabaseUrl, KeyFile


class CompareSettings(BaseSettings):
    """A variable is the field's name in capitals."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    engine_url: str
    service_key_file: KeyFile
    """The private key of `verify`, which may read the engine."""
    auth_database_url: DatabaseUrl
    trading_database_url: DatabaseUrl
    market_data_database_url: DatabaseUrl
    audit_database_url: DatabaseUrl
    database_wait_s: Annotated[float, Field(ge=0, le=3600)] = 60.0
    """How long a database is waited for that cannot be used yet."""

    def databases(self) -> tuple[str, ...]:
        return (
            self.auth_database_url,
            self.trading_database_url,
            self.market_data_database_url,
            self.audit_database_url,
        )
