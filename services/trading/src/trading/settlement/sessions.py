"""The settler's third duty: when a trading day is over, tell the engine to end it, once."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta

import structlog

from chassis.clock import Clock, from_ns
from chassis.database import Database, is_transient
from trading.engine.commands import end_session
from trading.failpoints import INERT, Failpoints

log = structlog.get_logger(__name__)

POLL_S = 0.5

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def last_ended(now: datetime, end: time) -> date:
    """The latest session that is over at `now` (UTC). A session carries the date on which it ends,
    or the day before when it ends at midnight."""
    today = now.date()
    day = today if now.time() >= end else today - timedelta(days=1)
    return day - timedelta(days=1) if end == time(0, 0) else day


def end_ns(session: date, end: time) -> int:
    """When `session` is over, in nanoseconds since the epoch; at midnight that is the next day's start."""
    day = session + timedelta(days=1) if end == time(0, 0) else session
    since_epoch = datetime.combine(day, end, UTC) - _EPOCH
    return since_epoch // timedelta(microseconds=1) * 1000


class SessionEnder:
    """Run it while leading. The stored command is sent, and sent again, like every other.

    `clock` is the journal's, by which day orders expire: a machine's clock that jumps would end a day too early, and
    its real end never.
    """

    def __init__(
        self, database: Database, clock: Clock, end: time, failpoints: Failpoints = INERT
    ) -> None:
        self._database = database
        self._clock = clock
        self._end = end
        self._failpoints = failpoints

    async def run(self) -> None:
        done: date | None = None
        while True:
            now_ns = self._clock.time_ns()
            # 0: the engine has not said its time yet.
            session = last_ended(from_ns(now_ns), self._end) if now_ns else done
            if session is not None and session != done:
                try:
                    await self.end(session)
                    done = session
                except Exception as error:
                    if not is_transient(error):
                        raise
                    log.warning("the session cannot be ended", error=repr(error))
            await asyncio.sleep(POLL_S)

    async def end(self, session: date) -> None:
        """Store the command that ends `session`, unless that was done before."""
        command_id, payload = end_session(session, end_ns(session, self._end))
        async with self._database.raw() as connection, connection.transaction():
            added = await connection.execute(
                "INSERT INTO sessions (session, command_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                session,
                command_id,
            )
            if added == "INSERT 0 1":
                await connection.execute(
                    "INSERT INTO commands (id, kind, payload, attempts)"
                    " VALUES ($1, 'end_session', $2, 0)",
                    command_id,
                    payload.decode(),
                )
                await self._failpoints.reach("session_stored")
        if added == "INSERT 0 1":
            log.info("session ends", session=session.isoformat())
            await self._failpoints.reach("session_committed")
