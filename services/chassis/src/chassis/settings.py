"""Configuration from the environment: typed, validated at start, and refused with a sentence when wrong."""

import sys
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

Port = Annotated[int, Field(ge=1, le=65535)]
Ratio = Annotated[float, Field(ge=0, le=1)]


class ServiceSettings(BaseSettings):
    """What every service reads. A variable is the field's name in capitals."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    host: str = "127.0.0.1"
    port: Port
    log_level: str = "INFO"
    service_keys_file: Path
    """JWKS file with the public keys of all services and the scopes that each may use."""
    service_key_file: Path | None = None
    """PEM file with this service's own Ed25519 key; only for services that call others."""
    auth_url: str = "http://127.0.0.1:8101"
    otlp_endpoint: str | None = None
    """OTLP/HTTP collector, e.g. `http://127.0.0.1:4318`; none: spans are not exported there."""
    trace_file: Path | None = None
    """Spans as JSON lines, for tests and for looking without a collector."""
    trace_sample_ratio: Ratio = 0.0
    """Share of requests that arrive without a trace for which one is begun. The gateway decides for all."""


class DatabaseSettings(ServiceSettings):
    """For services that own a database."""

    database_url: str
    database_pool_size: Annotated[int, Field(ge=1, le=100)] = 10


Settings = TypeVar("Settings", bound=BaseSettings)


def load_settings(cls: type[Settings]) -> Settings:
    """Read `cls` from the environment; a wrong value ends the process with a sentence a variable."""
    try:
        return cls()
    except ValidationError as error:
        lines = [
            f"  {'_'.join(str(part) for part in item['loc']).upper()}: {item['msg']}"
            for item in error.errors()
        ]
        sys.exit("Cannot start: these environment variables need attention.\n" + "\n".join(lines))
