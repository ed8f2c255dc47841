"""One symbol's market: its agents take turns, one request each, at the pace of all.

Within a lane requests follow each other, so what the agents do depends on the seed and on what the
platform answers, and on no race. Lanes run beside each other.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import deque
from dataclasses import dataclass, field

from replay.trader import Acknowledgement
from simulator.decisions import Action, Cancel, View
from simulator.house import House
from simulator.instruments import Instrument
from simulator.makers import SPACING_TICKS, Maker
from simulator.pace import Pace
from simulator.reference import Reference
from simulator.seat import Seat
from simulator.takers import Momentum, Noise

MAKERS = tuple(f"maker-{n + 1}" for n in range(SPACING_TICKS))
NOISE = ("noise-1", "noise-2")
MOMENTUM = ("momentum-1",)
ROLES = (*MAKERS, *NOISE, *MOMENTUM)

_WEIGHTS = {**dict.fromkeys(MAKERS, 0.18), **dict.fromkeys(NOISE, 0.19)} | {MOMENTUM[0]: 0.08}
_TAPE = 50
_USUAL_RATE = 3.0
_OPENING_STEPS = 24
_MOST_REPAIRS = 1_000
_LISTENS_EVERY = 3
"""Turns of the momentum trader after which it asks for trades of others; those of our own are known."""
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Tally:
    """What was done, over all lanes."""

    orders: int = 0
    cancels: int = 0
    trades: int = 0
    """Orders that traded on arrival."""
    refused: int = 0
    limit: int | None = None
    """Requests (orders and cancels) after which the run is over."""
    done: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def requests(self) -> int:
        return self.orders + self.cancels

    def count(self, *, order: bool) -> None:
        if order:
            self.orders += 1
        else:
            self.cancels += 1
        if self.limit is not None and self.requests >= self.limit:
            self.done.set()


class Lane:
    """The agents of one symbol. `share` is its part of the overall rate."""

    def __init__(
        self,
        instrument: Instrument,
        house: House,
        tally: Tally,
        *,
        seed: int,
        run: str,
        share: float,
        start_ticks: float | None = None,
        alone: bool = False,
    ) -> None:
        self.instrument = instrument
        self._house = house
        self._tally = tally
        self._run = run
        self._share = share
        self._alone = alone
        self._trades = 0
        self._sent = 0
        self.tape: deque[float] = deque(maxlen=_TAPE)
        self._chance = self._randomness(seed, "lane")
        self._reference = Reference(
            self._randomness(seed, "reference"),
            instrument.home_ticks,
            instrument.volatility,
            start_ticks or instrument.home_ticks,
        )
        self._seats = [self._seat(seed, role) for role in ROLES]
        self._makers = [seat for seat in self._seats if isinstance(seat.agent, Maker)]

    async def open(self) -> None:
        """A full book, some trades and a first candle, in the first seconds."""
        await self.fill_book()
        for _ in range(_OPENING_STEPS):
            await self.step(0.25)

    async def run(self, pace: Pace) -> None:
        """Step by step for ever, at this lane's share of the pace."""
        while True:
            requests = self._chance.expovariate(1.0)
            await pace.wait(requests / self._share)
            await self.step(requests / self._share / max(pace.rate, _USUAL_RATE / 10))

    async def steps(self, number: int) -> None:
        """So many steps as fast as the platform answers, as if at the usual rate."""
        for _ in range(number):
            await self.step(self._chance.expovariate(1.0) / self._share / _USUAL_RATE)

    async def fill_book(self) -> None:
        """Let the makers mend their ladders until nothing is wrong with any of them."""
        for _ in range(_MOST_REPAIRS):
            busy = False
            for seat in self._makers:
                await seat.observe(self._trades, quotes=True, exactly=True)
                assert isinstance(seat.agent, Maker)
                action = seat.agent.mend(seat.chance, self._view(seat))
                if action is not None:
                    await self._act(seat, action)
                    busy = True
            if not busy:
                return
        _log.warning("%s: the makers do not agree on a book", self.instrument.symbol)

    async def step(self, seconds: float) -> None:
        """Simulated time passes, and one agent does one thing, if anybody wants to."""
        self._reference.advance(seconds)
        weights = [_WEIGHTS[seat.name] for seat in self._seats]
        seat = self._chance.choices(self._seats, weights)[0]
        await seat.observe(self._trades, quotes=isinstance(seat.agent, Maker))
        if isinstance(seat.agent, Momentum) and seat.turns % _LISTENS_EVERY == 0:
            await self._listen()
        action = seat.decide(self._view(seat))
        if action is not None:
            await self._act(seat, action)

    def _view(self, seat: Seat) -> View:
        return seat.view(self._reference.ticks, self._reference.wild, self.tape)

    async def _listen(self) -> None:
        """Hear of trades that others made. In a scene there are no others."""
        if not self._alone:
            last = await self._house.last_price_ticks(self.instrument)
            if last is not None and (not self.tape or self.tape[-1] != last):
                self.tape.append(last)

    async def _act(self, seat: Seat, action: Action) -> None:
        if isinstance(action, Cancel):
            await seat.cancel(action)
            self._tally.count(order=False)
            return
        self._sent += 1
        client_order_id = f"{self._run}-{self.instrument.symbol}-{self._sent}"
        done = await seat.place(action, client_order_id)
        self._tally.count(order=True)
        await self._learn(seat, done)

    async def _learn(self, seat: Seat, done: Acknowledgement) -> None:
        if done.average_price:
            self._trades += 1
            self._tally.trades += 1
            self.tape.append(self.instrument.ticks(done.average_price))
        if not done.accepted:
            self._tally.refused += 1
            _log.info("%s: %s: %s", self.instrument.symbol, seat.name, done.reason or done.status)
            await self._house.fund(seat.trader)

    def _seat(self, seed: int, role: str) -> Seat:
        i = self.instrument
        agent: Maker | Noise | Momentum
        if role in MAKERS:
            agent = Maker(MAKERS.index(role), i.usual_lots, i.inventory_limit_lots)
        elif role in NOISE:
            agent = Noise(i.usual_lots, i.inventory_limit_lots)
        else:
            agent = Momentum(i.usual_lots, i.inventory_limit_lots)
        return Seat(role, agent, self._randomness(seed, role), self._house.traders[role], i)

    def _randomness(self, seed: int, who: str) -> random.Random:
        return random.Random(self.instrument.seed(seed, who))  # noqa: S311 - a market, no secret
