"""What must hold after the faults: every word that was told, and every invariant of every service."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import httpx

from chassis.clock import SystemClock
from chassis.event_log.source import LogSource
from chassis.identity.service_tokens import ServiceTokenSigner
from faultrun.stage import Stage

PAGE = 10_000
UNDECIDED = ("pending_new", "pending_cancel", "pending_replace")


@dataclass(slots=True)
class Told:
    """How often the engine's log holds each thing."""

    accepted: Counter[str] = field(default_factory=Counter)
    """Orders by id, also those that came about by a replacement."""
    cancelled: Counter[str] = field(default_factory=Counter)
    client_order_ids: Counter[str] = field(default_factory=Counter)
    replaced: Counter[str] = field(default_factory=Counter)
    """Orders whose place another one took."""
    rejected: set[str] = field(default_factory=set)

    def take(self, kind: str, data: Mapping[str, Any]) -> None:
        match kind:
            case "order_accepted":
                self.accepted[data["order_id"]] += 1
                self.client_order_ids[data["client_order_id"]] += 1
            case "order_replaced":
                self.accepted[data["new_order_id"]] += 1
                self.replaced[data["order_id"]] += 1
                if "client_order_id" in data:
                    self.client_order_ids[data["client_order_id"]] += 1
            case "order_cancelled":
                self.cancelled[data["order_id"]] += 1
            case "order_rejected":
                self.rejected.add(data["order_id"])


@dataclass(frozen=True, slots=True)
class Row:
    """An order of the ledger."""

    client_order_id: str
    status: str


@dataclass(slots=True)
class Verdict:
    """Sentences: one for each thing that is not as it was promised."""

    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not (self.lost or self.duplicated or self.violations)


async def judge(stage: Stage, notes: Iterable[Mapping[str, Any]]) -> Verdict:
    """Hold everything that the clients noted against the engine's log and the ledger, and run every check."""
    verdict = Verdict()
    connection = await asyncpg.connect(stage.database("trading"))
    try:
        verdict.violations += await undecided(connection)
        ledger = await read_ledger(connection)
        deposits = {str(row["id"]) for row in await connection.fetch("SELECT id FROM transfers")}
    finally:
        await connection.close()
    told = await read_log(stage)
    compare(notes, told, ledger, deposits, verdict)
    verdict.violations += await asyncio.to_thread(invariants, stage)
    return verdict


async def undecided(connection: asyncpg.Connection) -> list[str]:
    """Whatever still has no fate, when everybody has come to rest. Waits as long as that may take."""
    question = (
        "SELECT 'order ' || id || ' is ' || status FROM orders WHERE status = ANY($1::text[])"
        " UNION ALL SELECT kind || ' command of order ' || coalesce(order_id::text, '-') FROM commands"
    )
    left: list[str] = []
    # The end of a session, asked for again, is decided when the engine has forgotten the first one: after a minute.
    for _ in range(1200):
        left = [row[0] for row in await connection.fetch(question, list(UNDECIDED))]
        if not left:
            return []
        await asyncio.sleep(0.1)
    return [f"without a fate: {each}" for each in left]


async def read_ledger(connection: asyncpg.Connection) -> dict[str, Row]:
    rows = await connection.fetch("SELECT id, client_order_id, status FROM orders")
    return {str(row["id"]): Row(row["client_order_id"], row["status"]) for row in rows}


async def read_log(stage: Stage) -> Told:
    """The whole log of the engine, as any consumer reads it."""
    signer = ServiceTokenSigner("verify", stage.keys.private_key("verify"), SystemClock())
    told, after = Told(), 0
    async with httpx.AsyncClient(timeout=30) as client:
        source = LogSource(
            client, stage.engine_url, signer, audience="matching-engine", scope="engine:read"
        )
        while (page := await source.read(after, limit=PAGE)).events:
            after = page.events[-1].sequence
            for event in page.events:
                told.take(event.kind, event.data)
    return told


