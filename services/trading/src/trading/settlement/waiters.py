"""Requests that wait for settlement to pass their sequence number."""

import asyncio
import heapq
from collections import deque
from collections.abc import Mapping
from itertools import count
from uuid import UUID

from trading.domain.order import Order

KEPT_PAGES = 64
"""Of settlement's pages, whose orders are kept: who waits for one is woken when it is the newest."""


class SettledCursor:
    """How far settlement has come, as this process knows it; only ever moves forward."""

    def __init__(self) -> None:
        self.sequence = 0
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._ids = count()
        self._abandoned = 0
        self._pages: deque[Mapping[UUID, Order]] = deque(maxlen=KEPT_PAGES)

    def keep(self, orders: Mapping[UUID, Order]) -> None:
        """What a page made of its orders, before `advance` tells of it: so that whoever waits need not read them."""
        self._pages.append(orders)

    def forget(self) -> None:
        """Another replica settles from here on, or this one begins anew."""
        self._pages.clear()

    def order(self, order_id: UUID) -> Order | None:
        """The order as one of this process's last pages left it; none where only the database knows it."""
        for page in reversed(self._pages):
            if (order := page.get(order_id)) is not None:
                return order
        return None

    def advance(self, sequence: int) -> None:
        """Settlement committed up to `sequence`: wake everyone who waited for that or less."""
        self.sequence = max(self.sequence, sequence)
        while self._waiting and self._waiting[0][0] <= self.sequence:
            _, _, future = heapq.heappop(self._waiting)
            if not future.done():
                future.set_result(None)

    async def passed(self, sequence: int, timeout_s: float) -> bool:
        """Whether settlement reaches `sequence` within `timeout_s`."""
        if sequence <= self.sequence:
            return True
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (sequence, next(self._ids), future))
        try:
            async with asyncio.timeout(timeout_s):
                await future
        except TimeoutError:
            self._forget_abandoned()
            return False
        return True

    def _forget_abandoned(self) -> None:
        """While settlement stands still, those who gave up must not pile up."""
        self._abandoned += 1
        if self._abandoned > len(self._waiting) // 2:
            self._waiting = [entry for entry in self._waiting if not entry[2].done()]
            heapq.heapify(self._waiting)
            self._abandoned = 0
