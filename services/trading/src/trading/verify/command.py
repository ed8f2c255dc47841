"""`python -m trading verify`: run every check in one snapshot and say what was found."""

import time

from sqlalchemy import text

from chassis.command_database import command_database
from chassis.database import ReadConnection
from chassis.settings import StoreSettings
from trading.verify.checks import CHECKS
from trading.verify.passes import proved

SHOWN = 5
_SETTLED = text("SELECT sequence FROM settlement")

Violations = dict[str, list[dict[str, object]]]
"""The checks that fail, each with the rows that break it."""


async def violations(connection: ReadConnection) -> Violations:
    """Every check, in the snapshot of `connection`."""
    held, _ = await proved(connection)
    return await _look_for(connection, held)


async def _look_for(connection: ReadConnection, held: set[str]) -> Violations:
    found: Violations = {}
    for check in CHECKS:
        if check.name in held:
            continue
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
        began = time.monotonic()
        held, rows = await proved(connection)
        found = await _look_for(connection, held)
        settled = (await connection.execute(_SETTLED)).scalar_one()
        took = time.monotonic() - began
    print(
        f"trading: {rows['orders']} orders, {rows['executions'] // 2} trades, {rows['postings']} postings,"
        f" settled to {settled}; {took:.1f} s"
    )
    for name, broken in found.items():
        print(f"  VIOLATED: {name} ({len(broken)} rows)")
        for row in broken[:SHOWN]:
            print("    " + ", ".join(f"{key}={value}" for key, value in row.items()))
    if not found:
        print(f"  {len(CHECKS)} invariants hold")
    return 1 if found else 0