def compare(
    notes: Iterable[Mapping[str, Any]],
    told: Told,
    ledger: Mapping[str, Row],
    deposits: set[str],
    verdict: Verdict,
) -> None:
    """Pure: every note against the log and the ledger, and the log against the notes."""
    known: set[str] = set()
    refused: set[str] = set()
    for note in notes:
        status = note["status"]
        match note["kind"]:
            case "place" | "replace" if status in ("refused", "undone"):
                refused.add(note["client_order_id"])
            case "place" | "replace":
                known.add(note["client_order_id"])
                _order(note, told, ledger, verdict)
            case "cancel" if status == "canceled":
                _cancel(note, told, ledger, verdict)
            case "deposit" if note["transfer_id"] not in deposits:
                verdict.lost.append(f"deposit {note['transfer_id']} was acknowledged")
    names = {row.client_order_id: order_id for order_id, row in ledger.items()}
    for name, times in told.client_order_ids.items():
        if times > 1:
            verdict.duplicated.append(f"{name} is in the log {times} times")
        if name in refused - known:
            verdict.duplicated.append(
                f"{name} is in the log, and its client was told that it is not"
            )
    for name in refused - known:
        if name in names and ledger[names[name]].status != "rejected":
            verdict.duplicated.append(
                f"{name} is in the ledger, and its client was told that it is not"
            )
    for what in ("accepted", "cancelled", "replaced"):
        for order_id, times in getattr(told, what).items():
            if times > 1:
                verdict.duplicated.append(f"order {order_id} was {what} {times} times")


def _order(
    note: Mapping[str, Any], told: Told, ledger: Mapping[str, Row], verdict: Verdict
) -> None:
    order_id, status = note["order_id"], note["status"]
    said = (
        f"{note['kind']} of {note['client_order_id']} was acknowledged as {status} ({note['how']})"
    )
    row = ledger.get(order_id)
    if row is None or row.client_order_id != note["client_order_id"]:
        verdict.lost.append(f"{said}, and the ledger has {row}")
        return
    if status == "rejected":
        if told.accepted[order_id]:
            verdict.duplicated.append(f"{said}, and the log accepted it")
        return
    if not told.accepted[order_id] or row.status == "rejected":
        verdict.lost.append(
            f"{said}; accepted {told.accepted[order_id]} times, the ledger has {row}"
        )
    if note["kind"] == "replace" and note["replaces"] and not told.replaced[note["replaces"]]:
        verdict.lost.append(f"{said}, and {note['replaces']} was never replaced")


def _cancel(
    note: Mapping[str, Any], told: Told, ledger: Mapping[str, Row], verdict: Verdict
) -> None:
    order_id = note["order_id"]
    row = ledger.get(order_id)
    said = f"cancel of {order_id} was acknowledged ({note['how']})"
    if row is None or row.status != "canceled":
        verdict.lost.append(f"{said}, and the ledger has {row}")
    elif told.accepted[order_id] and not told.cancelled[order_id]:
        verdict.lost.append(f"{said}, and the log does not hold it")


def invariants(stage: Stage) -> list[str]:
    """Run what `make verify` runs, against these processes."""
    environment = stage.verify_environment()
    checks = {
        "trading": (("trading", "verify"), {"DATABASE_URL": stage.database("trading")}),
        "market data": (("market_data", "verify"), {"DATABASE_URL": stage.database("market_data")}),
        "audit log": (("audit_log", "verify"), {"DATABASE_URL": stage.database("audit")}),
        "across services": (("tests.verify",), {}),
    }
    violations = []
    for name, (command, more) in checks.items():
        done = subprocess.run(
            [sys.executable, "-m", *command],
            env=environment | more,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            violations.append(f"{name}: {done.stdout}{done.stderr}")
    return violations


def engine_replays(stage: Stage) -> list[str]:
    """Replay the journal of the engine, which has stopped, and compare every event."""
    done = subprocess.run(
        [str(stage.binary), "verify", str(stage.engine_data)],
        capture_output=True,
        text=True,
        check=False,
    )
    return [] if done.returncode == 0 else [f"engine: {done.stdout}{done.stderr}"]
