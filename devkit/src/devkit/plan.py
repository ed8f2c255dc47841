"""From a data folder and its addresses to the list of processes to run, with their environments."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from devkit.bootstrap import ENGINE_BINARY, UI
from devkit.home import Addresses, Home
from devkit.processes import Process, base_environment
from devkit.servers import postgres, rabbitmq, redis
from devkit.services import SERVICES, SIMULATOR, WAVES, Service

ADMIN_USERNAME = "admin"
PASSED_ON = ("LOG_LEVEL", "OTLP_ENDPOINT", "TRACE_FILE", "TRACE_SAMPLE_RATIO")
"""Settings of every service that are handed on from our own environment when set."""
ENGINE_STOP_SECONDS, SERVICE_STOP_SECONDS = 60.0, 30.0
"""The engine leaves a snapshot of its books when it ends."""
LOG_READERS = "trading,market-data,audit-log"
"""Whose confirmation the engine's log waits for before it deletes old events."""
SIMULATOR_SETTINGS = ("SIMULATOR_RATE", "SIMULATOR_SEED")


@dataclass(frozen=True)
class Overrides:
    """Extra environment: for all services, and for single ones by name."""

    everywhere: Mapping[str, str] = field(default_factory=dict)
    by_service: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """What runs, in the order in which it starts; it stops in the reverse order."""

    servers: list[Process]
    waves: list[list[Process]]
    companions: list[Process] = field(default_factory=list)
    """Users of the finished platform: started when it is ready, and nobody waits for them."""

    def processes(self) -> list[Process]:
        waves = [process for wave in self.waves for process in wave]
        return [*self.servers, *waves, *self.companions]


def make_plan(
    home: Home, addresses: Addresses, overrides: Overrides, *, simulator: bool = False
) -> Plan:
    waves = [
        [
            service_process(service, home, addresses, overrides)
            for service in SERVICES
            if service.wave == wave
        ]
        for wave in WAVES
    ]
    return Plan(
        servers=server_processes(home, addresses),
        waves=waves,
        companions=[simulator_process(home, addresses)] if simulator else [],
    )


def server_processes(home: Home, addresses: Addresses) -> list[Process]:
    """The servers of our own; making their data folders where there are none."""
    ports = addresses.ports
    processes = []
    if "rabbitmq" in addresses.own_servers:
        processes.append(rabbitmq.name_server(ports["EPMD_PORT"]))
        processes.append(
            rabbitmq.prepare(
                home.root / "rabbitmq",
                ports["BROKER_PORT"],
                ports["EPMD_PORT"],
                ports["BROKER_DISTRIBUTION_PORT"],
                home.secret("rabbitmq"),
            )
        )
    if "redis" in addresses.own_servers:
        processes.append(
            redis.prepare(home.root / "redis", ports["REDIS_PORT"], home.secret("redis"))
        )
    if "postgres" in addresses.own_servers:
        folder = home.root / "postgres"
        processes.append(postgres.prepare(folder, ports["POSTGRES_PORT"], home.secret("postgres")))
    return processes


def service_process(
    service: Service, home: Home, addresses: Addresses, overrides: Overrides
) -> Process:
    if service.package is None:
        command: tuple[str, ...] = (str(ENGINE_BINARY),)
        environment = engine_environment(service, home, addresses)
    else:
        command = (sys.executable, "-m", service.package, service.role)
        environment = service_environment(service, home, addresses)
    return Process(
        name=service.name,
        command=command,
        environment={
            **environment,
            **overrides.everywhere,
            **overrides.by_service.get(service.name, {}),
        },
        is_ready=functools.partial(is_ready, addresses.url(service)),
        stop_seconds=ENGINE_STOP_SECONDS if service.package is None else SERVICE_STOP_SECONDS,
    )


def engine_environment(service: Service, home: Home, addresses: Addresses) -> dict[str, str]:
    data = home.root / "matching-engine"
    data.mkdir(exist_ok=True)
    return {
        **base_environment(),
        **passed_on(),
        "LISTEN_ADDRESS": f"127.0.0.1:{addresses.ports[service.port_setting]}",
        "DATA_DIR": str(data),
        "SERVICE_KEYS_FILE": str(home.key_set),
        "BROKER_URL": addresses.broker,
        "READERS": LOG_READERS,
    }


def service_environment(service: Service, home: Home, addresses: Addresses) -> dict[str, str]:
    """What a Python service is told: itself, its servers, the other services, its keys."""
    environment = {
        **base_environment(),
        **passed_on(),
        "PYTHONUNBUFFERED": "1",
        "HOST": "127.0.0.1",
        "PORT": str(addresses.ports[service.port_setting]),
        "REDIS_URL": addresses.redis,
        "BROKER_URL": addresses.broker,
        "SERVICE_KEYS_FILE": str(home.key_set),
        **neighbours(addresses),
    }
    if service.database is not None:
        environment["DATABASE_URL"] = database_url(service.database, home, addresses)
    if service.key is not None:
        environment["SERVICE_KEY_FILE"] = str(home.private_key(service.key))
    if service.package == "auth":
        environment["BOOTSTRAP_ADMIN_USERNAME"] = ADMIN_USERNAME
        environment["BOOTSTRAP_ADMIN_PASSWORD"] = home.secret("admin")
        environment["SIGNING_KEY_SECRET"] = home.secret("signing-key")
        # Plain http on loopback: not every browser would keep a cookie meant for https.
        environment["SESSION_COOKIE_SECURE"] = "false"
    if service.package == "gateway":
        # Demo, tests and load sign all their users in from one address.
        environment["RATE_SIGN_IN_PER_MINUTE"] = "1200"
        if has_ui():
            environment["UI_ROOT"] = str(UI)
    return environment


def simulator_process(home: Home, addresses: Addresses) -> Process:
    """The market simulator: a client like any other, which finds the platform by `access.json`."""
    command = (
        *(sys.executable, "-m", SIMULATOR, "run"),
        *("--access", str(home.access_file)),
        *("--port", str(addresses.ports["SIMULATOR_PORT"])),
    )
    steering = {name: os.environ[name] for name in SIMULATOR_SETTINGS if name in os.environ}
    return Process(
        name=SIMULATOR,
        command=command,
        environment={**base_environment(), **passed_on(), **steering, "PYTHONUNBUFFERED": "1"},
        is_ready=lambda: True,
        stop_seconds=5.0,
    )


def neighbours(addresses: Addresses) -> dict[str, str]:
    urls = addresses.urls()
    return {
        "AUTH_URL": urls["auth"],
        "TRADING_URL": urls["trading"],
        "MARKET_DATA_URL": urls["market-data"],
        "AUDIT_LOG_URL": urls["audit-log"],
        "ENGINE_URL": urls["matching-engine"],
    }


def database_url(name: str, home: Home, addresses: Addresses) -> str:
    return addresses.database(name, home.secret(f"database-{name}"))


def has_ui() -> bool:
    """Whether the UI was built, so that the gateway can serve it."""
    return (UI / "index.html").is_file()


def passed_on() -> dict[str, str]:
    return {name: os.environ[name] for name in PASSED_ON if name in os.environ}


def is_ready(url: str) -> bool:
    """Whether a service says that it can do all of its work: take orders too, and not only reads."""
    try:
        answer = httpx.get(f"{url}/readyz", timeout=2)
        return answer.status_code == 200 and "degraded" not in answer.json()
    except (httpx.HTTPError, ValueError):
        return False
