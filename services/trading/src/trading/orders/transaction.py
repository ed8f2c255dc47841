"""The statements of the gate's transaction, each for the whole batch."""

from uuid import UUID

import asyncpg

from trading.domain.ledger import BalanceKey, Ledger, Leg
from trading.domain.states import CLOSED, Status
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
_ASK_FOR_PLACE = """
INSERT INTO orders (id, account_id, client_order_id, symbol, side, order_type, time_in_force, engine_price,
    qty, maker_fee_rate, taker_fee_rate, status, hold, submitted_at, updated_at)
VALUES (gen_random_uuid(), $1, $2, '', 'buy', 'limit', 'day', 1, 1, 0, 0, 'pending_new', 0, now(), now())
ON CONFLICT (account_id, client_order_id) DO NOTHING
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

    A cancel of an order whose own fate is not known yet is stored, and sent by the settler once it is. While one
    is undecided, a repeat adds nothing: it waits for the same decision.
    """
    if not cancels:
        return {}
    rows = await connection.fetch(
        "SELECT id, account_id, status, EXISTS (SELECT 1 FROM commands c"
        " WHERE c.order_id = orders.id AND c.kind = 'cancel') AS canceling"
        " FROM orders WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE",
        list({each.order_id for each in cancels}),
    )
    orders = {row["id"]: row for row in rows}
    decisions: dict[UUID, CancelDecision] = {}
    commands = []
    pending: set[UUID] = set()
    canceling = {row["id"] for row in rows if row["canceling"]}
    for each in cancels:
        row = orders.get(each.order_id)
        if row is None or row["account_id"] != each.account_id:
            decisions[each.command_id] = UnknownOrder()
            continue
        status = Status(row["status"])
        if status in CLOSED:
            decisions[each.command_id] = NotCancelable(status)
            continue
        if each.order_id in canceling:
            decisions[each.command_id] = Stored(sent=False)
            continue
        canceling.add(each.order_id)
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


async def await_writers(
    connection: asyncpg.Connection, account_id: UUID, client_order_id: str
) -> None:
    """Wait for whoever, in any replica, is just writing an order with this id: ask for its place, and give it back."""
    running = connection.transaction()
    await running.start()
    try:
        await connection.execute(_ASK_FOR_PLACE, account_id, client_order_id)
    finally:
        await running.rollback()


async def undo(connection: asyncpg.Connection, order_id: UUID, command_id: UUID) -> bool:
    """Take back an order whose only attempt was refused before journalling. False: it may have been sent again.

    The command row decides between this and the settler's resubmission: whoever locks it first.
    """
    async with connection.transaction():
        # Orders before commands before balances: the order in which settlement locks them.
        await connection.execute("SELECT FROM orders WHERE id = $1 FOR UPDATE", order_id)
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
