"""Sends a plan's commands, many in flight, and keeps what the platform acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from replay.book import Order
from replay.capture import LOTS_PER_UNIT, TICKS_PER_UNIT, Cancel
from replay.plan import Plan
from replay.schedule import Schedule
from replay.trader import Acknowledgement
from replay.venue import Venue

Hook = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Drive:
    """A replay under way, and afterwards its record.

    `placed` and `cancelled` hold every answered command by the capture's order id, refused ones
    included; `acknowledged()` is the promise that a fault test holds the platform to.
    """

    placed: dict[str, Acknowledgement] = field(default_factory=dict)
    cancelled: dict[str, Acknowledgement] = field(default_factory=dict)
    sent: int = 0
    seconds: float = 0.0

    def acknowledged(self) -> list[Acknowledgement]:
        """Orders and cancels that the platform said it took."""
        every = [*self.placed.values(), *self.cancelled.values()]
        return [one for one in every if one.accepted]

    def refused(self) -> list[Acknowledgement]:
        every = [*self.placed.values(), *self.cancelled.values()]
        return [one for one in every if not one.accepted]

    def capture_ids(self) -> dict[str, str]:
        """The capture's order id by the platform's."""
        return {one.order_id: one.capture_order_id for one in self.placed.values()}


async def drive(
    plan: Plan,
    venue: Venue,
    assigned: Mapping[str, int],
    *,
    in_flight: int,
    hooks: Mapping[int, Hook] | None = None,
    on_answer: Callable[[Drive], None] = lambda _: None,
    record: Drive | None = None,
) -> Drive:
    """Replay all commands of a plan.

    `hooks[n]` is started once n commands were sent, while the replay goes on; the replay ends
    when they have ended too. Raises PatienceExhausted, or what a hook raised. A caller that wants
    the record of a failed replay passes its own `record`.
    """
    return await _Driver(
        plan, venue, assigned, in_flight, hooks or {}, on_answer, record or Drive()
    ).run()


class _Driver:
    def __init__(
        self,
        plan: Plan,
        venue: Venue,
        assigned: Mapping[str, int],
        in_flight: int,
        hooks: Mapping[int, Hook],
        on_answer: Callable[[Drive], None],
        record: Drive,
    ) -> None:
        self._plan = plan
        self._venue = venue
        self._assigned = assigned
        self._in_flight = in_flight
        self._hooks = hooks
        self._on_answer = on_answer
        self._record = record
        self._schedule = Schedule(plan)
        self._flying = 0
        self._done = asyncio.Event()

    async def run(self) -> Drive:
        clock = asyncio.get_running_loop().time
        started = clock()
        async with asyncio.TaskGroup() as group:
            self._group = group
            self._send_what_may_be_sent()
            await self._done.wait()
            self._record.seconds = clock() - started
        return self._record

    def _send_what_may_be_sent(self) -> None:
        while self._flying < self._in_flight and (index := self._schedule.take()) is not None:
            self._flying += 1
            self._group.create_task(self._send(index))
            self._record.sent += 1
            hook = self._hooks.get(self._record.sent)
            if hook is not None:
                self._group.create_task(_started(hook))
        if self._schedule.finished:
            self._done.set()

    async def _send(self, index: int) -> None:
        command = self._plan.commands[index]
        trader = self._venue.traders[self._assigned[command.order_id]]
        if isinstance(command, Cancel):
            placed = self._record.placed[command.order_id]
            if placed.accepted:
                self._record.cancelled[command.order_id] = await trader.cancel(placed)
        else:
            self._record.placed[command.order_id] = await trader.place(
                command.order_id, self._body(command)
            )
        self._flying -= 1
        self._schedule.finish(index)
        self._on_answer(self._record)
        self._send_what_may_be_sent()

    def _body(self, order: Order) -> dict[str, str]:
        body = {
            "symbol": self._venue.symbol,
            "side": order.side.value,
            "qty": decimal_text(order.quantity_lots, LOTS_PER_UNIT),
            "client_order_id": f"{self._venue.run}-{order.order_id}",
        }
        if order.limit_price_ticks is None:
            return body | {"type": "market", "time_in_force": "ioc"}
        price = decimal_text(order.limit_price_ticks, TICKS_PER_UNIT)
        return body | {"type": "limit", "time_in_force": "gtc", "limit_price": price}


def decimal_text(units: int, units_per_one: int) -> str:
    """Ticks or lots as the exact decimal text of the API; `units_per_one` is a power of ten."""
    whole, rest = divmod(units, units_per_one)
    digits = len(str(units_per_one)) - 1
    return f"{whole}.{rest:0{digits}d}" if rest else str(whole)


async def _started(hook: Hook) -> None:
    await hook()
