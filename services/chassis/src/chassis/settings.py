"""Configuration from the environment: typed, validated at start, and refused with a sentence when wrong."""

import ssl
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from urllib.parse import parse_qsl, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

Port = Annotated[int, Field(ge=1, le=65535)]
Ratio = Annotated[float, Field(ge=0, le=1)]


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def _address(*schemes: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        # The library's own words are not passed on: they quote the value, which may hold a password.
        try:
            parts = urlsplit(value)
            is_address = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_address = False
        if not is_address:
            raise ValueError(
                f"must be an address that begins with {schemes[0]}:// and names a host"
            )
        return value

    return check


def _authority(value: str) -> str:
    """The file of an authority that an address names in RabbitMQ's words, `?cacertfile=`, is there and holds one."""
    file = dict(parse_qsl(urlsplit(value).query)).get("cacertfile")
    if file is not None:
        try:
            ssl.create_default_context(cafile=file)
        except OSError as error:
            raise ValueError(f"the cacertfile {file} cannot be used: {error}") from None
    return value


def _file(value: Path) -> Path:
    if not value.is_file():
        raise ValueError(f"there is no file {value}")
    return value


LogLevel = Annotated[Literal["DEBUG", "INFO", "WARN", "ERROR"], BeforeValidator(_upper)]
"""The words that the matching engine takes too: one LOG_LEVEL is good for the whole platform."""
DatabaseUrl = Annotated[str, AfterValidator(_address("postgresql", "postgres"))]
RedisUrl = Annotated[str, AfterValidator(_address("redis", "rediss"))]
BrokerUrl = Annotated[str, AfterValidator(_address("amqp", "amqps")), AfterValidator(_authority)]
KeyFile = Annotated[Path, AfterValidator(_file)]
"""A file that must be there when the process starts."""


class ServiceSettings(BaseSettings):
    """What every service reads. A variable is the field's name in capitals."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    host: str = "127.0.0.1"
    port: Port
    log_level: LogLevel = "INFO"
    service_keys_file: KeyFile
    """JWKS file with the public keys of all services and the scopes that each may use."""
    service_key_file: KeyFile | None = None
    """PEM file with this service's own Ed25519 key; only for services that call others."""
    auth_url: str = "http://127.0.0.1:8101"
    verified_tokens: Annotated[int, Field(ge=0, le=1_000_000)] = 20_000
    """Tokens that need not be verified again until they expire; 0: each is, at each request."""
    otlp_endpoint: str | None = None
    """OTLP/HTTP collector, e.g. `http://127.0.0.1:4318`; none: spans are not exported there."""
    trace_file: Path | None = None
    """Spans as JSON lines, for tests and for looking without a collector."""
    trace_sample_ratio: Ratio = 0.0
    """Share of requests that arrive without a trace for which one is begun, where spans are exported at all. The
    gateway decides for all."""

    @property
    def exports_spans(self) -> bool:
        return self.otlp_endpoint is not None or self.trace_file is not None


class StoreSettings(BaseSettings):
    """What commands read that need a service's database and nothing else: `migrate`, `verify`."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    database_url: DatabaseUrl
    database_wait_s: Annotated[float, Field(ge=0, le=3600)] = 60.0
    """How long such a command waits for a database that cannot be used yet."""


class DatabaseSettings(ServiceSettings):
    """For services that own a database."""

    database_url: DatabaseUrl
    database_pool_size: Annotated[int, Field(ge=1, le=100)] = 10


Settings = TypeVar("Settings", bound=BaseSettings)


def load_settings(cls: type[Settings]) -> Settings:
    """Read `cls` from the environment; a wrong value ends the process with a sentence a variable."""
    try:
        return cls()
    except ValidationError as error:
        lines = [
            f"  {'_'.join(str(part) for part in item['loc']).upper()}: {item['msg'].removeprefix('Value error, ')}"
            for item in error.errors()
        ]
        sys.exit("Cannot start: these environment variables need attention.\n" + "\n".join(lines))
