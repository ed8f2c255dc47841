"""The data folder of one platform: where everything in it is, and which ports it uses."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit, urlunsplit

from devkit.bootstrap import LOCAL
from devkit.keys import ensure_secret, private_key_file
from devkit.processes import free_port, is_free
from devkit.servers import postgres, rabbitmq, redis
from devkit.services import EXTERNAL, SERVER_PORTS, SERVICES, SIMULATOR_PORT, Service


class PlatformError(Exception):
    """What was asked for cannot be done; the text says why and what to do."""


@dataclass(frozen=True)
class Home:
    """`.local`, or another folder when several platforms run side by side."""

    root: Path

    @classmethod
    def at(cls, root: Path | None) -> Home:
        home = cls((root or LOCAL).resolve())
        for folder in (home.root, home.logs, home.run):
            folder.mkdir(parents=True, exist_ok=True)
        home.run.chmod(0o700)
        return home

    @property
    def is_default(self) -> bool:
        return self.root == LOCAL.resolve()

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def plan_file(self) -> Path:
        return self.run / "plan.json"

    @property
    def access_file(self) -> Path:
        return self.root / "access.json"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def key_set(self) -> Path:
        return self.keys / "service-keys.json"

    def private_key(self, service: str) -> Path:
        return private_key_file(self.keys, service)

    def secret(self, name: str) -> str:
        return ensure_secret(self.root / "secrets", name)

    def new_secret(self, name: str) -> str:
        """One that replaces what was there: for what is made anew in every run."""
        (self.root / "secrets" / name).unlink(missing_ok=True)
        return self.secret(name)

    def lock(self) -> IO[str] | None:
        """Take the lock that a running platform holds; none: one runs here."""
        self.run.mkdir(parents=True, exist_ok=True)
        file = (self.run / "lock").open("a")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
        return file

    def is_running(self) -> bool:
        lock = self.lock()
        if lock is None:
            return True
        lock.close()
        return False

    def access(self) -> dict[str, Any]:
        """What a platform that runs here wrote about itself."""
        if not self.is_running() or not self.access_file.is_file():
            raise PlatformError("No platform runs here. Start one: make run")
        access: dict[str, Any] = json.loads(self.access_file.read_text())
        return access


@dataclass(frozen=True)
class Addresses:
    """Every port and address of one platform."""

    ports: Mapping[str, int]
    postgres: str
    redis: str
    broker: str
    own_servers: frozenset[str]
    """Those of `postgres`, `redis`, `rabbitmq` that we start ourselves."""

    @classmethod
    def choose(cls, home: Home, environment: Mapping[str, str] = os.environ) -> Addresses:
        """From the environment, else the usual ports in `.local` and free ones elsewhere."""
        ports = choose_ports(home, environment)
        given = {name: environment.get(setting, "") for name, setting in EXTERNAL.items()}
        return cls(
            ports=ports,
            postgres=given["postgres"]
            or postgres.url(ports["POSTGRES_PORT"], home.secret("postgres")),
            redis=given["redis"] or redis.url(ports["REDIS_PORT"], home.secret("redis")),
            broker=given["rabbitmq"] or rabbitmq.url(ports["BROKER_PORT"], home.secret("rabbitmq")),
            own_servers=frozenset(name for name, url in given.items() if not url),
        )

    @classmethod
    def recorded(cls, home: Home) -> Addresses:
        """Those of the platform that runs from `home`, whatever the environment says now."""
        ports = json.loads((home.run / "ports.json").read_text())
        access = home.access()
        return cls(ports, access["postgres"], access["redis"], access["broker"], frozenset())

    def url(self, service: Service) -> str:
        return f"http://127.0.0.1:{self.ports[service.port_setting]}"

    def urls(self) -> dict[str, str]:
        return {service.name: self.url(service) for service in SERVICES}

    def database(self, name: str, password: str) -> str:
        """The address of one service's database, with the role that owns it."""
        server = urlsplit(self.postgres)
        host = server.netloc.rpartition("@")[2]
        return urlunsplit(("postgresql", f"{name}:{password}@{host}", f"/{name}", "", ""))


def usual_ports() -> dict[str, int]:
    services = {service.port_setting: service.port for service in SERVICES}
    return services | SERVER_PORTS | {"SIMULATOR_PORT": SIMULATOR_PORT}


def around_taken(usual: Mapping[str, int], environment: Mapping[str, str]) -> dict[str, str]:
    """Settings that lead a platform around those usual ports that somebody else listens on."""
    chosen: dict[str, int] = {}
    for setting, port in usual.items():
        if setting not in environment and not is_free(port):
            chosen[setting] = distinct_free_port(chosen)
    return {setting: str(port) for setting, port in chosen.items()}


def choose_ports(home: Home, environment: Mapping[str, str]) -> dict[str, int]:
    usual = usual_ports()
    remembered = home.run / "ports.json"
    # A platform that is started again keeps its ports, so that its clients find it.
    before = json.loads(remembered.read_text()) if remembered.is_file() else {}
    ports: dict[str, int] = {}
    for setting, port in usual.items():
        if setting in environment:
            ports[setting] = port_number(setting, environment[setting])
        elif home.is_default:
            ports[setting] = port
        else:
            ports[setting] = before.get(setting) or distinct_free_port(ports)
            if not is_free(ports[setting]):
                ports[setting] = distinct_free_port(ports)
    remembered.write_text(json.dumps(ports))
    return ports


def distinct_free_port(taken: Mapping[str, int]) -> int:
    while (port := free_port()) in taken.values():
        pass
    return port


def port_number(setting: str, text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise PlatformError(f"{setting} must be a port number from 1 to 65535, not {text!r}")
    return int(text)
