"""Bring one platform up, and down, in order: the plan's processes under their supervisor.

The supervisor keeps processes running; this module decides when each may start (what it needs is
ready) and when each must stop (nobody who needs it runs any more).
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any

from circus.client import CircusClient
from circus.exc import CallError

from devkit.home import Addresses, Home, PlatformError
from devkit.keys import ensure_service_keys, write_private
from devkit.plan import (
    ADMIN_USERNAME,
    Overrides,
    Plan,
    database_url,
    make_plan,
    service_environment,
)
from devkit.processes import SETPRIV, Process, is_free, tail
from devkit.servers import postgres
from devkit.services import OWNERS, SERVICES
from devkit.supervisor import remove_socket

READY_SECONDS = 120.0
POLL_SECONDS = 0.1
STARTS_ALLOWED = 3
"""A process that was started more often before it was ready will not become ready."""
BUILT = {"bin", "bench", "cache", "bootstrap.lock"}
"""What `make clean` leaves in `.local`: built, measured or downloaded, and no platform's data."""
Say = Callable[[str], None]


def up(
    home: Home, overrides: Overrides, *, detach: bool, simulator: bool = False, say: Say
) -> dict[str, Any]:
    """Start everything and return once all of it is ready; the answer is `access.json`.

    The simulator is started last, and not waited for: its trouble is not the platform's.

    Detached, the platform outlives the caller; otherwise it stops should the caller die. When it
    cannot come up, or the caller is interrupted, what was started is stopped again.
    """
    lock = home.lock()
    if lock is None:
        raise PlatformError(
            f"A platform already runs from {home.root}. Stop it first (Ctrl-C where it runs, or "
            "`make down`), or look at it: make status"
        )
    with lock:
        addresses = Addresses.choose(home)
        ensure_service_keys(home.keys)
        home.access_file.unlink(missing_ok=True)
        home.new_secret("admin")
        plan = make_plan(home, addresses, overrides, simulator=simulator)
        refuse_taken_ports(plan, addresses)
        supervisor = start_supervisor(home, plan, lock, detach=detach)
        try:
            bring_up(home, addresses, plan, supervisor, say)
        except BaseException:
            supervisor.stop_all(plan, say)
            raise
    access = describe(home, addresses)
    write_private(home.access_file, json.dumps(access, indent=2) + "\n")
    for companion in plan.companions:
        supervisor.start(companion)
    return access


def down(home: Home, say: Say) -> None:
    """Stop everything in order; nothing to do when nothing runs."""
    if not home.is_running():
        return
    recorded = json.loads(home.plan_file.read_text())
    groups: list[list[str]] = recorded["stop_order"]
    Supervisor(recorded["endpoint"]).stop_groups(groups, say)
    wait_until(lambda: not home.is_running(), "the supervisor to end", 60)
    home.access_file.unlink(missing_ok=True)


def status(home: Home) -> dict[str, Any]:
    """Which processes run, with their ids."""
    if not home.is_running() or not home.plan_file.is_file():
        return {"running": False, "processes": {}}
    recorded = json.loads(home.plan_file.read_text())
    supervisor = Supervisor(recorded["endpoint"])
    names = [process["name"] for process in recorded["processes"]]
    return {"running": True, "processes": {name: supervisor.pids(name) for name in names}}


