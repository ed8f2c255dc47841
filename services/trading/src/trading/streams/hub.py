"""From settlement to the sockets of this replica: one query a batch, whoever settled it and however many listen."""

import asyncio
from collections import deque
from collections.abc import Callable
from uuid import UUID

import structlog
from prometheus_client import Gauge

from chassis.database import Database, is_transient
from trading.settlement.store import read_cursor
from trading.settlement.waiters import SettledCursor
from trading.streams.protocol import update_frame
from trading.streams.queries import read_settled

log = structlog.get_logger(__name__)

WINDOW = 1000
"""Events of the engine's log whose updates are read at once: a bound on what one reading brings."""
IDLE_S = 60.0
RETRY_S = 0.5

LISTENERS = Gauge("trading_stream_listeners", "Connections that get trade updates.")


class Subscription:
    """The updates of one account for one connection, in their order, from the moment of subscribing.

    `on_slow` is told when more would wait than `capacity`; nothing is added after that.
    """

    def __init__(self, account_id: UUID, capacity: int, on_slow: Callable[[], None]) -> None:
        self.account_id = account_id
        self._capacity = capacity
        self._on_slow = on_slow
        self._slow = False
        self._waiting: deque[tuple[int, str]] = deque()
        self._some = asyncio.Event()

    def offer(self, number: int, frame: str) -> None:
        if self._slow:
            return
        if len(self._waiting) >= self._capacity:
            self._slow = True
            self._on_slow()
            return
        self._waiting.append((number, frame))
        self._some.set()

    async def take(self) -> tuple[int, str]:
        """The next update, as soon as there is one: its number and its frame."""
        while not self._waiting:
            self._some.clear()
            await self._some.wait()
        return self._waiting.popleft()


class UpdateHub:
    """Hands the updates of settled batches to the connections of this replica."""

    def __init__(self, database: Database, settled: SettledCursor, capacity: int) -> None:
        self._database = database
        self._settled = settled
        self._capacity = capacity
        self._listening: dict[UUID, set[Subscription]] = {}
        self._anybody = asyncio.Event()
        self._reading = asyncio.Lock()
        self._told = 0
        """The cursor up to which the listeners have been told."""

    async def subscribe(self, account_id: UUID, on_slow: Callable[[], None]) -> Subscription:
        """From here on every update of the account that a reading begun now would not find is offered."""
        subscription = Subscription(account_id, self._capacity, on_slow)
        # Not in the middle of a reading, which would end without this account, and never come back to it.
        async with self._reading:
            if not self._listening:
                self._told = await self._committed()
            self._listening.setdefault(account_id, set()).add(subscription)
            self._anybody.set()
        LISTENERS.inc()
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        others = self._listening.get(subscription.account_id, set())
        if subscription not in others:
            return
        others.remove(subscription)
        LISTENERS.dec()
        if not others:
            del self._listening[subscription.account_id]
        if not self._listening:
            self._anybody.clear()

    async def run(self) -> None:
        while True:
            await self._anybody.wait()
            if not await self._settled.passed(self._told + 1, IDLE_S):
                continue
            try:
                async with self._reading:
                    await self._tell()
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("trade updates cannot be read", error=repr(error))
                await asyncio.sleep(RETRY_S)

    async def _tell(self) -> None:
        accounts = list(self._listening)
        up_to = min(self._settled.sequence, self._told + WINDOW)
        if accounts and up_to > self._told:
            async with self._database.raw() as connection:
                updates = await read_settled(connection, self._told, up_to, accounts)
            for account_id, number, data in updates:
                listeners = self._listening.get(account_id, ())
                frame = update_frame(data)
                for subscription in listeners:
                    subscription.offer(number, frame)
        self._told = max(self._told, up_to)

    async def _committed(self) -> int:
        """Where settlement stands, also before this process has heard of it for the first time."""
        if self._settled.sequence == 0:
            async with self._database.raw() as connection:
                self._settled.advance((await read_cursor(connection)).sequence)
        return self._settled.sequence
