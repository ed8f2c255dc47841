"""One fault at a time: what the client saw, and what the ledger says after.

All on one stage of real processes (two replicas of trading, and the rest), where every fault finds what the one
before left behind.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio
from faultrun.check import read_log
from faultrun.kept import until
from faultrun.proxy import Mode
from faultrun.stage import ADMIN, Replica, Servers, Stage, staged

from devkit.testing_support.servers import TestServers

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.usefixtures("engine_binary"),
    pytest.mark.timeout(1200),
]

SYMBOL = "ACME"
slow = pytest.mark.slow

LATE_S = 3.5
"""Longer than trading waits for the engine's answer."""
PATIENT_S = 60.0
VOLUME_BYTES = 16 * 1024 * 1024


@dataclass
class Client:
    """A trader with 1,000,000 in cash, who asks one replica at a time."""

    stage: Stage
    http: httpx.AsyncClient
    account_id: str

    async def ask(self, method: str, path: str, at: int = 0, **more: Any) -> httpx.Response:
        return await self.http.request(method, f"{self.stage.replicas[at].url}{path}", **more)

    async def buy(self, name: str, at: int = 0, **terms: Any) -> httpx.Response:
        """One share for 1, good until cancelled; nobody sells."""
        order = {"symbol": SYMBOL, "side": "buy", "qty": "1", "type": "limit", "limit_price": "1"}
        more = {"time_in_force": "gtc", "client_order_id": name}
        return await self.ask("POST", "/v2/orders", at, json=order | more | terms)

    async def find(self, name: str, at: int = 0) -> Any:
        """The order with this client order id; none: there is none."""
        path = "/v2/orders:by_client_order_id"
        answer = await self.ask("GET", path, at, params={"client_order_id": name})
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        assert answer.is_success, answer.text
        return answer.json()

    async def becomes(self, name: str, status: str, at: int = 0) -> Any:
        """Wait until the order has this status."""
        order: Any = None

        async def has_become() -> bool:
            nonlocal order
            try:
                order = await self.find(name, at)
            except (httpx.TransportError, AssertionError):
                return False
            return order is not None and order["status"] == status

        async with asyncio.timeout(PATIENT_S):
            await until(has_become)
        return order

    async def insists(self, name: str, at: int = 0, **terms: Any) -> tuple[list[str], Any]:
        """Place as Alpaca's rules have it, until the order is there; what was said on the way, and the order."""
        said: list[str] = []

        async def placed() -> bool:
            if said and await self.find_or_none(name, at) is not None:
                return True
            try:
                answer = await self.buy(name, at, **terms)
            except httpx.TransportError as error:
                said.append(type(error).__name__)
                return False
            said.append("200" if answer.is_success else answer.json()["type"])
            return answer.is_success

        async with asyncio.timeout(PATIENT_S):
            await until(placed)
        return said, await self.becomes(name, "new", at)

    async def find_or_none(self, name: str, at: int) -> Any:
        try:
            return await self.find(name, at)
        except (httpx.TransportError, AssertionError):
            return None

    async def held(self, at: int = 0) -> Decimal:
        """What open orders hold."""
        answer = await self.ask("GET", "/v2/account", at)
        account = answer.json()
        return Decimal(account["cash"]) - Decimal(account["buying_power"])


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="day-trading-faults-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def servers(test_servers: TestServers) -> Servers:
    return Servers(broker=test_servers.broker_url(), redis=test_servers.redis_url())


