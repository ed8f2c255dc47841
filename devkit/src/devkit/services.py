"""The table of the platform's own processes: the first file to read about what `make run` starts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Service:
    """One process of the platform, and what it is given."""

    name: str
    port: int
    """Where it listens unless `<NAME>_PORT` says otherwise."""
    wave: int
    """Started after every lower wave is ready, stopped before it."""
    package: str | None = None
    """Its Python package; none: the matching engine's binary."""
    role: str = "serve"
    """The command of the package that runs it."""
    database: str | None = None
    """Its database, which is also the name of the role that owns it."""
    key: str | None = None
    """The service key with which it calls others; none: it calls nobody."""

    @property
    def port_setting(self) -> str:
        return f"{self.name.upper().replace('-', '_')}_PORT"


SERVICES = (
    Service("matching-engine", 8105, wave=1),
    Service("auth", 8101, wave=1, package="auth", database="auth"),
    Service("trading", 8102, wave=2, package="trading", database="trading", key="trading"),
    Service("market-data", 8103, wave=2, package="market_data", database="market_data",
            key="market-data"),
    Service("market-data-worker", 8113, wave=2, package="market_data", role="worker",
            database="market_data", key="market-data"),
    Service("audit-log", 8104, wave=2, package="audit_log", database="audit"),
    Service("audit-log-worker", 8114, wave=2, package="audit_log", role="worker",
            database="audit", key="audit-log"),
    Service("gateway", 8080, wave=3, package="gateway", key="gateway"),
)  # fmt: skip
WAVES = sorted({service.wave for service in SERVICES})
OWNERS = tuple(service for service in SERVICES if service.database and service.role == "serve")
"""One service for each database: the one whose package migrates and verifies it."""

SERVER_PORTS = {
    "POSTGRES_PORT": 18432,
    "REDIS_PORT": 18379,
    "BROKER_PORT": 18672,
    "EPMD_PORT": 18369,
    "BROKER_DISTRIBUTION_PORT": 18025,
}
SIMULATOR = "simulator"
"""No service but a user of them all; it has a port for whoever wants to steer it."""
SIMULATOR_PORT = 8121
EXTERNAL = {"postgres": "POSTGRES_URL", "redis": "REDIS_URL", "rabbitmq": "BROKER_URL"}
"""Settings that name a running server to be used instead of one of our own."""
