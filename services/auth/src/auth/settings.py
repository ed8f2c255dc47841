"""What the auth service reads from its environment."""

from typing import Annotated, Self

from pydantic import Field, SecretStr, model_validator

from auth.users.passwords import PasswordCost
from chassis.settings import BrokerUrl, DatabaseSettings, StoreSettings

Seconds = Annotated[int, Field(ge=1)]
SigningKeySecret = Annotated[SecretStr, Field(min_length=24)]


class VerifySettings(StoreSettings):
    """For `verify`, which also proves that the signing keys can be decrypted."""

    signing_key_secret: SigningKeySecret


class AuthSettings(DatabaseSettings):
    """A variable is the field's name in capitals."""

    broker_url: BrokerUrl
    """AMQP address of the RabbitMQ that `auth.events` are published to."""
    signing_key_secret: SigningKeySecret
    """Encrypts the private signing keys in the database: random, at least 24 characters."""

    bootstrap_admin_username: str | None = None
    bootstrap_admin_password: SecretStr | None = None
    """Set both, and this user exists with this password and every role after each start."""

    access_token_lifetime_s: Seconds = 900
    refresh_token_lifetime_s: Seconds = 30 * 24 * 3600
    refresh_grace_s: Annotated[int, Field(ge=0, le=60)] = 10
    """How long a refresh token may be exchanged again when its answer was lost."""

    session_cookie_secure: bool = True
    """Whether browsers keep the cookie with the refresh token to https; false only for plain http at home."""

    # OWASP's recommendation for argon2id, chosen because it costs little memory per log-in.
    argon2_time_cost: Annotated[int, Field(ge=1, le=100)] = 2
    argon2_memory_kib: Annotated[int, Field(ge=8, le=4 * 1024 * 1024)] = 19_456
    argon2_parallelism: Annotated[int, Field(ge=1, le=64)] = 1
    password_hashes_at_once: Annotated[int, Field(ge=1, le=64)] = 2
    """Hashes under way at a time; each takes a core and `argon2_memory_kib`."""
    password_hashes_waiting: Annotated[int, Field(ge=1, le=10_000)] = 64
    """Further requests that may wait for one; more are told to come back (503)."""

    @property
    def password_cost(self) -> PasswordCost:
        return PasswordCost(
            time_cost=self.argon2_time_cost,
            memory_kib=self.argon2_memory_kib,
            parallelism=self.argon2_parallelism,
        )

    @model_validator(mode="after")
    def _bootstrap_admin_is_whole(self) -> Self:
        if (self.bootstrap_admin_username is None) != (self.bootstrap_admin_password is None):
            raise ValueError(
                "BOOTSTRAP_ADMIN_USERNAME and BOOTSTRAP_ADMIN_PASSWORD go together:"
                " set both or neither"
            )
        return self
