"""`python -m trading verify`: run every check in one snapshot and say what was found."""

from sqlalchemy import text

from chassis.command_database import command_database
from chassis.database import ReadConnection
from chassis.settings import StoreSettings
from trading.verify.checks import CHECKS

SHOWN = 5
_COUNTS = text(
    "SELECT (SELECT count(*) FROM orders) AS orders, (SELECT count(*) FROM executions) / 2 AS trades,"
    " (SELECT count(*) FROM postings) AS postings, (SELECT sequence FROM settlement) AS sequence"
)


async def violations(connection: ReadConnection) -> dict[str, list[dict[str, object]]]:
    """The checks that fail, each with the rows that break it."""
    found: dict[str, list[dict[str, object]]] = {}
    for check in CHECKS:
        rows = (await connection.execute(text(check.query))).mappings().all()
        if rows:
            found[check.name] = [dict(row) for row in rows]
    return found


async def prove(settings: StoreSettings) -> int:
    """Print the result; the exit code."""
    async with (
        command_database(settings, "trading-verify") as database,
        database.read() as connection,
    ):
        counts = (await connection.execute(_COUNTS)).one()
        found = await violations(connection)
    print(
        f"trading: {counts.orders} orders, {counts.trades} trades, {counts.postings} postings,"
        f" settled to {counts.sequence}"
    )
    for name, rows in found.items():
        print(f"  VIOLATED: {name} ({len(rows)} rows)")
        for row in rows[:SHOWN]:
            print("    " + ", ".join(f"{key}={value}" for key, value in row.items()))
    if not found:
        print(f"  {len(CHECKS)} invariants hold")
    return 1 if found else 0