class Supervisor:
    """Our end of the supervisor's socket."""

    def __init__(self, endpoint: str) -> None:
        self._client = CircusClient(endpoint=endpoint, timeout=90)

    def start(self, process: Process) -> None:
        self._call("start", name=process.name, match="simple", waiting=True)

    def pids(self, name: str) -> list[int]:
        """The ids of a process: one, or none in the moment between a death and a restart."""
        answer = self._call("list", name=name)
        pids: list[int] = answer.get("pids", [])
        return pids

    def stop_all(self, plan: Plan, say: Say) -> None:
        self.stop_groups(stop_order(plan), say)

    def stop_groups(self, groups: Sequence[Sequence[str]], say: Say) -> None:
        """Stop the groups one after the other, the members of each together; then end."""
        for group in groups:
            if group:
                say(f"  stopping {', '.join(group)}")
                pattern = f"^({'|'.join(group)})$"
                self._call("stop", name=pattern, match="regex", waiting=True)
        self._call("quit", waiting=True)

    def _call(self, command: str, **properties: object) -> dict[str, Any]:
        """Circus does one thing at a time and refuses others meanwhile: ask again."""
        deadline = time.monotonic() + 90
        while True:
            try:
                answer: dict[str, Any] = self._client.send_message(command, **properties)
            except CallError as error:
                raise PlatformError(f"The supervisor does not answer: {error}") from error
            if answer.get("status") != "error":
                return answer
            if "already running" not in answer["reason"] or time.monotonic() > deadline:
                raise PlatformError(f"The supervisor refused {command}: {answer['reason']}")
            time.sleep(POLL_SECONDS)


