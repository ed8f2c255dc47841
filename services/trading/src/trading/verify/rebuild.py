"""`python -m trading rebuild`: what balances must be, from nothing but the journal, beside what they are.

Available and held are summed from the postings. Quantity, average cost and realised profit are reckoned again by
walking each position from its first posting on, with the money of its executions. Both go into a shadow table, which
is compared with `balances`, and gone with the connection: nothing is repaired.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from itertools import islice
from typing import Any
from uuid import UUID

import asyncpg

from chassis.command_database import command_database
from chassis.settings import StoreSettings

SHOWN = 20
CHUNK = 20_000
ZERO = Decimal(0)
CENT_OF_A_CENT = Decimal("0.00000001")

_SHADOW = """
CREATE TEMP TABLE shadow_balances (
    account_id uuid, asset text, available numeric, held numeric, cost numeric DEFAULT 0, realized numeric DEFAULT 0,
    PRIMARY KEY (account_id, asset)
)
"""
_SUM = """
INSERT INTO shadow_balances (account_id, asset, available, held)
SELECT account_id, asset, sum(available), sum(held) FROM postings GROUP BY account_id, asset
"""
_SHADOW_POSITIONS = """
CREATE TEMP TABLE shadow_positions (account_id uuid, asset text, qty numeric, cost numeric, realized numeric)
"""
_TAKE_POSITIONS = """
UPDATE shadow_balances s SET cost = p.cost, realized = p.realized FROM shadow_positions p
WHERE p.account_id = s.account_id AND p.asset = s.asset
"""
# Postings of one balance are numbered in the order in which they were made: its row was locked meanwhile.
_MOVES = """
SELECT account_id, asset, cause, available + held AS qty FROM postings
WHERE asset <> 'USD' AND available + held <> 0
    AND account_id IN (SELECT id FROM accounts WHERE user_id IS NOT NULL)
ORDER BY account_id, asset, id
"""
# In a trade with oneself the sale is posted first.
_EXECUTIONS = """
SELECT account_id, symbol, side, qty, cash FROM executions ORDER BY account_id, symbol, sequence, side DESC
"""
_DIFFERENCES = """
SELECT account_id, asset, b.available, s.available AS available_rebuilt, b.held, s.held AS held_rebuilt,
    b.cost, s.cost AS cost_rebuilt, b.realized, s.realized AS realized_rebuilt
FROM balances b FULL JOIN shadow_balances s USING (account_id, asset)
WHERE coalesce(b.available, 0) <> coalesce(s.available, 0) OR coalesce(b.held, 0) <> coalesce(s.held, 0)
    OR coalesce(b.cost, 0) <> coalesce(s.cost, 0) OR coalesce(b.realized, 0) <> coalesce(s.realized, 0)
ORDER BY account_id, asset
"""
_POSITION_COLUMNS = ("account_id", "asset", "qty", "cost", "realized")

Difference = dict[str, Any]


@dataclass(slots=True)
class Position:
    """A position on its way through its own history."""

    qty: Decimal = ZERO
    cost: Decimal = ZERO
    realized: Decimal = ZERO

    def gain(self, qty: Decimal, cash: Decimal) -> None:
        self.qty += qty
        self.cost += cash

    def lose(self, qty: Decimal) -> Decimal:
        """What these cost on average, rounded down; all of it when nothing stays."""
        used = self.cost
        if qty < self.qty:
            used = (self.cost * qty / self.qty).quantize(CENT_OF_A_CENT, ROUND_FLOOR)
        self.qty -= qty
        self.cost -= used
        return used


class NotTheSameHistory(Exception):
    """Postings and executions of a position do not belong together."""


async def rebuild(settings: StoreSettings) -> int:
    """Print how many balances were rebuilt and which differ; the exit code."""
    async with (
        command_database(settings, "trading-rebuild") as database,
        database.raw() as connection,
    ):
        try:
            count, found = await differences(connection)
        except NotTheSameHistory as error:
            print(f"trading: {error}")
            return 1
    print(f"trading: {count} balances rebuilt from postings and executions, {len(found)} differ")
    for row in found[:SHOWN]:
        print("    " + ", ".join(f"{key}={value}" for key, value in row.items()))
    return 1 if found else 0


async def differences(connection: asyncpg.Connection) -> tuple[int, list[Difference]]:
    """How many balances were rebuilt, and those that differ. Leaves two temporary tables behind until the
    connection ends. Raises `NotTheSameHistory`."""
    async with connection.transaction(isolation="repeatable_read"):
        await connection.execute(_SHADOW)
        await connection.execute(_SHADOW_POSITIONS)
        await connection.execute(_SUM)
        await _walk(connection)
        await connection.execute(_TAKE_POSITIONS)
        count = await connection.fetchval("SELECT count(*) FROM shadow_balances")
        rows = await connection.fetch(_DIFFERENCES)
        await connection.execute("DROP TABLE shadow_positions, shadow_balances")
    return count, [dict(row) for row in rows]


async def _walk(connection: asyncpg.Connection) -> None:
    executions = connection.cursor(_EXECUTIONS, prefetch=CHUNK).__aiter__()
    done: list[tuple[Any, ...]] = []
    key: tuple[UUID, str] | None = None
    position = Position()
    async for move in connection.cursor(_MOVES, prefetch=CHUNK):
        if key != (move["account_id"], move["asset"]):
            if key is not None:
                done.append((*key, position.qty, position.cost, position.realized))
            key, position = (move["account_id"], move["asset"]), Position()
            if len(done) >= CHUNK:
                await _store(connection, done)
        if move["cause"] == "execution":
            _apply(position, move, await _next(executions, move))
        elif move["qty"] > ZERO:
            position.gain(move["qty"], ZERO)
        else:
            position.lose(-move["qty"])
    if key is not None:
        done.append((*key, position.qty, position.cost, position.realized))
    await _store(connection, done)


def _apply(position: Position, move: Any, execution: Any) -> None:
    if execution["side"] == "buy":
        position.gain(execution["qty"], execution["cash"])
    else:
        position.realized += execution["cash"] - position.lose(execution["qty"])
    moved = execution["qty"] if execution["side"] == "buy" else -execution["qty"]
    if moved != move["qty"]:
        raise NotTheSameHistory(
            f"account {move['account_id']} has a posting of {move['qty']} {move['asset']} where its executions say"
            f" {moved}"
        )


async def _next(executions: AsyncIterator[Any], move: Any) -> Any:
    execution = await anext(executions, None)
    if execution is None or (execution["account_id"], execution["symbol"]) != (
        move["account_id"],
        move["asset"],
    ):
        raise NotTheSameHistory(
            f"account {move['account_id']} has another number of postings of {move['asset']} than executions"
        )
    return execution


async def _store(connection: asyncpg.Connection, done: list[tuple[Any, ...]]) -> None:
    await connection.copy_records_to_table(
        "shadow_positions", records=islice(done, None), columns=_POSITION_COLUMNS
    )
    done.clear()
