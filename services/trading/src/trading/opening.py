"""When a replica may take orders after its start: once all that the engine's log held then is settled."""

import asyncio

import structlog

from chassis.database import Database, is_transient
from trading.engine.client import EngineClient, EngineStatus, Unknown
from trading.engine.journal_clock import JournalClock
from trading.orders.gate import STARTING, Gate
from trading.settlement.store import SettledTo, read_cursor
from trading.settlement.waiters import SettledCursor

log = structlog.get_logger(__name__)

RETRY_S = 0.5
PATIENCE_S = 30.0


async def open_when_caught_up(
    gate: Gate,
    database: Database,
    engine: EngineClient,
    journal_clock: JournalClock,
    settled: SettledCursor,
) -> None:
    """Let writes in; never while the engine's log is not the one that settlement belongs to."""
    status = await _engine_of_ours(gate, database, engine)
    gate.wait_for(STARTING)
    journal_clock.report(status.journal_time_ns)
    while not await settled.passed(status.last_sequence, timeout_s=PATIENCE_S):
        log.warning("still settling", sequence=settled.sequence, of=status.last_sequence)
    gate.open()
    log.info("open for orders", settled=settled.sequence)


async def _engine_of_ours(gate: Gate, database: Database, engine: EngineClient) -> EngineStatus:
    while True:
        try:
            # In this order: another replica may settle meanwhile, and the log's end is never behind its cursor.
            async with database.raw() as connection:
                cursor = await read_cursor(connection)
            status = await engine.status()
            problem = _mismatch(cursor, status)
            if problem is None:
                return status
            gate.wait_for(problem)
            log.critical("orders cannot be taken", reason=problem)
        except Unknown as error:
            gate.wait_for("trading is starting: the matching engine cannot be reached")
            log.warning("waiting for the matching engine", error=str(error))
        except Exception as error:
            if not is_transient(error):
                raise
            log.warning("waiting for the database", error=repr(error))
        await asyncio.sleep(RETRY_S)


def _mismatch(cursor: SettledTo, status: EngineStatus) -> str | None:
    if cursor.log_id is not None and str(cursor.log_id) != status.log_id:
        return f"settlement belongs to log {cursor.log_id}, but the engine has log {status.log_id}"
    if cursor.sequence > status.last_sequence:
        return (
            f"settlement stands at {cursor.sequence}, past the end of the engine's log at"
            f" {status.last_sequence}"
        )
    return None