@pytest.fixture(scope="module")
def volume(folder: Path) -> Iterator[Path | None]:
    """A small volume of the engine's own, where this machine lets us mount one."""
    place = folder / "engine"
    place.mkdir()
    options = f"size={VOLUME_BYTES}"
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    yield place if mounted else None
    if mounted:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(folder: Path, servers: Servers, volume: Path | None) -> AsyncIterator[Stage]:
    small = {"SEGMENT_BYTES": str(16 * 1024)}
    async with staged(folder, 2, servers, small) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(stage: Stage) -> AsyncIterator[Client]:
    async with httpx.AsyncClient(timeout=30) as http:

        async def log_in(username: str, password: str) -> dict[str, str]:
            body = {"username": username, "password": password}
            answer = await http.post(f"{stage.auth_url}/v1/auth/login", json=body)
            return {"Authorization": f"Bearer {answer.json()['access_token']}"}

        trading = stage.replicas[0].url
        admin = await log_in(ADMIN, stage.password)
        made = await http.post(
            f"{trading}/v1/admin/assets", json={"symbol": SYMBOL, "name": SYMBOL}, headers=admin
        )
        assert made.is_success, made.text
        password = secrets.token_urlsafe(12)
        person = {"username": "trader", "password": password}
        await http.post(f"{stage.auth_url}/v1/auth/register", json=person)
        http.headers.update(await log_in("trader", password))
        funded = await http.post(f"{trading}/v1/funding/deposits", json={"amount": "1000000"})
        assert funded.is_success, funded.text
        account = (await http.get(f"{trading}/v2/account")).json()
        yield Client(stage, http, account["id"])


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def whole(stage: Stage, client: Client) -> AsyncIterator[None]:
    """Everything runs before each test; after it the ledger holds what the open orders need, and no more."""
    async with asyncio.timeout(PATIENT_S):
        for kept in stage.everything:
            await kept.ready.wait()
    yield
    for replica in stage.replicas:
        await replica.way.become("pass")
        replica.kept.arm("")
        replica.kept.send(signal.SIGCONT)
    stage.engine.arm("")
    await stage.broker_way.become("pass")
    async with asyncio.timeout(PATIENT_S):
        for kept in stage.everything:
            await kept.ready.wait()
        await until(lambda: everything_is_accounted_for(stage))


async def everything_is_accounted_for(stage: Stage) -> bool:
    """No command is undecided, each open order is open in the engine, and holds are theirs."""
    try:
        connection = await asyncpg.connect(stage.database("trading"))
    except (OSError, asyncpg.PostgresError):
        return False
    try:
        undecided = await connection.fetchval("SELECT count(*) FROM commands")
        held = await connection.fetchval("SELECT coalesce(sum(held), 0) FROM balances")
        needed = await connection.fetchval(
            "SELECT coalesce(sum(hold), 0) FROM orders WHERE status IN ('new', 'partially_filled')"
        )
        rows = await connection.fetch("SELECT id FROM orders WHERE status NOT IN ('rejected')")
    finally:
        await connection.close()
    if undecided or held != needed:
        return False
    told = await read_log(stage)
    return {str(row["id"]) for row in rows} == set(told.accepted) and (
        set(told.accepted.values()) <= {1}
    )


async def leader_and_other(stage: Stage) -> tuple[int, int]:
    first = await stage.leader()
    number = stage.replicas.index(first)
    return number, 1 - number


@pytest.mark.parametrize(
    "point",
    [
        pytest.param("before_gate", marks=slow),
        "in_gate",
        "before_undo",
        pytest.param("after_undo", marks=slow),
        "before_answer",
    ],
)
async def test_a_replica_dies_and_the_other_knows_what_became_of_the_order(
    stage: Stage, client: Client, point: str
) -> None:
    """What was not written never was; what was written is accepted once; what was refused is taken back."""
    replica = stage.replicas[0]
    rules = f"{point}=exit" if "undo" not in point else f"before_send=refused,{point}=exit"
    replica.kept.arm(rules)
    with pytest.raises(httpx.TransportError):
        await client.buy(f"dies-{point}")
    if point == "before_answer":
        order = await client.becomes(f"dies-{point}", "new", at=1)
        repeat = await client.buy(f"dies-{point}", at=1)
        assert repeat.status_code == 422
        assert repeat.json()["existing_order_id"] == order["id"]
    elif point == "before_undo":
        # Refused, and nobody was left to take it back: the settler sends it again, in time.
        await client.becomes(f"dies-{point}", "new", at=1)
    else:
        assert await client.find(f"dies-{point}", at=1) is None
        assert (await client.buy(f"dies-{point}", at=1)).json()["status"] == "new"


