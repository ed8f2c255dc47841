"""One replay from start to end, and what it found: the body of `make demo`.

Other programs (the fault tests) call `replay` with hooks of their own and read the record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from replay.accounts import assign, needs
from replay.capture import LOTS_PER_UNIT, TICKS_PER_UNIT
from replay.compare import Comparison, compare, read_all_fills, read_prints
from replay.drive import Drive, Hook, drive
from replay.figures import percentile_ms
from replay.gateway import Gateway, PatienceExhausted, Refused
from replay.plan import Plan
from replay.platform import Verdict
from replay.session import Session
from replay.venue import Admin, Venue, open_venue


@dataclass(frozen=True, slots=True)
class Options:
    """How a plan is replayed. `patience_seconds` bounds the wait for any one command's fate."""

    accounts: int = 16
    in_flight: int = 64
    patience_seconds: float = 120.0


@dataclass(frozen=True, slots=True)
class Replay:
    """A finished replay: its record, and its trades held against the expected ones."""

    plan: Plan
    options: Options
    symbol: str
    record: Drive
    comparison: Comparison
    answers: Mapping[str, int]

    def figures(self) -> dict[str, Any]:
        """The figures of the run; `orders` and `cancels` are those that the platform took."""
        placed = [one for one in self.record.placed.values() if one.accepted]
        cancelled = [one for one in self.record.cancelled.values() if one.accepted]
        order_seconds = [one.seconds for one in placed]
        every_second = order_seconds + [one.seconds for one in cancelled]
        elapsed = self.record.seconds or 1e-9
        return {
            "symbol": self.symbol,
            "orders": len(placed),
            "orders_sent": self.plan.orders,
            "cancels": len(cancelled),
            "cancels_sent": self.plan.cancels,
            "rejects": len(self.record.refused()),
            "looked_up": sum(one.how == "look-up" for one in self.record.acknowledged()),
            "trades_expected": self.comparison.expected,
            "trades_matching_capture": self.comparison.matching,
            "trade_differences": len(self.comparison.differences),
            "seconds": round(self.record.seconds, 3),
            "orders_per_s": round(len(placed) / elapsed, 1),
            "commands_per_s": round((len(placed) + len(cancelled)) / elapsed, 1),
            "p50_ms": percentile_ms(every_second, 50),
            "p99_ms": percentile_ms(every_second, 99),
            "orders_p50_ms": percentile_ms(order_seconds, 50),
            "orders_p99_ms": percentile_ms(order_seconds, 99),
            "accounts": self.options.accounts,
            "in_flight": self.options.in_flight,
            "answers_by_status": dict(self.answers),
        }


async def replay(
    plan: Plan,
    gateway_url: str,
    admin: Admin,
    options: Options = Options(),
    *,
    hooks: Mapping[int, Hook] | None = None,
    on_ready: Callable[[Venue], None] = lambda _: None,
    on_answer: Callable[[Drive], None] = lambda _: None,
    record: Drive | None = None,
) -> Replay:
    """Replay a plan on a running platform with a new asset and new accounts, and compare trades.

    `hooks` as in `drive`. Raises Refused when the platform does not let the run be prepared, and
    an ExceptionGroup with PatienceExhausted when a command's fate stays unknown.
    """
    assigned = assign(plan, options.accounts)
    # Market data is asked from a little before the start: clocks of one machine, but two readings.
    start = (datetime.now(UTC) - timedelta(minutes=1)).isoformat().replace("+00:00", "Z")
    async with Gateway(gateway_url, connections=options.in_flight + 8) as gateway:
        venue = await open_venue(
            gateway,
            admin,
            needs(plan, assigned, options.accounts),
            price_increment=Decimal(1) / TICKS_PER_UNIT,
            quantity_increment=Decimal(1) / LOTS_PER_UNIT,
            patience_seconds=options.patience_seconds,
        )
        on_ready(venue)
        done = await drive(
            plan,
            venue,
            assigned,
            in_flight=options.in_flight,
            hooks=hooks,
            on_answer=on_answer,
            record=record,
        )
        fills = await read_all_fills(venue.traders, venue.symbol)
        prints = await read_prints(
            venue.traders[0].session, venue.symbol, start, at_least=len(plan.trades)
        )
        return Replay(
            plan=plan,
            options=options,
            symbol=venue.symbol,
            record=done,
            comparison=compare(plan.trades, fills, prints, done.capture_ids()),
            answers=dict(gateway.statuses),
        )


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """Whether the audit log's chain is proved, and who proved it or why not."""

    intact: bool
    sentence: str


async def verify_audit(gateway_url: str, admin: Admin, checks: Verdict) -> AuditVerdict:
    """Ask the audit log to prove its chain while we wait.

    A chain that is too long for one request was walked all the same by the audit log's own check
    among `checks`, which has no deadline.
    """
    async with Gateway(gateway_url, connections=1, timeout=120.0) as gateway:
        session = Session(gateway, admin.username, admin.password, patience_seconds=5.0)
        try:
            said = await session.insist("GET", "/v1/audit/verify")
        except (Refused, PatienceExhausted) as error:
            if "audit-log" in checks.holding:
                return AuditVerdict(True, f"verified by its own check, since {error}")
            return AuditVerdict(False, f"NOT verified: {error}")
    if said["verified"] is not True:
        return AuditVerdict(False, f"BROKEN at entry {said['broken_at']}: it {said['reason']}")
    return AuditVerdict(True, f"verified, {said['entries']:,} entries, head {said['head']}")
