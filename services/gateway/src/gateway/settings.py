"""What can be set, from the environment; a wrong value stops the process with a sentence that says which."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, field_validator
from pydantic_settings import NoDecode

from chassis.settings import KeyFile, Port, Ratio, RedisUrl, ServiceSettings
from gateway.policies.breaker import BreakerRules
from gateway.policies.limits import Tiers
from gateway.rate.bucket import Limit
from gateway.routes import Upstream
from gateway.streams.connections import ConnectionLimits
from gateway.streams.handshake import StreamRules
from gateway.ui import PAGE, UiRules


def _build(value: Path | None) -> Path | None:
    if value is not None and not (value / PAGE).is_file():
        raise ValueError(f"there is no built UI in {value}: it has no {PAGE}")
    return value


Count = Annotated[int, Field(ge=1, le=10_000_000)]
Seconds = Annotated[float, Field(gt=0, le=3600)]


class GatewaySettings(ServiceSettings):
    """A variable is the field's name in capitals."""

    port: Port = 8080
    service_key_file: KeyFile
    trading_url: str = "http://127.0.0.1:8102"
    market_data_url: str = "http://127.0.0.1:8103"
    audit_log_url: str = "http://127.0.0.1:8104"
    redis_url: RedisUrl = "redis://127.0.0.1:6379/0"
    trace_sample_ratio: Ratio = 0.05

    rate_normal_per_minute: Count = 200
    """Alpaca's limit. The bucket holds one minute's worth, so a client that keeps to 200 in a minute, however
    bunched, is not refused."""
    rate_load_per_second: Count = 60_000
    """Of the tier `load`, for the demo, the bench and the simulator."""
    rate_admin_per_minute: Count = 6_000
    rate_sign_in_per_minute: Count = 60
    """Per client address: registering, logging in, refreshing, logging out. Guessing passwords is this slow."""
    rate_public_per_minute: Count = 600
    """Per client address: what anybody may read."""
    rate_unidentified_per_minute: Count = 1_200
    """Per client address: unknown paths, wrong credentials, and API keys that must be asked about."""

    retry_budget: Ratio = 0.2
    """Retries per request, at most."""
    upstream_connections: Count = 512
    upstream_transport: Literal["own", "httpx"] = "own"
    """`httpx`: as it comes, for comparisons (docs/performance/orders.md)."""
    breaker_window_s: Annotated[int, Field(ge=1, le=300)] = 10
    breaker_min_requests: Count = 20
    breaker_failure_ratio: Annotated[float, Field(gt=0, le=1)] = 0.5
    breaker_open_s: Seconds = 2.0

    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = ()
    """Networks, separated by commas, whose `X-Forwarded-For` is believed: the ingress, nobody else."""

    streams_per_identity: Count = 20
    """Websockets that one user may have open at this replica."""
    streams_per_load_identity: Count = 10_000
    """The same for users of the tier `load`."""
    streams_per_address: Count = 50
    """Per client address: of those who have not signed in, or not yet."""
    streams_total: Count = 10_000
    """Websockets open at this replica, of everybody."""
    stream_frames_per_second: Count = 50
    """From one client, a second's worth at once."""
    stream_first_frame_s: Seconds = 15.0
    """How long a client may take to authenticate in its frames, where it may do so. The services allow 10 s and refuse
    in words of their protocol; this is for when they do not."""
    stream_origins: Annotated[frozenset[str], NoDecode] = frozenset()
    """Origins, separated by commas, whose pages may open streams besides the gateway's own: `https://example.com`."""

    ui_root: Annotated[Path | None, AfterValidator(_build)] = None
    """Folder of the built UI, served at `/`; none: there is no UI."""
    ui_name: Annotated[str, Field(min_length=1, max_length=64)] = "Day Trading"
    """What the UI calls this platform."""
    rate_ui_per_minute: Count = 3_000
    """Per client address: files of the UI. A first visit takes some thirty, further ones a few."""

    @field_validator("stream_origins", mode="before")
    @classmethod
    def _origins(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        origins = frozenset(part.strip().lower() for part in value.split(",") if part.strip())
        for origin in origins:
            scheme, _, host = origin.partition("://")
            if scheme not in ("http", "https") or not host or "/" in host:
                raise ValueError("must be origins such as https://example.com, without a path")
        return origins

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _networks(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(ip_network(part.strip()) for part in value.split(",") if part.strip())
        return value

    @field_validator("auth_url", "trading_url", "market_data_url", "audit_log_url")
    @classmethod
    def _base_url(cls, value: str) -> str:
        scheme, _, rest = value.partition("://")
        if scheme not in ("http", "https") or not rest or "?" in rest or "#" in rest:
            raise ValueError("must be an http or https address without a query")
        return value.rstrip("/")

    def bases(self) -> dict[Upstream, str]:
        return {
            Upstream.AUTH: self.auth_url,
            Upstream.TRADING: self.trading_url,
            Upstream.MARKET_DATA: self.market_data_url,
            Upstream.AUDIT_LOG: self.audit_log_url,
        }

    def tiers(self) -> Tiers:
        return Tiers(
            api={
                "normal": _a_minute(self.rate_normal_per_minute),
                "load": Limit(self.rate_load_per_second, 1.0, self.rate_load_per_second),
            },
            admin=_a_minute(self.rate_admin_per_minute),
            sign_in=_a_minute(self.rate_sign_in_per_minute),
            public=_a_minute(self.rate_public_per_minute),
            unidentified=_a_minute(self.rate_unidentified_per_minute),
        )

    def connection_limits(self) -> ConnectionLimits:
        return ConnectionLimits(
            per_identity=self.streams_per_identity,
            per_identity_of_tier={"load": self.streams_per_load_identity},
            per_address=self.streams_per_address,
            total=self.streams_total,
        )

    def stream_rules(self) -> StreamRules:
        return StreamRules(
            frames_per_second=self.stream_frames_per_second,
            first_frame_within_s=self.stream_first_frame_s,
            origins=self.stream_origins,
            trace_share=self.trace_sample_ratio,
        )

    def ui_rules(self) -> UiRules:
        limit = _a_minute(self.rate_ui_per_minute)
        return UiRules(self.ui_root, self.ui_name, limit, self.trusted_proxies)

    def breaker_rules(self) -> BreakerRules:
        return BreakerRules(
            window_s=self.breaker_window_s,
            min_requests=self.breaker_min_requests,
            failure_ratio=self.breaker_failure_ratio,
            open_s=self.breaker_open_s,
        )


def _a_minute(tokens: int) -> Limit:
    return Limit(tokens, 60.0, tokens)
