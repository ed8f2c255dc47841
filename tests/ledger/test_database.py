"""The database settles the log of a random history to the same: every order comes from the log alone, pages are cut
anywhere, and none is taken twice."""

from collections.abc import Callable
from fractions import Fraction
from random import Random
from uuid import UUID

import asyncpg
import pytest
from brokerage import LOG, Brokerage
from choices import Choices
from drafts import ACCOUNTS, ASSETS
from histories import as_kept, drain, step
from plain_ledger import CASH

from chassis.database import Database
from chassis.event_log.events import Page
from trading.domain.ledger import DEPOSITS, GRANTS
from trading.records import ORDER_COLUMNS, order_from
from trading.settlement.apply import HANDLERS
from trading.settlement.batch import SettlementError
from trading.settlement.store import CursorLost, Remembered, read_cursor, settle
from trading.verify.command import violations


def history(seed: int, length: int) -> Brokerage:
    """With some orders still open at the end."""
    brokerage, choices = Brokerage(), Choices(Random(seed).randbytes(length))
    while choices.left:
        step(brokerage, choices)
    brokerage.settle(None)
    return brokerage


@pytest.mark.parametrize("seed", [6, 22, 36])
async def test_the_database_settles_a_log_to_the_same_and_takes_no_page_twice(
    migrated_database: Callable[[str], str], seed: int
) -> None:
    told = history(seed, 2200)
    expected = Brokerage()
    expected.log = told.log
    database = Database(migrated_database("trading"))
    random, remembered = Random(seed), Remembered()
    try:
        async with database.raw() as connection:
            await _endow(connection)
            cursor = await read_cursor(connection)
            while cursor.sequence < len(told.log):
                events = told.log[cursor.sequence :][: random.randint(1, 60)]
                page = Page(str(LOG), len(told.log), events)
                stale, cursor = cursor, await settle(connection, cursor, page, remembered)
                if random.random() < 0.2:
                    with pytest.raises(CursorLost):
                        await settle(connection, stale, page)
                    remembered = Remembered()
            while expected.settle(None):
                pass
            await _compare(connection, expected)
        async with database.read() as reading:
            assert await violations(reading) == {}
    finally:
        await database.close()
    kinds = {event.kind for event in told.log}
    assert kinds >= HANDLERS.keys() - {"limits_changed"}


async def test_the_database_gives_exits_the_same_command_however_pages_are_cut(
    migrated_database: Callable[[str], str],
) -> None:
    brokerage = history(12, 2200)
    drain(brokerage)
    given = brokerage.books.given
    assert given
    database = Database(migrated_database("trading"))
    try:
        async with database.raw() as connection:
            await _endow(connection)
            cursor = await read_cursor(connection)
            kept: dict[UUID, str] = {}
            for start in range(0, len(brokerage.log), 9):
                events = brokerage.log[start : start + 9]
                cursor = await settle(
                    connection, cursor, Page(str(LOG), len(brokerage.log), events)
                )
                rows = await connection.fetch("SELECT id, payload FROM commands")
                kept |= {UUID(int=row["id"].int): row["payload"] for row in rows}
            # What a page both gives and decides is never seen in between.
            assert kept
            assert kept.items() <= given.items()
            assert await connection.fetchval("SELECT count(*) FROM commands") == 0
            held = "SELECT count(*) FROM balances WHERE held <> 0"
            assert await connection.fetchval(held) == 0
    finally:
        await database.close()


async def test_a_log_of_orders_without_their_deposits_stops_settlement_with_a_sentence(
    migrated_database: Callable[[str], str],
) -> None:
    brokerage = history(1, 300)
    database = Database(migrated_database("trading"))
    page = Page(str(LOG), len(brokerage.log), brokerage.log)
    try:
        async with database.raw() as connection:
            await _list_assets(connection)
            cursor = await read_cursor(connection)
            with pytest.raises(SettlementError, match="before that account was opened"):
                await settle(connection, cursor, page)
            await _open_accounts(connection)
            with pytest.raises(Exception, match="would leave account"):
                await settle(connection, cursor, page)
            assert await read_cursor(connection) == cursor
            assert await connection.fetchval("SELECT count(*) FROM orders") == 0
    finally:
        await database.close()


