"""A session's statement as CSV: what was owned before, everything that changed it, what was owned after.

The changes of each asset add up to the difference between opening and closing, exactly: they are the rows of
executions and transfers themselves.
"""

import csv
import io
from collections.abc import AsyncIterator, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chassis.database import Database, ReadConnection
from trading.domain.money import plain
from trading.domain.order import CASH
from trading.portfolio.movements import (
    SIGNED,
    changes_since,
    prices_at,
    totals,
    totals_before,
)
from trading.portfolio.sessions import Sessions

COLUMNS = (
    *("row", "time", "id", "description", "asset", "price", "fee"),
    *("cash_change", "quantity_change", "balance", "value"),
)
PAGE = 5_000

_EXECUTIONS = text(
    "SELECT executed_at AS at, id, side, order_id, symbol, price, qty, cash, fee, realized FROM executions"
    " WHERE account_id = :account_id AND executed_at >= :start AND executed_at < :end"
    " AND (executed_at, id) > (:after, :after_id) ORDER BY executed_at, id LIMIT :limit"
)
_TRANSFERS = text(
    f"SELECT created_at AS at, id, kind, asset, {SIGNED} AS amount,"
    " (SELECT reason FROM corrections c WHERE c.id = correction_id) AS reason FROM transfers"
    " WHERE account_id = :account_id AND created_at >= :start AND created_at < :end"
    " AND (created_at, id) > (:after, :after_id) ORDER BY created_at, id LIMIT :limit"
)


async def statement_lines(
    database: Database, sessions: Sessions, account_id: UUID, session: date
) -> AsyncIterator[str]:
    """The statement, some lines at a time, all of one snapshot."""
    start, end = sessions.start(session), sessions.end(session)
    async with database.read() as connection:
        yield _csv([COLUMNS])
        yield _csv(await _owned(connection, sessions, account_id, "opening", start))
        async for row in _pages(connection, _TRANSFERS, account_id, start, end):
            yield _csv(_transfer(each) for each in row)
        async for row in _pages(connection, _EXECUTIONS, account_id, start, end):
            yield _csv(_execution(each) for each in row)
        yield _csv(await _owned(connection, sessions, account_id, "closing", end))


async def _owned(
    connection: ReadConnection, sessions: Sessions, account_id: UUID, row: str, moment: datetime
) -> list[tuple[str, ...]]:
    """One line an asset that was owned right before `moment`."""
    changes = await changes_since(connection, account_id, moment)
    owned = totals_before(await totals(connection, account_id), changes)
    prices = await prices_at(connection, sorted(set(owned) - {CASH}), moment, sessions)
    lines: list[tuple[str, ...]] = []
    for asset, total in sorted(owned.items(), key=lambda item: (item[0] != CASH, item[0])):
        price = prices.get(asset)
        told = "" if price is None else plain(price)
        worth = plain(total) if asset == CASH else "" if price is None else plain(total * price)
        lines.append((row, _time(moment), "", "", asset, told, "", "", "", plain(total), worth))
    return lines


async def _pages(
    connection: ReadConnection, statement: Any, account_id: UUID, start: datetime, end: datetime
) -> AsyncIterator[list[Any]]:
    after, after_id = start, UUID(int=0)
    while True:
        values = {"account_id": account_id, "start": start, "end": end, "limit": PAGE}
        found = await connection.execute(statement, values | {"after": after, "after_id": after_id})
        rows = list(found.all())
        if rows:
            yield rows
            after, after_id = rows[-1].at, rows[-1].id
        if len(rows) < PAGE:
            return


def _execution(row: Any) -> tuple[str, ...]:
    bought = row.side == "buy"
    profit = "" if row.realized is None else f", realised {plain(row.realized)}"
    return (
        *("execution", _time(row.at), str(row.id), f"{row.side} by order {row.order_id}{profit}"),
        *(row.symbol, plain(row.price), plain(row.fee)),
        *(plain(-row.cash if bought else row.cash), plain(row.qty if bought else -row.qty)),
        *("", ""),
    )


def _transfer(row: Any) -> tuple[str, ...]:
    amount = plain(row.amount)
    changes = (amount, "") if row.asset == CASH else ("", amount)
    # What people wrote must not act as a formula where the statement is opened.
    why = "" if row.reason is None else f"reason: {row.reason}"
    return (row.kind, _time(row.at), str(row.id), why, row.asset, "", "", *changes, "", "")


def _time(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _csv(rows: Iterable[tuple[str, ...]]) -> str:
    text_of = io.StringIO()
    csv.writer(text_of, lineterminator="\r\n").writerows(rows)
    return text_of.getvalue()
