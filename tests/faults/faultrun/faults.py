"""How each kind of fault is done to the processes, and how one knows that it is over."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from faultrun.kept import Kept, until
from faultrun.plan import RESUBMIT, SESSION, UNDO, Fault
from faultrun.proxy import Mode
from faultrun.stage import Replica, Stage
from faultrun.turnstile import Turnstile

WITHIN_S = 180.0
REACHED_WITHIN_S = 45.0
DATABASE_AWAY_S = 5.0
DISTURBED_S = 1.5
LATE_S = 3.5
"""Longer than trading waits for an answer of the engine (3 s)."""
POLL_S = 0.02
ELECTION_S = 2.0


class NotReached(AssertionError):
    """A failpoint was armed, orders came, and nothing happened."""


@dataclass(frozen=True, slots=True)
class Done:
    """A fault that is over. `recovery_s`: from its beginning until an order that was sent after that was settled and
    whatever had died worked again; `orders_after_s`: the first half of this."""

    fault: Fault
    at_order: int
    orders_after_s: float
    recovery_s: float


@dataclass
class Faults:
    """Does faults one after the other."""

    stage: Stage
    turnstile: Turnstile
    done: list[Done] = field(default_factory=list)
    _victims: list[Kept] = field(default_factory=list)
    """Whom the fault under way has killed."""
    _settled: float = 0.0
    """When an order was settled under the fault, which kept none from it; 0: it is looked for afterwards."""
    _measuring: list[asyncio.Task[None]] = field(default_factory=list)

    async def do(self, fault: Fault) -> None:
        """Returns when orders are taken again and enough processes are ready for the next fault.

        Raises `NotReached`, or `TimeoutError` when that does not come about.
        """
        await self._enough_replicas()
        actions: dict[str, Callable[[Fault, random.Random], Awaitable[float]]] = {
            "die": self._die,
            "settler dies": self._settler_dies,
            "engine dies": self._engine_dies,
            "engine errs": self._engine_errs,
            "answer lost": self._answer_lost,
            "settler held": self._settler_held,
            "two settlers": self._two_settlers,
            "kill": self._kill,
            "database stopped": self._database_stopped,
            "database restarted": self._database_restarted,
            "database killed": self._database_killed,
            "connections cut": self._connections_cut,
            "lock cut": self._lock_cut,
            "engine refuses": self._way("refuse"),
            "engine slow": self._way("slow", 0.4),
            "engine late": self._way("late", LATE_S),
            "engine cut": self._way("cut"),
            "broker away": self._broker_away,
            "broker killed": self._broker_killed,
            "clock jumps": self._clock_jumps,
            "engine clock jumps": self._engine_clock_jumps,
        }
        at_order = self.turnstile.entered
        self.turnstile.trickle(at_once=8)
        try:
            async with asyncio.timeout(WITHIN_S):
                began = await actions[fault.kind](fault, random.Random(fault.dice))
                self._disarm()
                # What began before may still be refused; what is sent from here on must go through.
                settled = self._settled or await self.turnstile.takes_orders_again(began)
                await self._all_but_spare_ready()
        except NotReached:
            self._disarm()
            raise
        except TimeoutError:
            raise TimeoutError(f"{fault} did not recover: {self._standing()}") from None
        victims, self._victims, self._settled = self._victims, [], 0.0
        self._measuring.append(
            asyncio.create_task(self._measure(fault, at_order, began, settled, victims))
        )

    async def finish(self) -> None:
        """Wait until whatever died works again."""
        async with asyncio.timeout(WITHIN_S):
            await asyncio.gather(*self._measuring)
            for kept in self.stage.everything:
                await kept.ready.wait()

    async def _measure(
        self, fault: Fault, at_order: int, began: float, settled: float, victims: list[Kept]
    ) -> None:
        over = settled
        for victim in victims:
            await _ready_since(victim, began)
            over = max(over, victim.ready_at)
        self.done.append(Done(fault, at_order, settled - began, over - began))

    # --- At named points --------------------------------------------------------------------------

    async def _die(self, fault: Fault, dice: random.Random) -> float:
        replica = self._any(dice)
        rules = f"{fault.what}=exit@{fault.arrival}"
        if fault.what in UNDO:
            rules = f"before_send=refused,{fault.what}=exit"
        return await self._dies([replica.kept], rules, fault.what)

    async def _settler_dies(self, fault: Fault, dice: random.Random) -> float:
        arrival = fault.arrival
        kept = [replica.kept for replica in self.stage.replicas if replica.kept.ready.is_set()]
        rules = f"{fault.what}=exit@{arrival}"
        if fault.what in RESUBMIT:
            rules = f"before_send=unknown@{arrival},{fault.what}=exit"
        if fault.what in (*SESSION, "settler_elected"):
            rules = f"{fault.what}=exit"
            dying = asyncio.create_task(self._dies(kept, rules, fault.what))
            while not dying.done():
                # Again where one was elected that had just been started, and is not armed.
                if fault.what in SESSION:
                    await self.stage.forget_sessions()
                await self.stage.cut_lock()
                await asyncio.wait([dying], timeout=ELECTION_S)
            return dying.result()
        return await self._dies(kept, rules, fault.what)

    async def _engine_dies(self, fault: Fault, dice: random.Random) -> float:
        action = "error" if fault.what == "torn_write" else "exit"
        # Few groups are written while orders trickle, fewer messages published.
        arrival = min(fault.arrival, 2)
        if fault.what == "torn_write":
            self.stage.engine.expected_deaths += 1
        return await self._dies([self.stage.engine], f"{fault.what}={action}@{arrival}", fault.what)

    async def _dies(self, kept: list[Kept], rules: str, point: str) -> float:
        """Arm these, and wait until one of them has died of it."""
        before = {each.name: each.deaths for each in kept}
        acted = await self._acts(kept, rules, point)
        for each in kept:
            if each is not acted:
                each.arm("")
        await acted.dead(before[acted.name])
        self._victims.append(acted)
        return acted.died_at

    async def _acts(self, kept: list[Kept], rules: str, point: str) -> Kept:
        """Arm these, and wait until `point` acted in one of them."""
        before = {each.name: self._times(each, point) for each in kept}
        for each in kept:
            each.arm(rules)
        until = time.monotonic() + REACHED_WITHIN_S
        while True:
            for each in kept:
                if self._times(each, point) > before[each.name]:
                    return each
            if time.monotonic() > until:
                names = ", ".join(each.name for each in kept)
                raise NotReached(f"{point} of {names}: {[each.file.read_text() for each in kept]}")
            await asyncio.sleep(POLL_S)

    def _times(self, kept: Kept, point: str) -> int:
        return sum(acted.point == point for acted in kept.acted())

    async def _engine_errs(self, fault: Fault, dice: random.Random) -> float:
        engine = self.stage.engine
        if fault.what == "idle_tick":
            self.turnstile.hush(True)
            await self._acts([engine], "idle_tick=once", "idle_tick")
            self.turnstile.hush(False)
            return time.monotonic()
        if fault.what == "fsync":
            engine.expected_deaths += 1
            return await self._dies([engine], "fsync=once", "fsync")
        action = "error" if fault.what == "no_room" else f"once@{fault.arrival}"
        await self._acts([engine], f"{fault.what}={action}", fault.what)
        began = time.monotonic()
        if fault.what == "no_room":
            await asyncio.sleep(DISTURBED_S)
        return began

    async def _answer_lost(self, fault: Fault, dice: random.Random) -> float:
        kept = self._any(dice).kept
        await self._acts([kept], f"{fault.what}@{fault.arrival}", fault.what.partition("=")[0])
        return time.monotonic()

    async def _settler_held(self, fault: Fault, dice: random.Random) -> float:
        kept = [replica.kept for replica in self.stage.replicas if replica.kept.ready.is_set()]
        await self._acts(kept, f"{fault.what}=pause", fault.what)
        return time.monotonic()

    async def _two_settlers(self, fault: Fault, dice: random.Random) -> float:
        first = await self.stage.leader()
        await self._acts([first.kept], f"{fault.what}=freeze@{fault.arrival}", fault.what)
        began = time.monotonic()
        try:
            await until(self.stage.cut_lock)
            others = [replica for replica in self.stage.replicas if replica is not first]
            await until(lambda: _one_leads(others))
            # The one that was elected is at it, or waits for the row that the first has locked.
            await asyncio.sleep(0.3)
        finally:
            first.kept.send(signal.SIGCONT)
        return began

    # --- To whole processes -------------------------------------------------------------------------

    async def _kill(self, fault: Fault, dice: random.Random) -> float:
        if fault.what == "trading":
            victim = self._any(dice).kept
        else:
            victim = next(kept for kept in self.stage.everything if kept.name == fault.what)
        await victim.ready.wait()
        return await self._killed(victim)

    async def _killed(self, victim: Kept) -> float:
        deaths = victim.deaths
        victim.expected_deaths += 1
        began = time.monotonic()
        victim.send(signal.SIGKILL)
        await victim.dead(deaths)
        self._victims.append(victim)
        return began

    async def _database_stopped(self, fault: Fault, dice: random.Random) -> float:
        began = time.monotonic()
        await self.stage.postgres.stop()
        await asyncio.sleep(DATABASE_AWAY_S)
        self.stage.postgres.go()
        await self.stage.postgres.ready.wait()
        return began

    async def _database_restarted(self, fault: Fault, dice: random.Random) -> float:
        began = time.monotonic()
        await self.stage.postgres.stop()
        self.stage.postgres.go()
        await self.stage.postgres.ready.wait()
        return began

    async def _database_killed(self, fault: Fault, dice: random.Random) -> float:
        began = await self._killed(self.stage.postgres)
        await self.stage.postgres.ready.wait()
        return began

    async def _connections_cut(self, fault: Fault, dice: random.Random) -> float:
        began = time.monotonic()
        cut = await self.stage.cut("application_name LIKE 'trading%'")
        assert cut, "trading had no connection to cut"
        return began

    async def _lock_cut(self, fault: Fault, dice: random.Random) -> float:
        await self.stage.leader()
        began = time.monotonic()
        await until(self.stage.cut_lock)
        return began

    def _way(
        self, mode: Mode, delay_s: float = 0.0
    ) -> Callable[[Fault, random.Random], Awaitable[float]]:
        """Something between all replicas and the engine."""

        async def disturb(fault: Fault, dice: random.Random) -> float:
            began = time.monotonic()
            for replica in self.stage.replicas:
                await replica.way.become(mode, delay_s)
            await asyncio.sleep(DISTURBED_S + delay_s)
            for replica in self.stage.replicas:
                await replica.way.become("pass")
            return began

        return disturb

    async def _broker_away(self, fault: Fault, dice: random.Random) -> float:
        began = time.monotonic()
        await self.stage.broker_way.become("refuse")
        await asyncio.sleep(DISTURBED_S)
        # Trading goes on without.
        self._settled = await self.turnstile.takes_orders_again(began)
        await self.stage.broker_way.become("pass")
        return began

    async def _broker_killed(self, fault: Fault, dice: random.Random) -> float:
        if self.stage.broker is None:
            return await self._broker_away(fault, dice)
        began = await self._killed(self.stage.broker)
        self._settled = await self.turnstile.takes_orders_again(began)
        await self.stage.broker.ready.wait()
        return began

    # --- Clocks -----------------------------------------------------------------------------------

    async def _clock_jumps(self, fault: Fault, dice: random.Random) -> float:
        """One replica's: what it signs, and what it is shown, is too old or too new for the others."""
        replica = self._any(dice)
        seconds = dice.randint(120, 7200) * (1 if fault.what == "ahead" else -1)
        began = time.monotonic()
        replica.kept.arm(f"wall_clock=shift:{seconds}")
        await asyncio.sleep(DISTURBED_S)
        replica.kept.arm("")
        return began

    async def _engine_clock_jumps(self, fault: Fault, dice: random.Random) -> float:
        """The engine starts with a clock that is wrong by seconds, and goes on with it right: its journal's never
        goes back."""
        seconds = dice.randint(1, 4) * (1 if fault.what == "ahead" else -1)
        engine = self.stage.engine
        engine.rules_at_start = f"wall_clock=shift:{seconds}"
        began = await self._killed(engine)
        await engine.ready.wait()
        return began

    # --- What all of them need ------------------------------------------------------------------------

    def _any(self, dice: random.Random) -> Replica:
        """A replica that is ready."""
        return dice.choice([r for r in self.stage.replicas if r.kept.ready.is_set()])

    def _disarm(self) -> None:
        for replica in self.stage.replicas:
            replica.kept.arm("")
        self.stage.engine.arm("")

    async def _enough_replicas(self) -> None:
        """Two, or whoever dies next would leave nobody; but not all, so that some faults meet a start."""
        async with asyncio.timeout(WITHIN_S):
            while sum(r.kept.ready.is_set() for r in self.stage.replicas) < min(
                2, len(self.stage.replicas)
            ):
                self.stage.check()
                await asyncio.sleep(POLL_S)

    async def _all_but_spare_ready(self) -> None:
        await self.stage.postgres.ready.wait()
        await self.stage.engine.ready.wait()
        await self._enough_replicas()
        self.stage.check()

    def _standing(self) -> str:
        return ", ".join(
            f"{kept.name} {'ready' if kept.ready.is_set() else 'not ready'}"
            for kept in self.stage.everything
        )


async def _ready_since(kept: Kept, moment: float) -> None:
    await until(lambda: kept.ready_at >= moment)


async def _one_leads(replicas: list[Replica]) -> bool:
    return any([await replica.leads() for replica in replicas])
