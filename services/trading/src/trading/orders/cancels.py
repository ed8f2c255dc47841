"""Cancels in the gate's transaction: which orders can be canceled, and what is stored for each."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import asyncpg

from trading.domain.states import CLOSED, Status
from trading.engine import commands as engine_commands
from trading.orders.decisions import Decision, NotNow, Stored, UnknownOrder
from trading.orders.stored_commands import command_row
from trading.orders.waiting import Cancellation

# With the open orders that they are linked to, in settlement's order: a cancel of an exit goes to its entry.
_LOCK = """
SELECT id, account_id, status, parent_id, EXISTS (
    SELECT 1 FROM commands c WHERE c.order_id = orders.id AND c.kind = 'cancel') AS canceling
FROM orders
WHERE id = ANY($1::uuid[]) OR (is_open
    AND group_id = ANY(ARRAY(
        SELECT group_id FROM orders WHERE id = ANY($1::uuid[]) AND group_id IS NOT NULL)))
ORDER BY id FOR UPDATE
"""
_MARK = """
UPDATE orders SET status = 'pending_cancel', updated_at = now() WHERE id = ANY($1::uuid[])
"""
_CANCELING = "SELECT order_id FROM commands WHERE order_id = ANY($1::uuid[]) AND kind = 'cancel'"


@dataclass(slots=True)
class Found:
    """An order as it is locked."""

    account_id: UUID
    status: Status
    parent_id: UUID | None
    canceling: bool


async def lock(connection: asyncpg.Connection, ids: set[UUID]) -> dict[UUID, Found]:
    """These orders, and the open ones that they are linked to."""
    rows = await connection.fetch(_LOCK, list(ids))
    return {
        row["id"]: Found(
            row["account_id"], Status(row["status"]), row["parent_id"], row["canceling"]
        )
        for row in rows
    }


async def write(
    connection: asyncpg.Connection,
    cancels: list[Cancellation],
    found: dict[UUID, Found],
    decisions: dict[UUID, Decision],
    commands: list[dict[str, object]],
) -> None:
    """A decision for each, by command id, and the commands to store.

    A cancel of an order whose own fate is not known yet is stored, and sent by the settler once it is. While one
    is undecided, a repeat adds nothing: it waits for the same decision. The cancel of an exit goes to its entry, and a
    second one waits for the exit itself, should the entry fill first.
    """
    pending: list[UUID] = []
    for each in cancels:
        decision, target = _decide(each, found)
        decisions[each.command_id] = decision
        if isinstance(decision, Stored):
            commands += _until_placed(each, found[each.order_id])
        if target is None:
            continue
        order_id, order = target
        order.canceling = True
        assert isinstance(decision, Stored)
        if decision.sent:
            pending.append(order_id)
            order.status = Status.PENDING_CANCEL
        if order_id != each.order_id:
            each.payload = engine_commands.cancel(
                each.command_id, order_id, each.account_id, each.trace
            )
        commands.append(
            command_row("cancel", each.command_id, order_id, each.payload, int(decision.sent))
        )
    if pending:
        await connection.execute(_MARK, pending)


def _until_placed(cancel: Cancellation, order: Found) -> list[dict[str, object]]:
    """For an exit that waits: a cancel that the settler sends when it is in the engine, or gone."""
    if order.status is not Status.HELD or order.canceling:
        return []
    order.canceling = True
    command_id = uuid4()
    payload = engine_commands.cancel(command_id, cancel.order_id, cancel.account_id, cancel.trace)
    return [command_row("cancel", command_id, cancel.order_id, payload, 0)]


def _decide(
    cancel: Cancellation, found: dict[UUID, Found]
) -> tuple[Stored | UnknownOrder | NotNow, tuple[UUID, Found] | None]:
    """With the order to which the command goes, if one is to be stored."""
    order_id, order = cancel.order_id, found.get(cancel.order_id)
    if order is None or order.account_id != cancel.account_id:
        return UnknownOrder(), None
    if order.status is Status.HELD and order.parent_id is not None:
        # An exit stands and falls with its entry.
        entry = found.get(order.parent_id)
        assert entry is not None, f"exit {order_id} waits for an entry that is closed"
        order_id, order = order.parent_id, entry
    if order.status in CLOSED or order.status is Status.PENDING_REPLACE:
        return NotNow(order.status), None
    if order.canceling:
        return Stored(sent=False), None
    return Stored(sent=order.status is not Status.PENDING_NEW), (order_id, order)


async def waiting(
    connection: asyncpg.Connection, order_ids: list[UUID], account_id: UUID, trace: str | None
) -> list[dict[str, object]]:
    """Cancels that the settler sends when the fate of these orders is known, where there is none yet."""
    rows = await connection.fetch(_CANCELING, order_ids)
    canceling = {row["order_id"] for row in rows}
    made = []
    for order_id in order_ids:
        if order_id not in canceling:
            command_id = uuid4()
            payload = engine_commands.cancel(command_id, order_id, account_id, trace)
            made.append(command_row("cancel", command_id, order_id, payload, 0))
    return made
