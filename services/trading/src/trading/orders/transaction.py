"""The statements of the gate's transaction, each for the whole batch."""

from uuid import UUID

import asyncpg

from trading.domain.ledger import BalanceKey, Ledger, Leg
from trading.domain.order import CLOSED, Status
from trading.orders.decisions import (
    CancelDecision,
    Duplicate,
    IdJustFreed,
    Insufficient,
    NotCancelable,
    PlaceDecision,
    Stored,
    UnknownOrder,
)
from trading.orders.waiting import Cancellation, Placement
from trading.records import INSERT_ORDERS, as_json, lock_balances, order_row, write_ledger

_INSERT_COMMANDS = """
INSERT INTO commands (id, kind, order_id, payload, expires_at_ns, attempts)
SELECT id, kind, order_id, payload, expires_at_ns, attempts FROM json_to_recordset($1::json) AS new
    (id uuid, kind text, order_id uuid, payload text, expires_at_ns bigint, attempts int)
"""
_EXISTING = """
SELECT orders.id, new.id AS new_id
FROM orders JOIN json_to_recordset($1::json) AS new (id uuid, account_id uuid, client_order_id text)
    USING (account_id, client_order_id)
"""


async def write_placements(
    connection: asyncpg.Connection, placements: list[Placement]
) -> dict[UUID, PlaceDecision]:
    """Orders, holds and commands of those that can be; a decision for each, by command id."""
    if not placements:
        return {}
    decisions: dict[UUID, PlaceDecision] = {}
    rows = [order_row(each.order) for each in placements]
    inserted = {r["id"] for r in await connection.fetch(INSERT_ORDERS, as_json(rows))}
    stored = [each for each in placements if each.order.id in inserted]
    keys: list[BalanceKey] = [(p.order.account_id, p.order.hold_asset) for p in stored]
    ledger = await lock_balances(connection, keys) if keys else Ledger({})
    accepted: list[Placement] = []
    refused: list[Placement] = []
    for each in stored:
        decision = _hold(ledger, each)
        decisions[each.command_id] = decision
        (accepted if isinstance(decision, Stored) else refused).append(each)
    if refused:
        await connection.execute(
            "DELETE FROM orders WHERE id = ANY($1::uuid[])", [each.order.id for each in refused]
        )
    if accepted:
        await write_ledger(connection, ledger)
        commands = [_command("place", each, each.order.id, 1) for each in accepted]
        await connection.execute(_INSERT_COMMANDS, as_json(commands))
    if len(stored) < len(placements):
        duplicates = [each for each in placements if each.order.id not in inserted]
        decisions.update(await _duplicates(connection, duplicates))
    return decisions


async def write_cancels(
    connection: asyncpg.Connection, cancels: list[Cancellation]
) -> dict[UUID, CancelDecision]:
    """Cancel commands for open orders of the right account; a decision for each, by command id.

    A cancel of an order whose own fate is not known yet is stored, and sent by the settler once it is.
    """
    if not cancels:
        return {}
    rows = await connection.fetch(
        "SELECT id, account_id, status FROM orders WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE",
        list({each.order_id for each in cancels}),
    )
    orders = {row["id"]: row for row in rows}
    decisions: dict[UUID, CancelDecision] = {}
    commands = []
    pending: set[UUID] = set()
    for each in cancels:
        row = orders.get(each.order_id)
        if row is None or row["account_id"] != each.account_id:
            decisions[each.command_id] = UnknownOrder()
            continue
        status = Status(row["status"])
        if status in CLOSED:
            decisions[each.command_id] = NotCancelable(status)
            continue
        known = status is not Status.PENDING_NEW
        if known:
            pending.add(each.order_id)
        decisions[each.command_id] = Stored(sent=known)
        commands.append(_command("cancel", each, each.order_id, 1 if known else 0))
    if pending:
        await connection.execute(
            "UPDATE orders SET status = 'pending_cancel', updated_at = now()"
            " WHERE id = ANY($1::uuid[])",
            list(pending),
        )
    if commands:
        await connection.execute(_INSERT_COMMANDS, as_json(commands))
    return decisions


async def undo(connection: asyncpg.Connection, order_id: UUID, command_id: UUID) -> bool:
    """Take back an order whose only attempt was refused before journalling. False: it may have been sent again.

    The command row decides between this and the settler's resubmission: whoever locks it first.
    """
    async with connection.transaction():
        deleted = await connection.execute(
            "DELETE FROM commands WHERE id = $1 AND attempts = 1", command_id
        )
        if deleted != "DELETE 1":
            return False
        row = await connection.fetchrow(
            "DELETE FROM orders WHERE id = $1 RETURNING account_id, side, symbol, hold", order_id
        )
        assert row is not None, "an undecided place command without its order"
        asset = "USD" if row["side"] == "buy" else row["symbol"]
        account_id = UUID(int=row["account_id"].int)
        ledger = await lock_balances(connection, [(account_id, asset)])
        leg = Leg(account_id, asset, row["hold"], -row["hold"])
        ledger.post("release", order_id, [leg])
        await write_ledger(connection, ledger)
        await connection.execute(
            "DELETE FROM commands WHERE order_id = $1 AND kind = 'cancel'", order_id
        )
    return True


def _hold(ledger: Ledger, placement: Placement) -> PlaceDecision:
    order = placement.order
    balance = ledger.balance(order.account_id, order.hold_asset)
    if balance.available < order.hold:
        return Insufficient(order.hold_asset, order.hold, balance.available, balance.total)
    leg = Leg(order.account_id, order.hold_asset, -order.hold, order.hold)
    ledger.post("hold", order.id, [leg])
    return Stored()


async def _duplicates(
    connection: asyncpg.Connection, placements: list[Placement]
) -> dict[UUID, PlaceDecision]:
    wanted = [
        {
            "id": each.order.id,
            "account_id": each.order.account_id,
            "client_order_id": each.order.client_order_id,
        }
        for each in placements
    ]
    rows = await connection.fetch(_EXISTING, as_json(wanted))
    existing = {row["new_id"]: UUID(int=row["id"].int) for row in rows}
    # The order in the way may have been taken back meanwhile, and its id is free again.
    return {
        each.command_id: Duplicate(existing[each.order.id])
        if each.order.id in existing
        else IdJustFreed()
        for each in placements
    }


def _command(
    kind: str, request: Placement | Cancellation, order_id: UUID, attempts: int
) -> dict[str, object]:
    return {
        "id": request.command_id,
        "kind": kind,
        "order_id": order_id,
        "payload": request.payload.decode(),
        "expires_at_ns": getattr(request, "expires_at_ns", None),
        "attempts": attempts,
    }