@pytest.mark.parametrize(
    "point",
    [
        pytest.param("settle_moved", marks=slow),
        pytest.param("settle_loaded", marks=slow),
        "settle_written",
        pytest.param("settle_told", marks=slow),
        pytest.param("before_resubmit", marks=slow),
        "after_resubmit",
        pytest.param("resubmit_taken", marks=slow),
        pytest.param("settler_elected", marks=slow),
    ],
)
async def test_the_settler_dies_and_the_next_one_settles_the_same(
    stage: Stage, client: Client, point: str
) -> None:
    settler, other = await leader_and_other(stage)
    deaths = sum(replica.kept.deaths for replica in stage.replicas)
    stage.replicas[settler].kept.arm(f"{point}=exit")
    if "resubmit" in point:
        stage.replicas[other].kept.arm("before_send=unknown")
    if point == "settler_elected":
        stage.replicas[other].kept.arm(f"{point}=exit")
        await stage.cut_lock()
        await until(lambda: sum(r.kept.deaths for r in stage.replicas) > deaths)
        for replica in stage.replicas:
            replica.kept.arm("")
    said, order = await client.insists(f"settler-{point}", at=other)
    assert said[-1] == "200" or order["status"] == "new"
    assert sum(replica.kept.deaths for replica in stage.replicas) > deaths
    assert await updates(stage, order["id"]) == ["new"]


async def updates(stage: Stage, order_id: str) -> list[str]:
    """What the account was told about the order, in the order of its numbers."""
    connection = await asyncpg.connect(stage.database("trading"))
    try:
        rows = await connection.fetch(
            "SELECT event FROM trade_updates WHERE position($1 IN data) > 0 ORDER BY number",
            order_id,
        )
        return [row["event"] for row in rows]
    finally:
        await connection.close()


async def test_a_database_that_is_away_for_five_seconds_costs_five_seconds(
    stage: Stage, client: Client
) -> None:
    await stage.postgres.stop()
    refused = await client.buy("database-away")
    assert refused.status_code == 503, refused.text
    assert refused.json()["type"] in ("unavailable", "outcome_unknown")
    began = time.monotonic()
    while time.monotonic() - began < 5:
        assert (await client.buy("database-away")).status_code == 503
        assert (await client.ask("GET", "/v2/account")).status_code == 503
    stage.postgres.go()
    said, order = await client.insists("database-away")
    assert order["status"] == "new"
    assert set(said) <= {"200", "unavailable", "outcome_unknown"}


async def test_a_database_that_restarts_under_orders_loses_none_of_them(
    stage: Stage, client: Client
) -> None:
    placing = [asyncio.create_task(client.insists(f"restart-{n}", at=n % 2)) for n in range(10)]
    await stage.postgres.stop()
    stage.postgres.go()
    orders = [order for _, order in await asyncio.gather(*placing)]
    assert len({order["id"] for order in orders}) == 10


async def test_connections_that_are_cut_under_orders_lose_none_of_them(
    stage: Stage, client: Client
) -> None:
    placing = [asyncio.create_task(client.insists(f"cut-{n}", at=n % 2)) for n in range(10)]
    cut = 0
    for _ in range(3):
        cut += await stage.cut("application_name LIKE 'trading%'")
    assert cut
    orders = [order for _, order in await asyncio.gather(*placing)]
    assert len({order["id"] for order in orders}) == 10


async def disturbed(stage: Stage, mode: Mode, delay_s: float = 0.0) -> None:
    for replica in stage.replicas:
        await replica.way.become(mode, delay_s)


async def test_an_engine_that_refuses_connections_leaves_no_order_and_a_free_id(
    stage: Stage, client: Client
) -> None:
    held = await client.held()
    await disturbed(stage, "refuse")
    refused = await client.buy("refused")
    assert (refused.status_code, refused.json()["type"]) == (503, "unavailable")
    assert "nothing was done" in refused.json()["message"]
    assert refused.headers["Retry-After"]
    assert await client.find("refused") is None
    assert await client.held() == held
    await disturbed(stage, "pass")
    _, order = await client.insists("refused")
    assert order["status"] == "new"
    assert await client.held() == held + 1


async def test_a_slow_engine_is_waited_for(stage: Stage, client: Client) -> None:
    await disturbed(stage, "slow", 0.4)
    answer = await client.buy("slow")
    assert (answer.status_code, answer.json()["status"]) == (200, "new")


async def test_an_engine_that_answers_after_the_timeout_has_the_order_all_the_same(
    stage: Stage, client: Client
) -> None:
    await disturbed(stage, "late", LATE_S)
    answer = await client.buy("late")
    assert answer.status_code == 200
    assert answer.json()["status"] in ("pending_new", "new")
    await disturbed(stage, "pass")
    order = await client.becomes("late", "new")
    assert order["id"] == answer.json()["id"]
    assert await updates(stage, order["id"]) == ["new"]


