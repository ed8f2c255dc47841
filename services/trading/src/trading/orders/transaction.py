"""The gate's transaction: a batch of requests of every kind, in as few statements as its kinds need.

The order is that of settlement, so that neither waits for the other in a circle: orders are locked (all at once, by
id), then orders are inserted, then balances are locked.
"""

from dataclasses import dataclass, field
from uuid import UUID

import asyncpg

from trading.domain.ledger import BalanceKey, Ledger, Leg
from trading.domain.order import Order
from trading.domain.states import Status
from trading.orders import cancels, replacements
from trading.orders.decisions import (
    Decision,
    Duplicate,
    IdJustFreed,
    Insufficient,
    PlaceDecision,
    Stored,
    Swept,
    TooManyOpen,
)
from trading.orders.stored_commands import INSERT_COMMANDS, command_row
from trading.orders.waiting import Cancellation, Placement, Replacement, Request, Sweep
from trading.records import INSERT_ORDERS, as_json, lock_balances, order_row, write_ledger
from trading.risk.obstacles import read_obstacles
from trading.risk.open_orders import OpenOrders

_EXISTING = """
SELECT orders.id, new.id AS new_id
FROM orders JOIN json_to_recordset($1::json) AS new (id uuid, account_id uuid, client_order_id text)
    USING (account_id, client_order_id)
"""
# The plan follows the partial index of open orders. Those in the gate of another replica are not open yet.
_OPEN_OF_ACCOUNT = """
SELECT id, status FROM orders
WHERE account_id = $1 AND ($2::text IS NULL OR symbol = $2)
    AND is_open
ORDER BY submitted_at DESC, id DESC
"""
_DELETE = "DELETE FROM orders WHERE id = ANY($1::uuid[])"


@dataclass(slots=True)
class Batch:
    """The requests of one transaction by kind, and what was decided about each, by command id."""

    places: list[Placement] = field(default_factory=list)
    replaces: list[Replacement] = field(default_factory=list)
    cancels: list[Cancellation] = field(default_factory=list)
    sweeps: list[Sweep] = field(default_factory=list)
    decisions: dict[UUID, Decision] = field(default_factory=dict)
    commands: list[dict[str, object]] = field(default_factory=list)

    def add(self, request: Request) -> None:
        match request:
            case Placement():
                self.places.append(request)
            case Cancellation():
                self.cancels.append(request)
            case Replacement():
                self.replaces.append(request)
            case Sweep():
                self.sweeps.append(request)


async def lock_and_cancel(connection: asyncpg.Connection, batch: Batch) -> None:
    """The first half: everything that existing orders are locked for."""
    if not batch.cancels and not batch.replaces:
        return
    wanted = {each.order_id for each in batch.cancels} | {each.old.id for each in batch.replaces}
    found = await cancels.lock(connection, wanted)
    await cancels.write(connection, batch.cancels, found, batch.decisions, batch.commands)
    if batch.replaces:
        await replacements.decide(connection, batch.replaces, found, batch.decisions)


async def write(connection: asyncpg.Connection, batch: Batch, open_orders: OpenOrders) -> None:
    """The second half: new orders, their holds, and every command."""
    await _refuse_obstructed(connection, batch)
    await _refuse_beyond_limit(connection, batch, open_orders)
    places = [each for each in batch.places if each.command_id not in batch.decisions]
    replaces = [each for each in batch.replaces if each.command_id not in batch.decisions]
    if places or replaces:
        await _insert(connection, batch, [*places, *replaces])
    for sweep in batch.sweeps:
        await _sweep(connection, batch, sweep)
    if batch.commands:
        await connection.execute(INSERT_COMMANDS, as_json(batch.commands))
    for each in places:
        if isinstance(batch.decisions[each.command_id], Stored):
            open_orders.placed(each.order.account_id, 1 + len(each.linked))


async def _refuse_obstructed(connection: asyncpg.Connection, batch: Batch) -> None:
    asking: list[Placement | Replacement] = [*batch.places, *batch.replaces]
    if not asking:
        return
    accounts = {each.order.account_id for each in asking}
    obstacles = await read_obstacles(connection, accounts, {each.order.symbol for each in asking})
    for each in asking:
        found = obstacles.before(each.order.account_id, each.order.symbol)
        if found is not None:
            batch.decisions.setdefault(each.command_id, found)


async def _refuse_beyond_limit(
    connection: asyncpg.Connection, batch: Batch, open_orders: OpenOrders
) -> None:
    wanted: dict[UUID, tuple[int, int]] = {}
    for each in batch.places:
        if each.command_id not in batch.decisions:
            more = wanted.get(each.order.account_id, (0, 0))[0] + 1 + len(each.linked)
            wanted[each.order.account_id] = (more, each.max_open_orders)
    if not wanted:
        return
    exceeded = await open_orders.exceeded(connection, wanted)
    for each in batch.places if exceeded else ():
        account_id = each.order.account_id
        if account_id not in exceeded or each.command_id in batch.decisions:
            continue
        # In order of arrival, as many as fit.
        exceeded[account_id] += 1 + len(each.linked)
        if exceeded[account_id] > each.max_open_orders:
            exceeded[account_id] -= 1 + len(each.linked)
            batch.decisions[each.command_id] = TooManyOpen(each.max_open_orders)


