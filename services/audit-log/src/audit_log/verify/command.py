"""`python -m audit_log verify`: the whole chain, and what that proves, for people."""

import sys

from audit_log.verify.proof import Proof, prove
from chassis.database import Database


async def run(database_url: str) -> None:
    """Print what was proved; exit with 1 when something does not fit."""
    database = Database(
        database_url, pool_size=1, application_name="audit-log-verify", statement_timeout_s=None
    )
    try:
        proof = await prove(database)
    finally:
        await database.close()
    if not proof.verified:
        sys.exit(f"audit-log: the chain is broken at entry {proof.broken_at}: it {proof.reason}")
    for sentence in sentences(proof):
        print(f"audit-log: {sentence}")


def sentences(proof: Proof) -> list[str]:
    """What a proof says."""
    reached = ", ".join(f"{log} {n}" for log, n in sorted(proof.source_positions.items()))
    return [
        f"{proof.entries} entries are chained without a gap or a change; reached: {reached or 'nothing'}",
        f"head {proof.head.hex()}",
        *(
            f"day {day.day} {day.head.hex()} ({day.first_position} to {day.last_position})"
            for day in proof.days
        ),
    ]
