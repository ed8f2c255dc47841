"""`python -m audit_log verify`: the whole chain, and what that proves, for people."""

import sys

from audit_log.verify.proof import Proof, prove
from chassis.command_database import command_database
from chassis.settings import StoreSettings


async def run(settings: StoreSettings) -> None:
    """Print what was proved; exit with 1 when something does not fit."""
    async with command_database(settings, "audit-log-verify") as database:
        proof = await prove(database)
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