async def test_an_answer_of_the_engine_that_is_lost_is_found_in_its_log(
    stage: Stage, client: Client
) -> None:
    for replica in stage.replicas:
        replica.kept.arm("after_send=unknown")
    answer = await client.buy("lost")
    assert (answer.status_code, answer.json()["status"]) == (200, "new")


async def test_without_a_broker_trading_goes_on_and_the_others_catch_up(
    stage: Stage, client: Client
) -> None:
    await stage.broker_way.become("refuse")
    # The fault of the test before may keep the first attempt out.
    _, order = await client.insists("no-broker")
    await stage.broker_way.become("pass")

    async def recorded() -> bool:
        connection = await asyncpg.connect(stage.database("audit"))
        try:
            found = await connection.fetchval(
                "SELECT count(*) FROM entries WHERE kind = 'order_accepted'"
                " AND data::jsonb->>'order_id' = $1",
                order["id"],
            )
        finally:
            await connection.close()
        assert found <= 1
        return bool(found)

    async with asyncio.timeout(PATIENT_S):
        await until(recorded)


@pytest.mark.parametrize(
    "point",
    [
        pytest.param("before_settle", marks=slow),
        pytest.param("settle_moved", marks=slow),
        "settle_written",
    ],
)
async def test_of_two_settlers_one_is_fenced(stage: Stage, client: Client, point: str) -> None:
    """The first is stopped in the middle of a page, as by a long pause, and goes on when another was elected."""
    first, second = await leader_and_other(stage)
    stage.replicas[first].kept.arm(f"{point}=freeze")
    placing = asyncio.create_task(client.insists(f"fenced-{point}", at=second))
    frozen = stage.replicas[first].kept
    async with asyncio.timeout(PATIENT_S):
        await until(
            lambda: any(a.action == "freeze" and a.pid == frozen.pid for a in frozen.acted())
        )
        await until(stage.cut_lock)
        await until(stage.replicas[second].leads)
    frozen.send(signal.SIGCONT)
    _, order = await placing
    assert await updates(stage, order["id"]) == ["new"]
    async with asyncio.timeout(PATIENT_S):
        await until(lambda: one_leads(stage.replicas))


async def one_leads(replicas: list[Replica]) -> bool:
    return [await replica.leads() for replica in replicas].count(True) == 1


@pytest.mark.parametrize("seconds", [7200, pytest.param(-7200, marks=slow)])
async def test_a_replica_whose_clock_jumps_refuses_and_the_other_goes_on(
    stage: Stage, client: Client, seconds: int
) -> None:
    """What it signs and what it is shown is too old or too new: nothing of it is done, nothing expires by it."""
    settler, other = await leader_and_other(stage)
    resting = await client.insists(f"resting-{seconds}", at=other, time_in_force="day")
    stage.replicas[other].kept.arm(f"wall_clock=shift:{seconds}")
    wrong = await client.buy(f"jump-{seconds}", at=other)
    assert wrong.status_code in (401, 503), wrong.text
    assert await client.find(f"jump-{seconds}", at=settler) is None
    right = await client.buy(f"right-{seconds}", at=settler)
    assert (right.status_code, right.json()["status"]) == (200, "new")
    stage.replicas[other].kept.arm("")
    await client.insists(f"jump-{seconds}", at=other)
    assert (await client.find(f"resting-{seconds}"))["status"] == resting[1]["status"] == "new"


# Slow, since once in three runs the first of these waited out its minute behind the faults before it; why is open.
@pytest.mark.parametrize("seconds", [pytest.param(4, marks=slow), pytest.param(-4, marks=slow)])
async def test_the_engine_comes_back_with_another_clock_and_no_order_expires_by_it(
    stage: Stage, client: Client, seconds: int
) -> None:
    _, order = await client.insists(f"before-{seconds}")
    deaths = stage.engine.deaths
    stage.engine.rules_at_start = f"wall_clock=shift:{seconds}"
    stage.engine.send(signal.SIGKILL)
    await stage.engine.dead(deaths)
    _, after = await client.insists(f"after-{seconds}")
    assert after["status"] == "new"
    assert (await client.find(f"before-{seconds}"))["id"] == order["id"]