async def _insert(
    connection: asyncpg.Connection, batch: Batch, asking: list[Placement | Replacement]
) -> None:
    """Each is judged by itself: who asks for an id that another one of the batch was refused for comes after it."""
    first, again = _apart(asking)
    await _insert_distinct(connection, batch, first)
    if again:
        # Once more is enough: of those who are still in each other's way, all but one are told to try again.
        second, late = _apart(again)
        await _insert_distinct(connection, batch, second)
        if late:
            batch.decisions.update(await _duplicates(connection, [(o, [o.order]) for o in late]))


def _apart(
    asking: list[Placement | Replacement],
) -> tuple[list[Placement | Replacement], list[Placement | Replacement]]:
    """The first to ask for each client order id, and the others."""
    taken: set[tuple[UUID, str]] = set()
    first: list[Placement | Replacement] = []
    others: list[Placement | Replacement] = []
    for each in asking:
        wanted = (each.order.account_id, each.order.client_order_id)
        (others if wanted in taken else first).append(each)
        taken.add(wanted)
    return first, others


async def _insert_distinct(
    connection: asyncpg.Connection, batch: Batch, asking: list[Placement | Replacement]
) -> None:
    rows = [order_row(order) for each in asking for order in _orders(each)]
    inserted = {r["id"] for r in await connection.fetch(INSERT_ORDERS, as_json(rows))}
    # With an exit less than it names, an entry must not be stored, either.
    obstructed = {each.command_id: _missing(each, inserted) for each in asking}
    stored = [each for each in asking if not obstructed[each.command_id]]
    # A replacement that raises nothing holds nothing more.
    keys: set[BalanceKey] = {
        (each.order.account_id, each.order.hold_asset) for each in stored if each.order.hold
    }
    ledger = await lock_balances(connection, keys) if keys else Ledger({})
    undone: list[UUID] = []
    accepted: list[Placement | Replacement] = []
    for each in stored:
        decision = _hold(ledger, each.order)
        batch.decisions[each.command_id] = decision
        if isinstance(decision, Stored):
            accepted.append(each)
        else:
            undone += [order.id for order in _orders(each)]
    if len(stored) < len(asking):
        refused = [(each, obstructed[each.command_id]) for each in asking]
        refused = [(each, orders) for each, orders in refused if orders]
        batch.decisions.update(await _duplicates(connection, refused))
        undone += [o.id for each, _ in refused for o in _orders(each) if o.id in inserted]
    if undone:
        await connection.execute(_DELETE, undone)
    await write_ledger(connection, ledger)
    replaced = [each for each in accepted if isinstance(each, Replacement)]
    if replaced:
        await replacements.mark_old(connection, replaced)
    batch.commands += [
        command_row(
            _kind(each), each.command_id, each.order.id, each.payload, 1, each.expires_at_ns
        )
        for each in accepted
    ]


def _missing(asking: Placement | Replacement, inserted: set[UUID]) -> list[Order]:
    return [order for order in _orders(asking) if order.id not in inserted]


def _orders(asking: Placement | Replacement) -> tuple[Order, ...]:
    if isinstance(asking, Replacement):
        return (asking.order,)
    return (asking.order, *asking.linked)


def _kind(asking: Placement | Replacement) -> str:
    return "replace" if isinstance(asking, Replacement) else asking.kind


def _hold(ledger: Ledger, order: Order) -> PlaceDecision:
    if not order.hold:
        return Stored()
    balance = ledger.balance(order.account_id, order.hold_asset)
    if balance.available < order.hold:
        return Insufficient(order.hold_asset, order.hold, balance.available, balance.total)
    leg = Leg(order.account_id, order.hold_asset, -order.hold, order.hold)
    ledger.post("hold", order.id, [leg])
    return Stored()


async def _sweep(connection: asyncpg.Connection, batch: Batch, sweep: Sweep) -> None:
    """One command for all that rest, and one more for each order whose own fate is not known yet.

    Nothing is locked: whatever becomes of an order meanwhile, its cancel is decided after it.
    """
    rows = await connection.fetch(_OPEN_OF_ACCOUNT, sweep.account_id, sweep.symbol)
    batch.decisions[sweep.command_id] = Swept([UUID(int=row["id"].int) for row in rows])
    if not rows:
        return
    pending = [UUID(int=r["id"].int) for r in rows if r["status"] == Status.PENDING_NEW]
    if pending:
        batch.commands += await cancels.waiting(connection, pending, sweep.account_id, sweep.trace)
    batch.commands.append(command_row("cancel_all", sweep.command_id, None, sweep.payload, 1))


async def _duplicates(
    connection: asyncpg.Connection, asking: list[tuple[Placement | Replacement, list[Order]]]
) -> dict[UUID, PlaceDecision]:
    """`asking`: each with those of its orders whose client order ids were taken."""
    wanted = [
        {
            "id": order.id,
            "account_id": order.account_id,
            "client_order_id": order.client_order_id,
        }
        for _, orders in asking
        for order in orders
    ]
    rows = await connection.fetch(_EXISTING, as_json(wanted))
    existing = {row["new_id"]: UUID(int=row["id"].int) for row in rows}
    # The order in the way may have been taken back meanwhile, and its id is free again.
    decisions: dict[UUID, PlaceDecision] = {}
    for each, orders in asking:
        in_the_way = [existing[order.id] for order in orders if order.id in existing]
        decisions[each.command_id] = Duplicate(in_the_way[0]) if in_the_way else IdJustFreed()
    return decisions
