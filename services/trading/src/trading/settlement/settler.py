"""The elected settler: settlement, resubmission and session ends, in the one replica that holds the lock."""

import asyncio
from typing import Protocol

from chassis.database import Database
from chassis.leader import Leadership
from trading.settlement.follower import Follower
from trading.settlement.resubmit import Resubmitter
from trading.settlement.sessions import SessionEnder

SETTLER_LOCK = 7_203_116


class Duty(Protocol):
    """What the leading replica does until it is cancelled."""

    async def run(self) -> None: ...


class Settler:
    """Run once in every replica."""

    def __init__(
        self,
        database: Database,
        follower: Follower,
        resubmitter: Resubmitter,
        session_ender: SessionEnder,
        *further: Duty,
    ) -> None:
        self._leadership = Leadership(database, "settler", SETTLER_LOCK)
        self._duties: tuple[Duty, ...] = (follower, resubmitter, session_ender, *further)

    @property
    def leading(self) -> bool:
        return self._leadership.leading

    async def run(self) -> None:
        await self._leadership.run(self._work)

    async def _work(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            for duty in self._duties:
                tasks.create_task(duty.run())
