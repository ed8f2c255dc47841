"""The smallest platform on which orders are placed: engine, auth, trading, each a process of its own.

There is no broker: trading goes on without. Trading is started anew as often as a test wants, with the
environment that it wants; the others stay.
"""

from __future__ import annotations

import functools
import secrets
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
from people import eventually, good

from devkit.plan import is_ready
from devkit.processes import Process, Running, base_environment, free_port
from devkit.testing_support.databases import Databases
from devkit.testing_support.engine import Engine
from devkit.testing_support.keys import ServiceKeys

SYMBOL = "ACME"
DIES_WITHIN_S = 30.0
ADMIN = ("admin", secrets.token_urlsafe(16))
NO_BROKER = "amqp://nobody:nothing@127.0.0.1:1/"


@dataclass
class LoneTrading:
    """Trading with its engine, and one trader with money. `url` stays the same over restarts."""

    engine: Engine
    environment: dict[str, str]
    folder: Path
    _running: Running | None = None
    _token: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.environment['PORT']}"

    def start(self, **environment: str) -> None:
        """Start trading and wait until it takes orders."""
        process = Process(
            name="trading",
            command=(sys.executable, "-m", "trading", "serve"),
            environment=self.environment | environment,
            is_ready=functools.partial(is_ready, self.url),
        )
        self._running = Running(process, self.folder / "trading.log")
        self._running.start()

    def stop(self) -> None:
        """SIGTERM; nothing to do when it does not run."""
        if self._running is not None:
            self._running.stop()
            self._running = None

    def died(self) -> None:
        """Wait until trading is dead, as by kill -9."""
        assert self._running is not None
        assert psutil.Process(self._running.pid).wait(DIES_WITHIN_S) == -signal.SIGKILL
        self._running.stop()
        self._running = None

    def act_as(self, token: str) -> None:
        self._token = token

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._token}"}
        return httpx.request(method, f"{self.url}{path}", headers=headers, timeout=60, **more)

    def place(self, client_order_id: str) -> httpx.Response:
        """Buy one share for 1, good until cancelled; nobody sells."""
        order = {"symbol": SYMBOL, "side": "buy", "qty": "1", "type": "limit", "limit_price": "1"}
        more = {"time_in_force": "gtc", "client_order_id": client_order_id}
        return self.request("POST", "/v2/orders", json=order | more)

    def find(self, client_order_id: str) -> dict[str, Any] | None:
        """The order with this id; none: there is certainly none."""
        params = {"client_order_id": client_order_id}
        answer = self.request("GET", "/v2/orders:by_client_order_id", params=params)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        found: dict[str, Any] = good(answer)
        return found

    def reaches(self, client_order_id: str, status: str) -> dict[str, Any]:
        """Follow the order until it has this status."""

        def reached() -> dict[str, Any] | None:
            order = self.find(client_order_id)
            return order if order is not None and order["status"] == status else None

        return eventually(reached, f"{client_order_id} to be {status}")

    def buying_power(self) -> str:
        return str(good(self.request("GET", "/v2/account"))["buying_power"])

    def accepted(self) -> Counter[str]:
        """How often the engine's log holds each client order id."""
        headers = self.engine.keys.headers("verify", "matching-engine", "engine:read")
        url = f"{self.engine.url}/v1/events"
        page = good(httpx.get(url, params={"limit": 10_000}, headers=headers))
        assert len(page["events"]) == page["last_sequence"], "the log is longer than one page"
        orders = (e["data"] for e in page["events"] if e["kind"] == "order_accepted")
        return Counter(order["client_order_id"] for order in orders)

    def told(self, order_id: str) -> dict[str, Any]:
        """The event of trading's own log about this order."""
        headers = self.engine.keys.headers("verify", "trading", "events:read")

        def found() -> dict[str, Any] | None:
            events = good(httpx.get(f"{self.url}/v1/events", headers=headers))["events"]
            return next((e for e in events if e["data"].get("order_id") == order_id), None)

        return eventually(found, f"an event about order {order_id}")

    def updates(self, order_id: str) -> list[str]:
        """The events of the trader's updates about this order."""
        updates = good(self.request("GET", "/v1/account/trade-updates", params={"limit": 1000}))
        assert [u["event_id"] for u in updates] == [str(n + 1) for n in range(len(updates))]
        return [u["event"] for u in updates if u["order"]["id"] == order_id]

    def verify(self) -> None:
        """Run trading's own command."""
        command = [sys.executable, "-m", "trading", "verify"]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def lone_trading(
    databases: Databases, engine_binary: Path, keys: ServiceKeys, folder: Path
) -> Iterator[LoneTrading]:
    """Everything up, with an asset, and a trader whose cash is 1000."""
    with ExitStack() as ending:
        engine = Engine(engine_binary, folder / "engine", keys, broker_url=None)
        engine.start()
        ending.callback(engine.stop)
        auth = Running(
            _auth(ending.enter_context(databases.fresh("auth")), keys), folder / "auth.log"
        )
        auth.start()
        ending.callback(auth.stop)
        trading = LoneTrading(
            engine,
            _environment(
                keys,
                DATABASE_URL=ending.enter_context(databases.fresh("trading")),
                AUTH_URL=f"http://127.0.0.1:{auth.process.environment['PORT']}",
                ENGINE_URL=engine.url,
                SERVICE_KEY_FILE=str(keys.private_key("trading")),
                # As long as may be: nothing is to expire while trading is dead, however slow its start is here.
                COMMAND_TTL_S="30",
                RESUBMIT_AFTER_S="0.2",
            ),
            folder,
        )
        ending.callback(trading.stop)
        trading.start()
        trading.act_as(_log_in(trading.environment["AUTH_URL"]))
        good(trading.request("POST", "/v1/admin/assets", json={"symbol": SYMBOL}))
        good(trading.request("POST", "/v1/funding/deposits", json={"amount": "1000"}))
        trading.stop()
        yield trading


def _auth(database_url: str, keys: ServiceKeys) -> Process:
    environment = _environment(
        keys,
        DATABASE_URL=database_url,
        SIGNING_KEY_SECRET=secrets.token_urlsafe(24),
        BOOTSTRAP_ADMIN_USERNAME=ADMIN[0],
        BOOTSTRAP_ADMIN_PASSWORD=ADMIN[1],
        # One log-in lasts as long as all the tests.
        ACCESS_TOKEN_LIFETIME_S="3600",
    )
    return Process(
        name="auth",
        command=(sys.executable, "-m", "auth", "serve"),
        environment=environment,
        is_ready=functools.partial(is_ready, f"http://127.0.0.1:{environment['PORT']}"),
    )


def _environment(keys: ServiceKeys, **more: str) -> dict[str, str]:
    return {
        **base_environment(),
        "HOST": "127.0.0.1",
        "PORT": str(free_port()),
        "SERVICE_KEYS_FILE": str(keys.key_set),
        "BROKER_URL": NO_BROKER,
        **more,
    }


def _log_in(auth_url: str) -> str:
    credentials = {"username": ADMIN[0], "password": ADMIN[1]}
    answer = good(httpx.post(f"{auth_url}/v1/auth/login", json=credentials, timeout=30))
    return str(answer["access_token"])
