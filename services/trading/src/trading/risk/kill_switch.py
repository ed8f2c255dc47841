"""The kill switch: no more orders of an account, of a symbol, or of anybody, and those that are open go.

It is pulled in one transaction that holds alone the lock which every transaction that takes orders holds shared. So
when it has the lock, the orders of all who did not see it are committed, and it stores a cancel for each of them: one
command for all that rest in the engine, and one more for each whose own fate is not known yet: exits that wait, too.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from chassis.database import ReadConnection, WriteConnection
from trading.engine import commands

LOCK = 7203117
"""As in the function `order_obstacles` of migration 0004."""

_TAKE_LOCK = text(f"SELECT pg_advisory_xact_lock({LOCK})")
_SET = text(
    "INSERT INTO halts (scope, target, reason, set_by, set_at)"
    " VALUES (:scope, :target, :reason, :set_by, :set_at)"
    " ON CONFLICT (scope, target) DO UPDATE"
    " SET reason = :reason, set_by = :set_by, set_at = :set_at"
)
_LIFT = text("DELETE FROM halts WHERE scope = :scope AND target = :target RETURNING scope")
_LIST = (
    "SELECT scope, target, reason, set_by, set_at FROM halts WHERE (scope, target) > (:scope, :target)"
    " ORDER BY scope, target LIMIT :limit"
)
_SYMBOLS = text("SELECT symbol FROM assets WHERE active ORDER BY symbol")
_INSERT = text(
    "INSERT INTO commands (id, kind, order_id, payload, attempts)"
    " VALUES (:id, :kind, :order_id, :payload, 0)"
)
_IN_SCOPE = {
    "all": "true",
    "account": "o.account_id = CAST(:target AS uuid)",
    "symbol": "o.symbol = :target",
}
# Whatever is undecided has a command; a pair's stop loss has its take profit's. Exits may come into the engine behind
# the cancel of all, when their entry has just filled; of two linked ones, one takes the other with it.
_UNDECIDED = (
    "SELECT o.id, o.account_id FROM commands c JOIN orders o ON o.id = c.order_id OR o.parent_id = c.order_id"
    " WHERE c.kind IN ('place', 'place_pair', 'replace') AND o.status = 'pending_new' AND {scope}"
    " AND NOT EXISTS (SELECT FROM commands x WHERE x.order_id = o.id AND x.kind = 'cancel')"
    " UNION SELECT o.id, o.account_id FROM orders o"
    " WHERE o.is_open AND o.status = 'held' AND (o.partner_id IS NULL OR o.exit = 'take_profit') AND {scope}"
    " AND NOT EXISTS (SELECT FROM commands x WHERE x.order_id = o.id AND x.kind = 'cancel')"
)
_OPEN_LEFT = "SELECT count(*) FROM orders o WHERE o.is_open AND {scope}"


@dataclass(frozen=True, slots=True)
class Halt:
    """`target` is an account's id, a symbol, or empty for all."""

    scope: str
    target: str
    reason: str
    set_by: UUID
    set_at: datetime

    def document(self) -> dict[str, Any]:
        return {
            "scope": self.scope,
            "target": self.target or None,
            "reason": self.reason,
            "set_by": self.set_by,
            "set_at": self.set_at,
        }


async def pull(connection: WriteConnection, halt: Halt) -> None:
    """In force with the commit: for every transaction that takes orders after it, in every replica."""
    await connection.execute(_TAKE_LOCK)
    await connection.execute(
        _SET,
        {
            "scope": halt.scope,
            "target": halt.target,
            "reason": halt.reason,
            "set_by": halt.set_by,
            "set_at": halt.set_at,
        },
    )
    await cancel_all_in(connection, halt.scope, halt.target)


async def lift(connection: WriteConnection, scope: str, target: str) -> bool:
    """Whether there was one."""
    values = {"scope": scope, "target": target}
    return (await connection.execute(_LIFT, values)).one_or_none() is not None


async def cancel_all_in(connection: WriteConnection, scope: str, target: str) -> None:
    """Store the cancels of everything in scope; the settler sends them."""
    undecided = text(_UNDECIDED.format(scope=_IN_SCOPE[scope]))
    values = {} if scope == "all" else {"target": target}
    for row in (await connection.execute(undecided, values)).all():
        command_id = uuid4()
        payload = commands.cancel(command_id, row.id, row.account_id, None)
        await _store(connection, command_id, "cancel", payload, row.id)
    for symbol in await _symbols(connection, scope, target):
        command_id = uuid4()
        account_id = UUID(target) if scope == "account" else None
        payload = commands.cancel_all(command_id, account_id=account_id, symbol=symbol)
        await _store(connection, command_id, "cancel_all", payload, None)


async def open_left(connection: ReadConnection, scope: str, target: str) -> int:
    """Open orders in scope."""
    statement = text(_OPEN_LEFT.format(scope=_IN_SCOPE[scope]))
    values = {} if scope == "all" else {"target": target}
    return int((await connection.execute(statement, values)).scalar_one())


async def halts_after(connection: ReadConnection, after: tuple[str, str], limit: int) -> list[Halt]:
    """A page of those in force, by scope and target."""
    values = {"scope": after[0], "target": after[1], "limit": limit}
    rows = await connection.execute(text(_LIST), values)
    return [Halt(*row) for row in rows]


async def _symbols(connection: WriteConnection, scope: str, target: str) -> list[str | None]:
    if scope == "account":
        return [None]
    if scope == "symbol":
        return [target]
    return [row.symbol for row in await connection.execute(_SYMBOLS)]


async def _store(
    connection: WriteConnection, command_id: UUID, kind: str, payload: bytes, order_id: UUID | None
) -> None:
    values = {"id": command_id, "kind": kind, "order_id": order_id, "payload": payload.decode()}
    await connection.execute(_INSERT, values)