def start_supervisor(home: Home, plan: Plan, lock: IO[str], *, detach: bool) -> Supervisor:
    """Start the supervisor, which keeps the lock for as long as it lives."""
    if home.plan_file.is_file():
        # Left behind only by a supervisor that was killed.
        remove_socket(json.loads(home.plan_file.read_text())["endpoint"])
    # A socket's path may have 107 characters; a checkout's may be longer.
    endpoint = f"ipc://{tempfile.mkdtemp(prefix='day-trading-')}/supervisor"
    recorded = {
        "endpoint": endpoint,
        "logs": str(home.logs),
        "stop_order": stop_order(plan),
        "processes": [
            {
                "name": process.name,
                "command": process.full_command(),
                "environment": process.environment,
                "stop_signal": int(process.stop_signal),
                "stop_seconds": process.stop_seconds,
            }
            for process in plan.processes()
        ],
    }
    write_private(home.plan_file, json.dumps(recorded, indent=2))
    command = [sys.executable, "-m", "devkit.supervisor", str(home.plan_file)]
    output = home.logs / "supervisor.out"
    with output.open("wb") as out:
        child = subprocess.Popen(
            command if detach else [SETPRIV, "--pdeathsig=TERM", "--", *command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            # Ctrl-C reaches every process of the terminal's group; ours are to stop in order.
            start_new_session=True,
            pass_fds=(lock.fileno(),),
        )
    socket = Path(endpoint.removeprefix("ipc://"))

    def listens() -> bool:
        if child.poll() is not None:
            raise PlatformError(f"The supervisor ended at its start:\n{tail(output)}")
        return socket.exists()

    wait_until(listens, "the supervisor", 30)
    return Supervisor(endpoint)


def bring_up(
    home: Home, addresses: Addresses, plan: Plan, supervisor: Supervisor, say: Say
) -> None:
    for server in plan.servers:
        supervisor.start(server)
        if server.name == "epmd":
            wait_ready(home, supervisor, [server])
    if plan.servers:
        say(f"  {', '.join(server.name for server in plan.servers)} ...")
    # PostgreSQL is ready long before RabbitMQ: the migrations run in the meantime.
    if "postgres" in addresses.own_servers:
        wait_ready(
            home, supervisor, [server for server in plan.servers if server.name == "postgres"]
        )
    say("  databases and migrations ...")
    prepare_databases(home, addresses)
    wait_ready(home, supervisor, plan.servers)
    for wave in plan.waves:
        if wave:
            say(f"  {', '.join(process.name for process in wave)} ...")
        for process in wave:
            supervisor.start(process)
        wait_ready(home, supervisor, wave)


def prepare_databases(home: Home, addresses: Addresses) -> None:
    """A database and a role for each service, brought to its newest version."""
    for service in OWNERS:
        assert service.database is not None
        password = home.secret(f"database-{service.database}")
        postgres.ensure_database(addresses.postgres, service.database, service.database, password)

    def migrate(package: str, environment: dict[str, str]) -> None:
        log = home.logs / f"{package}-migrate.log"
        with log.open("wb") as out:
            command = [sys.executable, "-m", package, "migrate"]
            done = subprocess.run(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=out,
                stderr=subprocess.STDOUT, cwd="/", check=False,
            )  # fmt: skip
        if done.returncode != 0:
            raise PlatformError(f"The migrations of {package} failed:\n{tail(log)}")

    with ThreadPoolExecutor(max_workers=2) as pool:
        jobs = [
            pool.submit(migrate, service.package, service_environment(service, home, addresses))
            for service in OWNERS
            if service.package is not None
        ]
        for job in jobs:
            job.result()


def wait_ready(home: Home, supervisor: Supervisor, processes: Sequence[Process]) -> None:
    """Wait for all of them; the one that does not come is named, with the end of its log."""
    deadline = time.monotonic() + READY_SECONDS
    for process in processes:
        seen: set[int] = set()
        while not process.is_ready():
            seen.update(supervisor.pids(process.name))
            if len(seen) > STARTS_ALLOWED:
                trouble = "ends again and again"
            elif time.monotonic() > deadline:
                trouble = f"was not ready within {READY_SECONDS:.0f} seconds"
            else:
                time.sleep(POLL_SECONDS)
                continue
            log = home.logs / f"{process.name}.log"
            raise PlatformError(f"{process.name} {trouble}. The end of {log}:\n{tail(log)}")


def stop_order(plan: Plan) -> list[list[str]]:
    """Those whom nobody else needs first; the servers last, the name server after its node."""
    companions = [process.name for process in plan.companions]
    waves = [[process.name for process in wave] for wave in reversed(plan.waves)]
    servers = [process.name for process in plan.servers]
    return [
        companions,
        *waves,
        [name for name in servers if name != "epmd"],
        [name for name in servers if name == "epmd"],
    ]


def refuse_taken_ports(plan: Plan, addresses: Addresses) -> None:
    """A port that another program holds is said now, and not by a service that cannot start."""
    services = {service.name: service.port_setting for service in SERVICES}
    servers = {"postgres": "POSTGRES_PORT", "redis": "REDIS_PORT", "rabbitmq": "BROKER_PORT"}
    settings = services | servers | {"epmd": "EPMD_PORT"}
    for process in plan.processes():
        if process in plan.companions:
            continue
        setting = settings[process.name]
        port = addresses.ports[setting]
        if not is_free(port):
            raise PlatformError(
                f"Port {port}, which {process.name} is to use, is taken by another program. "
                f"Choose another one: {setting}={port + 10000 if port < 50000 else port - 10000} "
                "make run"
            )


def describe(home: Home, addresses: Addresses) -> dict[str, Any]:
    """What `access.json` holds: everything that a client, a test or `make verify` needs."""
    urls = addresses.urls()
    return {
        "gateway": urls["gateway"],
        "admin": {"username": ADMIN_USERNAME, "password": home.secret("admin")},
        "services": {service.name: urls[service.name] for service in SERVICES},
        "databases": {
            service.database: database_url(service.database, home, addresses)
            for service in OWNERS
            if service.database is not None
        },
        "postgres": addresses.postgres,
        "redis": addresses.redis,
        "broker": addresses.broker,
        "simulator": f"http://127.0.0.1:{addresses.ports['SIMULATOR_PORT']}",
        "service_keys_file": str(home.key_set),
        "verify_key_file": str(home.private_key("verify")),
        "logs": str(home.logs),
    }


def clean(home: Home) -> None:
    """Remove the data, keys and logs of a platform that does not run; keeps what was built."""
    lock = home.lock()
    if lock is None:
        raise PlatformError("A platform runs here; stop it before its data is removed: make down")
    with lock:
        for entry in sorted(home.root.iterdir()):
            if home.is_default and entry.name in BUILT:
                continue
            if entry.is_symlink():  # PostgreSQL's data, kept where its user can reach it
                shutil.rmtree(entry.resolve(), ignore_errors=True)
                entry.unlink()
            elif entry.is_dir():
                shutil.rmtree(entry)
            else:
                entry.unlink()


def wait_until(condition: Callable[[], bool], what: str, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise PlatformError(f"Waited {seconds:.0f} seconds for {what}, in vain")
        time.sleep(POLL_SECONDS)