async def _list_assets(connection: asyncpg.Connection) -> None:
    for asset in ASSETS.values():
        await connection.execute(
            "INSERT INTO assets (id, symbol, name, asset_class, tick_size, lot_size, active)"
            " VALUES ($1, $2, $2, 'crypto', $3, $4, true)",
            asset.id,
            asset.symbol,
            asset.tick_size,
            asset.lot_size,
        )


async def _open_accounts(connection: asyncpg.Connection) -> None:
    for account in ACCOUNTS:
        await connection.execute(
            "INSERT INTO accounts (id, user_id, account_number) VALUES ($1, $1, $2)",
            account,
            str(account),
        )


async def _endow(connection: asyncpg.Connection) -> None:
    """The same deposits and grants as in memory."""
    await _list_assets(connection)
    await _open_accounts(connection)
    balances = Brokerage().books.balances
    for account in ACCOUNTS:
        for asset in (CASH, *ASSETS):
            await connection.execute(
                "INSERT INTO postings (account_id, asset, available, held, cause, cause_id)"
                " VALUES ($1, $3, $4, 0, 'deposit', $1), ($2, $3, -$4::numeric, 0, 'deposit', $1)",
                account,
                DEPOSITS if asset == CASH else GRANTS,
                asset,
                balances[(account, asset)].available,
            )
            await connection.execute(
                "INSERT INTO transfers (id, account_id, kind, asset, amount, created_at)"
                " VALUES (gen_random_uuid(), $1, $2, $3, $4, now())",
                account,
                "deposit" if asset == CASH else "grant",
                asset,
                balances[(account, asset)].available,
            )
    await connection.execute(
        "INSERT INTO balances (account_id, asset, available, may_be_negative)"
        " SELECT account_id, asset, sum(available), account_id <> ALL ($1::uuid[])"
        " FROM postings GROUP BY account_id, asset",
        ACCOUNTS,
    )


async def _compare(connection: asyncpg.Connection, expected: Brokerage) -> None:
    """Orders, balances, executions and what accounts were told, with those that memory has."""
    found = Brokerage().books
    rows = await connection.fetch(f"SELECT {ORDER_COLUMNS} FROM orders")
    found.orders = {order.id: order for order in map(order_from, rows)}
    for row in await connection.fetch("SELECT * FROM balances"):
        balance = found.balances[(UUID(int=row["account_id"].int), row["asset"])]
        for name in ("available", "held", "cost", "realized"):
            setattr(balance, name, row[name])
    for row in await connection.fetch("SELECT symbol, halted, last_price FROM assets"):
        (found.halted.add if row["halted"] else found.halted.discard)(row["symbol"])
        if row["last_price"] is not None:
            found.last_prices[row["symbol"]] = row["last_price"]
    assert as_kept(found) == as_kept(expected.books)
    rows = await connection.fetch("SELECT id, cash, fee, realized, qty, price FROM executions")
    for row in rows:
        execution = expected.books.executions[UUID(int=row["id"].int)]
        assert row["cash"] == execution.cash
        assert (row["fee"], row["realized"]) == (execution.fee, execution.realized)
    assert len(rows) == len(expected.books.executions) > 0
    told = await connection.fetchval("SELECT count(*) FROM trade_updates")
    assert told == len(expected.books.told)
    undecided = {row["id"] for row in await connection.fetch("SELECT id FROM commands")}
    assert undecided == expected.books.undecided.keys()
    for account in ACCOUNTS:
        cash = expected.model.owned(str(account), CASH)[0]
        total = await connection.fetchval(
            "SELECT available + held FROM balances WHERE account_id = $1 AND asset = 'USD'",
            account,
        )
        assert Fraction(total) == cash
