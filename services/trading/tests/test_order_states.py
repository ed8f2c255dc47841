"""The states of an order stand in three places (the table of the domain, docs/order-states.md, the database's trigger):
they say the same.
"""

import re
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import asyncpg

from chassis.database import Database
from trading.domain.states import CLOSED, OPEN, TRANSITIONS, Status, reachable

PAGE = Path(__file__).parents[3] / "docs" / "order-states.md"
STEPS = {(str(state), str(after)) for state, ends in TRANSITIONS.items() for after in ends}
ACCOUNT = UUID(int=7)
TOLD = re.compile(r"^\| `(\w+)` \| `(\w+)` \| .+ \| (?:`\w+` )?\|$", re.MULTILINE)
DRAWN = re.compile(r"^    (\S+) --> (\S+)$", re.MULTILINE)


def test_the_page_lists_every_step_once_and_no_other() -> None:
    listed = TOLD.findall(PAGE.read_text())
    assert len(listed) == len(set(listed))
    assert set(listed) == STEPS


def test_the_diagram_draws_every_step_the_beginnings_and_the_ends() -> None:
    drawn = DRAWN.findall(PAGE.read_text())
    assert len(drawn) == len(set(drawn))
    beginnings = {("[*]", "held"), ("[*]", "pending_new")}
    assert set(drawn) == STEPS | beginnings | {(str(state), "[*]") for state in CLOSED}


def test_the_page_says_of_every_state_where_the_order_is() -> None:
    states = PAGE.read_text().split("## The states")[1].split("## The steps")[0]
    assert re.findall(r"^\| `(\w+)` \|", states, re.MULTILINE) == [*OPEN_FIRST]


OPEN_FIRST = [str(s) for s in Status if s in OPEN] + [str(s) for s in Status if s in CLOSED]


async def test_the_database_lets_through_what_some_steps_reach_and_refuses_the_rest(
    migrated_database: Callable[[str], str],
) -> None:
    """Settlement writes what a page of the log made of an order, which may be several steps."""
    database = Database(migrated_database("trading"))
    try:
        async with database.raw() as connection:
            await _store_one(connection)
            passed = {
                (state, after)
                for state in Status
                for after in Status
                if await _passes(connection, state, after)
            }
    finally:
        await database.close()
    assert passed == {
        (state, after) for state in Status for after in Status if after in reachable(state)
    } | {(state, state) for state in Status}


async def _store_one(connection: asyncpg.Connection) -> None:
    await connection.execute(
        "INSERT INTO accounts (id, user_id, account_number) VALUES ($1, $1, 'one')", ACCOUNT
    )
    await connection.execute(
        "INSERT INTO orders (id, account_id, client_order_id, symbol, side, order_type, time_in_force,"
        " engine_price, qty, maker_fee_rate, taker_fee_rate, status, hold, submitted_at, updated_at)"
        " VALUES ($1, $1, '', 'ACME', 'buy', 'limit', 'day', 1, 1, 0, 0, 'new', 0, now(), now())",
        ACCOUNT,
    )


async def _passes(connection: asyncpg.Connection, state: Status, after: Status) -> bool:
    running = connection.transaction()
    await running.start()
    try:
        # Without triggers, an order stands in any state.
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute("UPDATE orders SET status = $1", state)
        await connection.execute("SET LOCAL session_replication_role = origin")
        await connection.execute("UPDATE orders SET status = $1", after)
    except asyncpg.RaiseError:
        return False
    finally:
        await running.rollback()
    return True