async def test_an_engine_without_room_refuses_until_there_is_some(
    stage: Stage, client: Client
) -> None:
    held = await client.held()
    stage.engine.arm("no_room=error")
    refused = await client.buy("full")
    assert (refused.status_code, refused.json()["type"]) == (503, "unavailable")
    assert await client.find("full") is None
    assert await client.held() == held
    stage.engine.arm("")
    await client.insists("full")
    assert await client.held() == held + 1


@pytest.mark.parametrize("point", ["after_fsync", "torn_write"])
async def test_the_engine_dies_and_the_log_decides(
    stage: Stage, client: Client, point: str
) -> None:
    deaths = stage.engine.deaths
    stage.engine.arm(f"{point}={'error' if point == 'torn_write' else 'exit'}")
    said, order = await client.insists(f"engine-{point}")
    assert stage.engine.deaths > deaths
    assert await updates(stage, order["id"]) == ["new"]
    assert said


async def test_a_full_volume_of_the_engine_refuses_until_there_is_room(
    stage: Stage, client: Client, volume: Path | None
) -> None:
    if volume is None:
        pytest.skip("no volume can be mounted here; the failpoint of a full one is tried above")
    filler = volume / "filler"
    await asyncio.to_thread(fill, filler)
    names = iter(range(10_000))
    accepted: list[str] = []
    while (answer := await client.buy(f"filling-{(n := next(names))}")).is_success:
        assert answer.json()["status"] == "new"
        accepted.append(f"filling-{n}")
    assert (answer.status_code, answer.json()["type"]) == (503, "unavailable")
    assert await client.find(f"filling-{n}") is None
    filler.unlink()
    _, order = await client.insists(f"filling-{n}")
    assert order["status"] == "new"
    for name in accepted[-3:]:
        assert (await client.find(name))["status"] == "new"


def fill(file: Path) -> None:
    """Leave no room on the file's volume."""
    with file.open("wb", buffering=0) as filling:
        for size in (1024 * 1024, 4096):
            with contextlib.suppress(OSError):
                while True:
                    filling.write(b"x" * size)


async def test_a_database_that_forgets_what_it_did_not_write_settles_it_again(
    stage: Stage, client: Client
) -> None:
    """Settlement does not wait for the disk. After a crash its cursor goes back, and the log has what is missing."""
    others = [*stage.watchers, stage.auth, *(replica.kept for replica in stage.replicas)]
    async with asyncio.timeout(PATIENT_S):
        # Whoever else commits would write what settlement left to be written.
        for kept in (*stage.watchers, stage.auth):
            kept.send(signal.SIGSTOP)
        writer = await backend_of(stage, "walwriter")
        os.kill(writer, signal.SIGSTOP)
        try:
            answer = await client.buy("forgotten")
            assert (answer.status_code, answer.json()["status"]) == (200, "new")
            settled = await settled_to(stage)
            for kept in others:
                kept.send(signal.SIGSTOP)
            await stage.postgres.stop(signal.SIGKILL)
        finally:
            os.kill(writer, signal.SIGKILL)
        stage.postgres.go()
        await stage.postgres.ready.wait()
        again = await settled_to(stage)
        assert again < settled
        confirmed = await confirmed_by_trading(stage)
        assert confirmed <= again, "the engine might have deleted what must be settled again"
        for kept in others:
            kept.send(signal.SIGCONT)
    order = await client.becomes("forgotten", "new")
    assert order["id"] == answer.json()["id"]
    assert await updates(stage, order["id"]) == ["new"]


async def backend_of(stage: Stage, kind: str) -> int:
    """The id of one of the database's own processes."""
    connection = await asyncpg.connect(stage.admin_database())
    try:
        return int(
            await connection.fetchval(
                "SELECT pid FROM pg_stat_activity WHERE backend_type = $1", kind
            )
        )
    finally:
        await connection.close()


async def settled_to(stage: Stage) -> int:
    connection = await asyncpg.connect(stage.database("trading"))
    try:
        return int(await connection.fetchval("SELECT sequence FROM settlement"))
    finally:
        await connection.close()


async def confirmed_by_trading(stage: Stage) -> int:
    """Up to where the engine thinks that trading needs nothing more."""
    headers = stage.keys.headers("verify", "matching-engine", "engine:read")
    async with httpx.AsyncClient(headers=headers) as http:
        readers = (await http.get(f"{stage.engine_url}/v1/readers")).json()["readers"]
    return int(readers.get("trading", 0))
